import type { Operation } from "../../flow/operations.js";
import { type Chapter, type Drawn, isAbout, type Piece, proseOf, type Rows } from "./chapter.js";
import { CHAPTERS } from "./walk.js";

/** A part of a chapter that is read at once: a paragraph, its tensors, and the operations that make them. */
export interface Phase {
  readonly pieces: readonly Piece[];
  /** As a chapter's. */
  readonly about: readonly string[];
  /** Its own operations, counted from 1; undefined: it explains what is there. */
  readonly steps: { readonly first: number; readonly last: number } | undefined;
  /** The last operation before it; 0: there is none. */
  readonly before: number;
  /** As a paragraph's. */
  readonly row: Rows | undefined;
}

/** Where the walk is, both counted from 1. */
export interface Spot {
  readonly chapter: number;
  readonly phase: number;
}

/** The walk through a network: its chapters in phases, one after the other. */
export class Walk {
  readonly #drawn: Drawn;
  readonly #operations: readonly Operation[];
  readonly #phases = new Map<number, readonly Phase[]>();

  constructor(drawn: Drawn, operations: readonly Operation[]) {
    this.#drawn = drawn;
    this.#operations = operations;
  }

  phasesOf(chapter: number): readonly Phase[] {
    let phases = this.#phases.get(chapter);
    if (!phases) {
      phases = phasesOf(CHAPTERS[chapter - 1]!, this.#drawn, this.#operations);
      this.#phases.set(chapter, phases);
    }
    return phases;
  }

  /** Where an address leads: it may say nothing of it, or name a phase of another network. */
  spotOf({ chapter, phase }: Spot): Spot {
    const known = Math.max(1, chapter);
    return { chapter: known, phase: Math.min(phase, this.phasesOf(known).length) };
  }

  at({ chapter, phase }: Spot): Phase {
    return this.phasesOf(chapter)[phase - 1]!;
  }

  /** The phase after one, or before it; undefined where the walk ends. */
  from({ chapter, phase }: Spot, by: 1 | -1): Spot | undefined {
    if (this.phasesOf(chapter)[phase - 1 + by]) return { chapter, phase: phase + by };
    const next = chapter + by;
    if (!CHAPTERS[next - 1]) return undefined;
    return { chapter: next, phase: by > 0 ? 1 : this.phasesOf(next).length };
  }

  /** How many phases there are up to one, and in all. */
  countTo({ chapter, phase }: Spot): { part: number; parts: number } {
    const counts = CHAPTERS.map((_, i) => this.phasesOf(i + 1).length);
    const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
    return { part: sum(counts.slice(0, chapter - 1)) + phase, parts: sum(counts) };
  }

  /** The first phase about a tensor, of the chapter that says most of it; undefined where only a chapter about all does. */
  about(tensor: string): Spot | undefined {
    const closeness = ({ about }: Chapter) =>
      Math.max(0, ...about.filter((name) => isAbout({ about: [name] }, tensor)).map(({ length }) => length));
    const most = Math.max(...CHAPTERS.map(closeness));
    if (most === 0) return undefined;
    const chapter = 1 + CHAPTERS.findIndex((each) => closeness(each) === most);
    const found = this.phasesOf(chapter).findIndex((phase) => isAbout(phase, tensor));
    return { chapter, phase: 1 + Math.max(0, found) };
  }

  /** The last operation of a chapter. */
  endOf(chapter: number): number {
    return Math.max(...this.phasesOf(chapter).map(({ steps, before }) => steps?.last ?? before));
  }
}

function phasesOf(chapter: Chapter, drawn: Drawn, operations: readonly Operation[]): Phase[] {
  const paragraphs = proseOf(chapter, drawn, operations);
  const steps: { first: number; last: number }[] = [];
  let [first, now] = [0, 0];
  for (const [i, { output }] of operations.entries()) {
    if (!isAbout(chapter, output)) continue;
    first ||= i + 1;
    // It belongs to the first that names it, and never to one before that of the operation before.
    const named = paragraphs.findIndex(({ about }) => about && isAbout({ about }, output));
    now = Math.max(now, named);
    steps[now] = { first: steps[now]?.first ?? i + 1, last: i + 1 };
  }
  let before = Math.max(0, first - 1);
  return paragraphs.map(({ pieces, about = chapter.about, row }, i) => {
    const own = steps[i];
    const phase = { pieces, about, steps: own, before, row };
    before = own?.last ?? before;
    return phase;
  });
}

/** What a phase says. */
export const wordsOf = ({ pieces }: Phase): string => pieces.map(({ words }) => words).join("");
