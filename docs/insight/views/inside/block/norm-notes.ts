import { element } from "../../../element.js";
import { short } from "../../../short.js";
import type { BlockLayout } from "./layout.js";
import type { ShownBlock } from "./shown.js";
import type { Part } from "./tensors.js";

/** A number of a norm, in a word below the rows that it makes. */
export interface NormNote {
  readonly root: HTMLElement;
  /** What it is a number of. */
  readonly tensor: string;
  draw(token: number): void;
}

/** Where a norm makes a column of its own. */
const NORMED = ["norm1", "norm2", "final"] as const satisfies readonly Part[];

/** What a norm does to the chosen token: the mean that it takes away, and what it multiplies by. */
export function normNotes(layout: BlockLayout, { block, head }: ShownBlock): NormNote[] {
  return NORMED.flatMap((part) => {
    const [norm, column] = [block.tensors.norms[part], layout.columns[part]];
    if (!norm || !column) return [];
    const note = (tensor: string, words: (token: number) => string) => {
      const root = element("span", { className: "block-norm", attributes: { "aria-hidden": "true" } });
      const draw = (token: number) => {
        root.textContent = words(token);
      };
      return { root, tensor, draw };
    };
    const { mean, rstd } = norm;
    const notes = [
      ...(mean === undefined ? [] : [note(mean, (token) => taken(block.norm(part, head, token)!.mean!))]),
      note(rstd, (token) => `× ${short(block.norm(part, head, token)!.rstd)}`),
    ];
    for (const [line, { root }] of notes.entries())
      Object.assign(root.style, { left: `${column.x - 2}px`, top: `${layout.bottom + 19 + 14 * line}px` });
    return notes;
  });
}

const taken = (mean: number) => `${mean < 0 ? "+" : "−"} ${short(Math.abs(mean))}`;
