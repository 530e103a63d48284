import { element } from "../../../element.js";
import type { oneBlock } from "./one-block.js";

type OneBlock = ReturnType<typeof oneBlock>;

/** One block as a picture, whose code comes after the view's own: what is asked of it before is done then. */
export function blockLater(actions: Parameters<typeof oneBlock>[0]): OneBlock {
  const root = element("div", { className: "block-place" });
  const below = element("div");
  let block: OneBlock | undefined;
  const asked = new Map<string, (block: OneBlock) => void>();
  const ask = (what: string, act: (block: OneBlock) => void) => {
    if (block) act(block);
    else asked.set(what, act);
  };
  const load = async () => {
    const { oneBlock } = await import("./one-block.js");
    if (actions.signal.aborted) return;
    block = oneBlock(actions);
    root.append(block.root);
    below.append(block.below);
    for (const act of asked.values()) act(block);
  };
  load().catch(actions.failed);
  return {
    ...{ root, below },
    draw: (...pass) => ask("draw", ({ draw }) => draw(...pass)),
    mark: (tensor) => ask("mark", ({ mark }) => mark(tensor)),
    run: (there) => ask("run", ({ run }) => run(there)),
    parts: () => block?.parts() ?? [],
  };
}
