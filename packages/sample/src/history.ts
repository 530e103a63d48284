import { checkArgument } from "./check.js";

/** Prompt and output of a row apart, for `distribution`: frequency and presence penalties of most chains count the output only. */
export interface PromptAndOutput {
  prompt: ArrayLike<number>;
  output: ArrayLike<number>;
}

/** The tokens of one row so far, and how often each is among the last ones: counted as they come, never again. */
export class History {
  readonly ids: number[];
  /** How often each id is among the last `window` ones. */
  readonly counts = new Map<number, number>();
  /** The same, of the output only. */
  readonly outputCounts = new Map<number, number>();
  readonly #promptLength: number;
  /** Places behind the prompt whose tokens were not drawn. */
  readonly #forced = new Set<number>();
  readonly #window: number;

  constructor(prompt: ArrayLike<number>, window: number) {
    this.ids = Array.from(prompt);
    this.#promptLength = this.ids.length;
    this.#window = window;
    const start = Math.max(0, this.ids.length - window);
    for (let i = start; i < this.ids.length; i++) add(this.counts, this.ids[i]!, 1);
  }

  /** @param history a list counts as output */
  static of(history: ArrayLike<number> | PromptAndOutput, window: number): History {
    checkArgument("history of distribution", history, "object|array");
    const { prompt, output } = "length" in history ? { prompt: [], output: history } : history;
    checkArgument("prompt in the history of distribution", prompt, "list");
    checkArgument("output in the history of distribution", output, "list");
    const made = new History(prompt, window);
    for (let i = 0; i < output.length; i++) made.push(output[i]!);
    return made;
  }

  /** A token that was drawn. */
  push(id: number): void {
    add(this.outputCounts, id, 1);
    this.#append(id);
  }

  /** A token that was put in: it counts as those of the prompt do. */
  force(id: number): void {
    this.#forced.add(this.ids.length);
    this.#append(id);
  }

  #append(id: number): void {
    this.ids.push(id);
    add(this.counts, id, 1);
    const left = this.ids.length - 1 - this.#window; // the one that has left the window
    if (!(left >= 0)) return;
    add(this.counts, this.ids[left]!, -1);
    if (left >= this.#promptLength && !this.#forced.has(left)) add(this.outputCounts, this.ids[left]!, -1);
  }

  /** Takes back the last token behind the prompt. */
  pop(): void {
    const last = this.ids.length - 1;
    const left = last - this.#window; // the one that is in the window again
    if (left >= 0) add(this.counts, this.ids[left]!, 1);
    if (left >= this.#promptLength && !this.#forced.has(left)) add(this.outputCounts, this.ids[left]!, 1);
    const id = this.ids.pop()!;
    add(this.counts, id, -1);
    if (!this.#forced.delete(last)) add(this.outputCounts, id, -1);
  }
}

function add(counts: Map<number, number>, id: number, by: number): void {
  const count = (counts.get(id) ?? 0) + by;
  if (count === 0) counts.delete(id);
  else counts.set(id, count);
}
