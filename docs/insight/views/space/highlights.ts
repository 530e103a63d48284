import type { Operation } from "../../flow/operations.js";
import type { Region } from "../../scene/instances.js";
import type { Panel } from "../../scene/layout.js";
import { linesBetween } from "../../scene/lines.js";
import type { PickedCell } from "../../scene/pick.js";
import type { Moment } from "../../scene/stream.js";
import { isAbout, type Piece, type Rows, streamIn } from "./chapter.js";
import type { Made } from "./elsewhere.js";
import type { Operands } from "./overview.js";
import type { Phase, Spot } from "./phases.js";
import { picked } from "./picked.js";
import type { SpacePicture } from "./picture.js";
import {
  axisOf,
  before,
  byTensor,
  growing,
  lastRow,
  near,
  placedSteps,
  regionsOf,
  type Step,
  wholeOf,
} from "./regions.js";
import { CHAPTERS } from "./walk.js";

/** What is read now: its tensors stand out, unless it is about all of them. */
interface Reading {
  isAbout(tensor: string): boolean;
  isAboutAll(): boolean;
  readonly row: Rows | undefined;
  /** Where the walk is, and the part that is read. */
  readonly spot: Spot;
  readonly phase: Pick<Phase, "about">;
  /** What is made, and of what. */
  readonly made: readonly string[];
  readonly operands: readonly string[];
  operandsOf(tensor: string): readonly string[];
}

/** What stands out in the picture: what is read, a step of the run, what a link names, a cell and where it comes from. */
export class Highlights {
  readonly #picture: Pick<SpacePicture, "scene" | "mark" | "strengthen">;
  readonly #reading: Reading;
  #panels: readonly Panel[] = [];
  #planes = byTensor([]);
  #step: Pick<Moment, "operands" | "outputs"> | undefined;
  #cell: PickedCell | undefined;
  #steps: readonly Step[] = [];
  #isPassing = false;
  #isNew = false;
  /** The text, where there is one. */
  ids: readonly number[] = [];

  constructor(picture: Pick<SpacePicture, "scene" | "mark" | "strengthen">, reading: Reading) {
    this.#picture = picture;
    this.#reading = reading;
  }

  get panels(): readonly Panel[] {
    return this.#panels;
  }

  /** Of each tensor, in order. */
  get planes(): ReadonlyMap<string, readonly Panel[]> {
    return this.#planes;
  }

  /** What the picture has now. */
  place(panels: readonly Panel[]): void {
    this.#panels = panels;
    this.#planes = byTensor(panels);
  }

  planesOf(tensor: string): readonly Panel[] {
    return this.#planes.get(tensor) ?? [];
  }

  /** Where what is made stands, and what it is made of. */
  madeOf(made: readonly string[]): Made {
    const planesOf = (names: readonly string[]) =>
      [...new Set(names)].flatMap((tensor) => this.planesOf(tensor));
    const operands = made.flatMap((tensor) => this.#reading.operandsOf(tensor));
    return { outputs: planesOf(made), operands: planesOf(operands) };
  }

  /** What is read about. */
  read(): readonly Panel[] {
    return [...this.#planes].flatMap(([name, planes]) => (this.#reading.isAbout(name) ? planes : []));
  }

  /** What is read about, as it is looked at: what something is made of comes in beside that, as far as there is room. */
  looked(): readonly Panel[] {
    const read = near(this.read());
    const core = read.filter(({ box }) => !this.#reading.operands.includes(box.name));
    return core.length > 0 ? core : read;
  }

  /** What the part of the walk makes, where it is known of what. */
  made(): readonly Panel[] {
    const { made, operands } = this.#reading;
    return operands.length > 0 ? made.flatMap((name) => this.planesOf(name)) : [];
  }

  /** What is to be read first: what is made, or else what the part names of its chapter, unless that is about everything. */
  #subject(): readonly Panel[] {
    const { spot, phase } = this.#reading;
    const chapter = CHAPTERS[spot.chapter - 1]!;
    const made = this.made();
    if (made.length > 0 || chapter.about.length === 0) return near(made);
    const first = phase.about.find((name) => this.#planes.has(name) && isAbout(chapter, name)) ?? "";
    return near(this.planesOf(first));
  }

  /** What that is made of. */
  operands(): Operands {
    const direct = new Set(this.made().flatMap(({ box }) => box.inputs));
    const planesOf = (those: string) =>
      this.#reading.operands
        .filter(
          (name) => (this.#reading.isAbout(name) ? "read" : direct.has(name) ? "others" : "beyond") === those,
        )
        .flatMap((name) => near(this.planesOf(name)));
    return {
      subject: this.#subject(),
      read: planesOf("read"),
      others: planesOf("others"),
      beyond: planesOf("beyond"),
    };
  }

  /** What a tensor is made of, as it comes in beside that. */
  operandsOf(tensor: string): Operands {
    return { subject: this.#subject(), read: [], others: near(this.madeOf([tensor]).operands), beyond: [] };
  }

  /**
   * Shows the last of these operations, and what those before it have made; undefined: everything. What a swept one makes fills
   * as the scene is told.
   * @returns what to look at now, if it is something else
   */
  stream(
    upTo: readonly Operation[] | undefined,
    isGradual: boolean,
    isSwept: boolean,
  ): readonly Panel[] | undefined {
    const now = upTo?.at(-1);
    const { scene } = this.#picture;
    if (!upTo || !now) {
      const wasStep = this.#step !== undefined;
      this.#step = undefined;
      scene?.stream(undefined, false);
      this.#draw();
      return wasStep ? this.looked() : undefined;
    }
    const outputs = this.planesOf(now.output);
    const operands = now.operands.flatMap((tensor) => this.planesOf(tensor));
    this.#step = { operands, outputs };
    const there = new Set(upTo.flatMap(({ output, operands }) => [output, ...operands]));
    scene?.stream({ operands, outputs, isThere: ({ box }) => there.has(box.name), isSwept }, isGradual);
    this.#draw();
    return near([...outputs, ...operands.filter(({ section }) => section === outputs[0]?.section)]);
  }

  /** Shows what a link of the prose names, or as before. */
  point(piece: Piece | undefined): void {
    this.strengthen(piece?.tensors);
    if (piece?.axis) this.#picture.mark(axisOf(this.read(), piece.axis));
    else if (piece?.tensors) {
      this.#picture.mark(piece.tensors.flatMap((tensor) => this.planesOf(tensor)).map(wholeOf));
    } else this.#mark();
  }

  /** Lets all but some tensors, or what is read about and what a step is about, stand back. */
  strengthen(tensors?: readonly string[]): void {
    const isAll = !tensors && this.#reading.isAboutAll();
    const { operands = [], outputs = [] } = this.#step ?? {};
    const strong = new Set(
      tensors ?? [
        ...[...operands, ...outputs, ...this.read()].map(({ box }) => box.name),
        ...this.#reading.operands,
      ],
    );
    this.#picture.strengthen(isAll ? undefined : strong);
    this.#picture.scene?.trace(streamIn(this.#reading.phase.about));
  }

  /**
   * Frames a cell and those that it is computed from, with lines between them; where it only takes the value of another, so on from
   * there. Planes before them stand open; before a cell that a pointer passes only those that do already: it is seen.
   */
  mark(cell: PickedCell | undefined, steps: readonly Step[], isPassing: boolean): void {
    this.#cell = cell;
    this.#steps = steps;
    this.#isPassing = isPassing;
    this.#mark();
  }

  /** Frames a row of what a step makes, and what its cells are computed from. */
  frameRow(panel: Panel, row: number, steps: readonly Step[]): void {
    const own = { panel, top: row, left: 0, rows: 1, columns: panel.box.columns };
    this.#picture.mark([own, ...regionsOf(placedSteps(steps, this.#planes).flatMap(({ from }) => from))]);
  }

  /** Frames the text's last token where it comes in, or no more: it has been put there. */
  frameNew(isNew: boolean): void {
    if (isNew === this.#isNew) return;
    this.#isNew = isNew;
    this.#mark();
  }

  get #newest(): readonly Region[] {
    if (!this.#isNew) return [];
    return ["ids", "embedding.token", "embedding"].flatMap((tensor) =>
      this.planesOf(tensor).map((panel) => {
        const { rows, columns } = panel.box;
        const isLine = rows === 1;
        return {
          panel,
          top: rows - 1,
          left: isLine ? columns - 1 : 0,
          rows: 1,
          columns: isLine ? 1 : columns,
        };
      }),
    );
  }

  #draw(): void {
    this.strengthen();
    this.#mark();
  }

  #mark(): void {
    const [output] = [...this.planesOf("embedding.token"), ...this.planesOf("embedding")];
    if (this.#reading.row === "picked" && (!this.#cell || isExample(this.#cell, output))) {
      const { regions, lines } = picked(this.ids, this.planesOf("wte.weight")[0], output);
      this.#picture.mark([...regions, ...this.#newest], lines);
      return;
    }
    if (!this.#cell) {
      const { operands, outputs } = this.#step ?? { operands: [], outputs: this.made() };
      this.#picture.mark([...[...operands, ...outputs].map(wholeOf), ...this.#rows(), ...this.#newest]);
      return;
    }
    const { panel, row, column } = this.#cell;
    const steps = placedSteps(this.#steps, this.#planes);
    const from = steps.flatMap(({ from }) => from);
    const own = { panel, top: row, left: column, rows: 1, columns: 1 };
    const { scene } = this.#picture;
    const isSeen =
      this.#isPassing && [...before([this.#cell], this.#planes)].some((each) => !scene?.open.has(each));
    const open = before(isSeen ? from : [this.#cell, ...from], this.#planes);
    this.#picture.mark(
      [own, ...this.#rows(), ...regionsOf(from), ...this.#newest],
      steps.flatMap(({ from, to }) => linesBetween(from, to)),
      open,
    );
  }

  /** The rows that are read about. */
  #rows(): Region[] {
    const { row } = this.#reading;
    if (row === "last") return lastRow(this.read());
    const isFirst = !this.#cell || (this.#cell.row === 0 && this.#cell.column === 0);
    return row === "growing" && isFirst ? growing(this.read()) : [];
  }
}

/** Whether it is the cell that stands for all of a step's output. */
const isExample = ({ panel, row, column }: PickedCell, output: Panel | undefined) =>
  panel === output && row === panel.box.rows - 1 && column === 0;
