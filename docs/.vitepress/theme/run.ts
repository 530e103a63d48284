import { onBeforeUnmount, reactive } from "vue";
import { splitOutput } from "../output-comment.js";
import type { Message } from "./print.js";

interface Line {
  text: string;
  level: "log" | "error";
}
/** `ended` is that of edited code, which promises nothing. */
export type Verdict = "equal" | "different" | "ended" | "failed" | "stopped";
export interface RunState {
  running: boolean;
  lines: Line[];
  verdict?: Verdict;
  seconds?: number;
}

const sources = import.meta.glob<string>(
  ["../../../packages/*/examples/*.ts", "../../../apps/demo/examples/*.ts", "../../story/*.ts"],
  { query: "?raw", import: "default" },
);

/** `bpe/train` is packages/bpe/examples/train.ts; `story` and `demo` have folders of their own. */
function fileOf(example: string): string {
  const [name, file] = example.split("/");
  if (name === "story") return `../../story/${file}.ts`;
  return `../../../${name === "demo" ? "apps" : "packages"}/${name}/examples/${file}.ts`;
}

/** An example's code, and what its file says that it prints. */
export async function readExample(example: string): Promise<{ code: string; output: string }> {
  return splitOutput((await sources[fileOf(example)]?.()) ?? "");
}

/** Starts programs in fresh workers, so that a run owes nothing to the one before and can always be stopped. */
export function useRun(example: string) {
  const state = reactive<RunState>({ running: false, lines: [] });
  let worker: Worker | undefined;
  let started = 0;

  function finish(verdict: Verdict) {
    worker?.terminate();
    worker = undefined;
    state.running = false;
    state.verdict = verdict;
    state.seconds = (performance.now() - started) / 1000;
  }

  function fail(message: string) {
    state.lines.push(...message.split("\n").map((text) => ({ text, level: "error" as const })));
    finish("failed");
  }

  async function judge() {
    const judged = worker;
    const { output } = await readExample(example);
    const printed = state.lines.filter((line) => line.level === "log").map((line) => line.text.trimEnd());
    // Stopped, or even started anew, while the source was on its way.
    if (worker !== judged) return;
    finish(printed.join("\n").trimEnd() === output ? "equal" : "different");
  }

  function clear() {
    worker?.terminate();
    worker = undefined;
    state.running = false;
    state.lines = [];
    state.verdict = undefined;
  }

  /** Runs the example as its file is, or `code` in its place. */
  function start(code?: string) {
    clear();
    state.running = true;
    started = performance.now();
    worker =
      code === undefined
        ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })
        : new Worker(new URL("./playground/worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type === "print") state.lines.push(...data.lines.map((text) => ({ text, level: data.level })));
      else if (data.type === "error") fail(data.message);
      else if (code === undefined) void judge();
      else finish("ended");
    };
    worker.onerror = (event) => fail(event.message || "The worker could not be loaded.");
    worker.postMessage(code ?? fileOf(example));
  }

  onBeforeUnmount(() => worker?.terminate());
  return { state, start, stop: () => finish("stopped"), clear };
}
