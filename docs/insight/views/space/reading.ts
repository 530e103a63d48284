import { madeFrom, type Operation } from "../../flow/operations.js";
import { isStill } from "../../motion.js";
import type { Panel } from "../../scene/layout.js";
import type { State } from "../../state.js";
import { isAbout } from "./chapter.js";
import type { fields, SpaceState } from "./fields.js";
import { NAMED_SHAPES } from "./named-shapes.js";
import { type Phase, type Spot, Walk } from "./phases.js";
import type { Network } from "./shown.js";
import { CHAPTERS } from "./walk.js";

/** Nothing is chosen, and the eye is where what is read has it. */
export const ELSEWHERE = { tensor: "", cell: [], eye: null } as const;

/** What is read of the walk, as the address says; where networks are compared there is no walk, and all is looked at. */
export class Reading {
  readonly #state: State<typeof fields>;
  #walk = new Walk({ shapes: new Map() }, []);
  #operations: readonly Operation[] = [];
  #isCompared = false;

  constructor(state: State<typeof fields>) {
    this.#state = state;
  }

  /** Takes the network that is read about. */
  take(panels: readonly Panel[], { operations, isSorter }: Pick<Network, "operations" | "isSorter">): void {
    const { shape } = this.#state.values;
    this.#isCompared = shape === "sizes";
    this.#operations = operations;
    const shapes = new Map(panels.map(({ box }) => [box.name, box.shape]));
    const layers = shape === "model" || shape === "sizes" ? undefined : NAMED_SHAPES[shape].layers;
    this.#walk = new Walk({ shapes, layers, isSorter }, operations);
  }

  get spot(): Spot {
    return this.#walk.spotOf(this.#state.values);
  }

  get phase(): Phase {
    return this.#walk.at(this.spot);
  }

  phasesOf(chapter: number): readonly Phase[] {
    return this.#walk.phasesOf(chapter);
  }

  isAbout(tensor: string): boolean {
    return this.#isCompared || isAbout(this.phase, tensor) || this.#isChosen(tensor);
  }

  /** Whether it is the tensor of the chosen cell, or that is computed from it. */
  #isChosen(tensor: string): boolean {
    const { tensor: chosen } = this.#state.values;
    if (chosen === "") return false;
    if (tensor === chosen) return true;
    return this.operandsOf(chosen).includes(tensor);
  }

  /** What a tensor is made of. */
  operandsOf(tensor: string): readonly string[] {
    return madeFrom(tensor, this.#operations);
  }

  /** The row that is read about, of all tensors that it is about. */
  get row(): Phase["row"] {
    return this.#isCompared ? undefined : this.phase.row;
  }

  isAboutAll(): boolean {
    return this.#isCompared || this.phase.about.length === 0;
  }

  /** Whether a run begins and rests with this tensor: the phase makes it, or where it makes none, the chapter. */
  isStep(tensor: string): boolean {
    const { steps } = this.phase;
    if (!steps) return isAbout(CHAPTERS[this.spot.chapter - 1]!, tensor);
    return this.#operations.slice(steps.first - 1, steps.last).some(({ output }) => output === tensor);
  }

  /** What the phase makes; nothing where it explains, or is about all. */
  get made(): readonly string[] {
    const { steps } = this.phase;
    if (!steps || this.isAboutAll()) return [];
    return this.#operations.slice(steps.first - 1, steps.last).map(({ output }) => output);
  }

  /** What that is made of, where the phase is about few steps. */
  get operands(): readonly string[] {
    const { steps } = this.phase;
    const made = this.made;
    if (!steps || made.length === 0 || this.isOfAll()) return [];
    const read = made.flatMap((tensor) => this.operandsOf(tensor));
    return [...new Set(read)].filter((tensor) => !made.includes(tensor));
  }

  /** Whether the chapter ends with this operation. */
  isEnd(flow: number): boolean {
    return flow === this.#walk.endOf(this.spot.chapter);
  }

  /** Whether the phase explains what has been made up to this operation. */
  isExplained(flow: number): boolean {
    const { steps, before } = this.phase;
    return !steps && flow === before;
  }

  /** Whether the phase's own operations are shown as a whole: they run a layer at a time, or have run. */
  isByLayers(flow: number): boolean {
    const isWhole = this.#state.values.play === "layers" || this.isRest(flow);
    return isWhole && CHAPTERS[this.spot.chapter - 1]!.play === "layers" && this.#isOwn(flow);
  }

  /** Whether the phase comes to rest with this operation: all that it is about is seen then. */
  isRest(flow: number): boolean {
    return flow === this.phase.steps?.last;
  }

  #isOwn(flow: number): boolean {
    const { steps } = this.phase;
    return steps !== undefined && flow >= steps.first && flow <= steps.last;
  }

  /** How far the walk is. */
  get way(): { part: number; parts: number } {
    return this.#walk.countTo(this.spot);
  }

  /** Whether a run through the chapter goes through everything. */
  isOfAll(): boolean {
    return CHAPTERS[this.spot.chapter - 1]!.play === "layers" && !this.#isCompared;
  }

  /** The phase about an operation, of the first block where every block has it. */
  aboutStep(flow: number): Spot | undefined {
    const made = this.#operations[flow - 1]?.output.replace(/^h\.\d+\./, "h.0.");
    return made === undefined ? undefined : this.#walk.about(made);
  }

  /** The phase after what is read, or before it. */
  from(by: 1 | -1): Spot | undefined {
    return this.#walk.from(this.spot, by);
  }

  /** Goes to a phase, whose operations then run by themselves. */
  go(to: Spot): void {
    const { steps, before } = this.#walk.at(to);
    const { play } = CHAPTERS[to.chapter - 1]!;
    const begun: Partial<SpaceState> = steps ? { flow: steps.first, play } : { flow: before, play: "no" };
    this.#state.set({ ...to, ...(isStill() ? { flow: 0, play: "no" } : begun), ...ELSEWHERE });
  }

  /** A link to a cell alone leads to what is about it, and stays there when the reader looks elsewhere. */
  settle(): void {
    const { chapter, tensor } = this.#state.values;
    const about = chapter === 0 && !this.#isCompared ? this.#walk.about(tensor) : undefined;
    if (about) this.#state.set(about, "drift");
  }
}
