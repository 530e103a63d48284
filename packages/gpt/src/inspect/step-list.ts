import type { CompleteGptConfig } from "../config.js";
import { layout } from "../layout.js";
import { type Index, type Operation, type Read, readsOf, type TensorDescription } from "./description.js";

/** A description, and what the list without detail needs of it. */
export interface Step extends TensorDescription {
  /** Whether only the list with detail has it. */
  readonly isPart: boolean;
  /** The operation in words where its parts are not listed. Default: the same. */
  readonly inWords?: string;
}

export type Shape = TensorDescription["shape"];

/** Steps as they are made, each weight before the first that uses it. */
export class StepList {
  readonly all: Step[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #weights: ReadonlyMap<string, Shape>;

  constructor(config: CompleteGptConfig) {
    this.#weights = new Map(layout(config).map(({ name, shape }) => [name, shape]));
    this.#list({ name: "ids", kind: "input", shape: ["B", "T"], inputs: [], isPart: false });
  }

  hasWeight(name: string): boolean {
    return this.#weights.has(name);
  }

  shapeOf(name: string): Shape {
    return this.#shapes.get(name)!;
  }

  /** Reads the cell of the same index, but for the last axis where `last` is given. */
  read(tensor: string, last?: Index): Read {
    const at: Index[] = this.shapeOf(tensor).map((_, axis) => ({ axis }));
    return { tensor, at: last === undefined ? at : at.with(-1, last) };
  }

  /** Adds an activation and returns its name. */
  made(name: string, shape: Shape, operation: string, cell: Operation, inWords?: string): string {
    this.#add({
      name,
      kind: "activation",
      shape,
      operation,
      cell,
      isPart: false,
      ...(inWords && { inWords }),
    });
    return name;
  }

  /** Adds an activation that only the list with detail has. */
  part(name: string, shape: Shape, operation: string, cell: Operation): string {
    this.#add({ name, kind: "activation", shape, operation, cell, isPart: true });
    return name;
  }

  /** Adds a table that follows from the configuration. */
  table(name: string, shape: Shape, operation: string, cell: Operation): string {
    this.#add({ name, kind: "table", shape, operation, cell, isPart: true });
    return name;
  }

  #add(step: Omit<Step, "inputs"> & { readonly cell: Operation }): void {
    const inputs = [...new Set(readsOf(step.cell).map(({ tensor }) => tensor))];
    for (const name of inputs) {
      if (this.#shapes.has(name)) continue;
      this.#list({ name, kind: "weight", shape: this.#weights.get(name)!, inputs: [], isPart: false });
    }
    this.#list({ ...step, inputs });
  }

  #list(step: Step): void {
    this.all.push(step);
    this.#shapes.set(step.name, step.shape);
  }
}
