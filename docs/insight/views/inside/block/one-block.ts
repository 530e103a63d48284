import { element } from "../../../element.js";
import type { Overview } from "../../../engine/inside.js";
import type { ModelInfo } from "../../../engine/opened.js";
import type { Facts } from "../../../facts.js";
import type { Model } from "../../../model.js";
import type { NextTokens } from "../../../next/next-tokens.js";
import { diverging } from "../../../palette.js";
import { asTable } from "../../../table.js";
import type { OpenedLater } from "../opened/later.js";
import { type Opening, partsOf } from "../opened/openings.js";
import type { About } from "./names.js";
import { oneOfMany } from "./one-of-many.js";
import { blockPicture } from "./picture.js";
import { blockTable } from "./table.js";
import type { Part } from "./tensors.js";
import { BlockHolder, type BlockValues } from "./values.js";
import { walkedPart, walkOf } from "./walk.js";

/** Which block is shown, and what of it is chosen. */
interface Choice {
  readonly layer: number;
  readonly head: number;
  readonly token: number;
  readonly open: Opening | "";
  /** The step of it. */
  readonly at: number;
  /** Where a walk through the block stands. */
  readonly part: About | "";
  /** The cell that is chosen. */
  readonly cell: { readonly tensor: string; readonly index: readonly number[] };
}

interface Actions {
  layer(layer: number): void;
  head(head: number): void;
  headBy(by: number): void;
  token(token: number): void;
  /** Goes to a tensor, cell by cell. */
  numbers(tensor: string): void;
  /** A part was pressed, at a cell: it opens large. */
  open(part: Part | "next", cell?: { tensor: string; index: readonly number[] }): void;
  readonly opened: OpenedLater;
  failed(error: unknown): void;
  /** What comes behind the last block. */
  readonly next: NextTokens;
  /** Goes so many parts on in a walk; at its end it is over. */
  walk(by: number): void;
  /** What is told in a walk, once it is known. */
  walked(facts: Facts): void;
  readonly model: Model;
  readonly signal: AbortSignal;
}

/** One block as a picture, with what chooses the block and the head, and its numbers as a table. */
export function oneBlock(actions: Actions): {
  root: HTMLElement;
  /** Its numbers. */
  below: HTMLElement;
  /** Draws what is chosen of the pass that is shown. */
  draw(overview: () => Overview, info: ModelInfo, choice: Choice): void;
  mark(tensor: string): void;
  run(there: ReadonlySet<string> | undefined): void;
  /** The parts that a walk goes through; none before there is a block. */
  parts(): readonly About[];
} {
  const { model, signal, failed, opened } = actions;
  const blocks = oneOfMany("Block", actions.layer);
  const heads = oneOfMany("Head", actions.head);
  const picture = blockPicture(actions);
  const holder = new BlockHolder(model, signal);
  let block: BlockValues | undefined;
  let tokens: readonly string[] = [];
  let wanted: Choice | undefined;
  const table = asTable(() => blockTable(block, wanted?.head ?? 0, tokens), "one block");
  // As strips and dots have them.
  const signs = [-1, 0, 1].map((sign) => `rgb(${diverging(sign).join(" ")})`).join();
  const legend = (colours: string, words: string) => {
    const item = element("li", {}, words);
    item.style.setProperty("--of", colours);
    return item;
  };
  const root = element(
    "section",
    { className: "block-part", attributes: { "aria-label": "One block" } },
    element(
      "div",
      { className: "block-head" },
      element("h3", {}, "One block in one picture"),
      blocks.root,
      heads.root,
      element(
        "ul",
        { className: "block-legend" },
        legend("var(--four)", "as thick as its weight"),
        legend(`linear-gradient(to right, ${signs})`, "a number below, at, above 0"),
      ),
    ),
    picture.root,
  );

  return {
    root,
    below: table.root,
    draw(overview, info, choice) {
      wanted = choice;
      const of = overview();
      const { attention } = of;
      const { layer, head } = choice;
      const { heads: count } = attention[layer]!;
      blocks.draw(attention.length, layer, `Block ${layer}: ${layer + 1} of ${attention.length} blocks`);
      heads.draw(count, head, `Head ${head}: ${head + 1} of ${count} heads`);
      const show = async () => {
        const values = await holder.of(of, layer);
        if (overview() !== of || wanted !== choice || signal.aborted) return;
        block = values;
        tokens = info.tokens;
        const shown = { block: values, info, head, token: choice.token };
        picture.draw(shown, walkedPart(choice.part, values.tensors));
        const { open } = choice;
        picture.cover(open === "" ? [] : open === "next" ? ["next"] : partsOf(open, values.tensors));
        opened.draw(shown, choice.open, choice.cell, choice.at);
        table.refresh();
      };
      show().catch((error: unknown) => {
        if (overview() === of && !signal.aborted) failed(error);
      });
    },
    mark: picture.mark,
    run: picture.run,
    parts: () => (block ? walkOf(block.tensors) : []),
  };
}
