import { anglesOf } from "../rope.js";
import type { Operation, Read } from "./description.js";
import { type OpenRead, open, positionsOf, type Source, sees, turnOf } from "./evaluate.js";

/** A cell that another is computed from. */
export interface Operand {
  readonly tensor: string;
  readonly index: readonly number[];
  readonly value: number;
  /** What it is to the operation, such as "x", "gain" or "bias". */
  readonly role: string;
  /**
   * What its value is multiplied by, where the cell is a sum of products: over all operands that have one, value times
   * coefficient adds up to the cell. A second factor has none, as it is in the coefficient of the first.
   */
  readonly coefficient?: number;
}

/** The terms of a long sum that are written out. */
const WRITTEN = 3;

/** The operands of a cell, and its formula with their values, without the result. */
export function operandsOf(
  operation: Operation,
  cell: readonly number[],
  source: Source,
): { operands: Operand[]; formula: string } {
  const operands: Operand[] = [];
  /** Adds what a read leads to, or what stands `steps` from there, and returns its value. */
  const take = (read: OpenRead, role: string, coefficient?: number, steps = 0) => {
    const place = read.place(cell) + steps;
    const value = read.data[place]!;
    const operand = { tensor: read.tensor, index: indexAt(place, read.shape), value, role };
    operands.push(coefficient === undefined ? operand : { ...operand, coefficient });
    return value;
  };
  const one = (read: Read, role: string, coefficient?: number) => take(open(read, source), role, coefficient);
  const plain = (read: Read) => open(read, source).value(cell);
  /** All cells along "each". */
  const row = (read: Read, role: string, coefficient?: number) => {
    const opened = open(read, source);
    return Array.from({ length: opened.extent }, (_, k) => take(opened, role, coefficient, k * opened.step));
  };
  const answer = (formula: string) => ({
    operands,
    formula: formula.replaceAll("+ -", "- ").replaceAll("- -", "+ "),
  });

  switch (operation.kind) {
    case "copy":
    case "lookup": {
      for (const index of operation.x.at) {
        if (typeof index === "object" && "value" in index) one(index.value, "index");
      }
      one(operation.x, "x", 1);
      return answer(`${operation.x.tensor}[${operands.at(-1)!.index.join(", ")}]`);
    }
    case "add":
      return answer(operation.terms.map((term) => show(one(term, "term", 1))).join(" + "));
    case "multiply":
      return answer(`${show(one(operation.a, "a", plain(operation.b)))} · ${show(one(operation.b, "b"))}`);
    case "scale":
      return answer(`${show(operation.factor)} · ${show(one(operation.x, "x", operation.factor))}`);
    case "dot": {
      const { scale = 1, bias } = operation;
      const [a, b] = [open(operation.a, source), open(operation.b, source)];
      const [aAt, bAt] = [a.place(cell), b.place(cell)];
      const terms: string[] = [];
      for (let k = 0; k < Math.min(a.extent, b.extent); k++) {
        const factor = b.data[bAt + k * b.step]!;
        take(a, "a", scale * factor, k * a.step);
        take(b, "b", undefined, k * b.step);
        terms.push(`${show(a.data[aAt + k * a.step]!)} · ${show(factor)}`);
      }
      const sum = sumOf(terms);
      return answer(
        `${scale === 1 ? sum : `${show(scale)} · (${sum})`}${bias ? ` + ${show(one(bias, "bias", 1))}` : ""}`,
      );
    }
    case "mean": {
      const count = open(operation.x, source).extent;
      return answer(`(${sumOf(row(operation.x, "x", 1 / count).map(show))}) / ${count}`);
    }
    case "max":
      return answer(`max(${listOf(finite(row(operation.x, "x")).map(show), ", ")})`);
    case "rstd": {
      const { x, mean, eps } = operation;
      const values = row(x, "x");
      const middle = mean ? ` - ${show(one(mean, "mean"))}` : "";
      const squares = values.map((value) => (mean ? `(${show(value)}${middle})²` : `(${show(value)})²`));
      return answer(`1 / √((${sumOf(squares)}) / ${values.length} + ${eps})`);
    }
    case "norm": {
      const { x, mean, rstd, gain, gainOffset, bias } = operation;
      const slope = plain(rstd) * (gain ? plain(gain) + gainOffset : 1);
      const value = show(one(x, "x", slope));
      const centred = mean ? `(${value} - ${show(one(mean, "mean", -slope))})` : value;
      const scaled = `${centred} · ${show(one(rstd, "rstd"))}`;
      const offset = gainOffset === 0 ? "" : ` + ${show(gainOffset)}`;
      const factor = gain ? show(one(gain, "gain")) : "";
      const gained = gain ? `${scaled} · ${offset ? `(${factor}${offset})` : factor}` : scaled;
      return answer(bias ? `${gained} + ${show(one(bias, "bias", 1))}` : gained);
    }
    case "rotate": {
      const turn = turnOf(operation, cell.at(-1)!);
      if (!turn) return answer(show(one(operation.x, "x", 1)));
      const [x, table] = [open(operation.x, source), open(operation.table, source)];
      const angles = table.place(cell);
      const [cos, sin] = [table.data[angles + turn.cos]!, turn.sign * table.data[angles + turn.sin]!];
      const own = show(take(x, "x", cos));
      const other = show(take(x, "other of the pair", sin, turn.other));
      take(table, "cos", undefined, turn.cos);
      take(table, "sin", undefined, turn.sin);
      return answer(`${own} · ${show(cos)} + ${other} · ${show(sin)}`);
    }
    case "angles": {
      const { rope, blockSize } = operation;
      const [position, column] = cell as [number, number];
      const { frequencies, factor } = anglesOf(rope, blockSize, positionsOf(source));
      const isCosine = column < frequencies.length;
      const frequency = frequencies[column % frequencies.length]!;
      const angle = `${isCosine ? "cos" : "sin"}(${position} · ${show(frequency)})`;
      return answer(factor === 1 ? angle : `${show(factor)} · ${angle}`);
    }
    case "mask": {
      const isSeen = sees(operation.window, cell);
      const value = isSeen ? one(operation.x, "x", 1) : one(operation.x, "x");
      return answer(`${show(value)}, ${isSeen ? "seen" : "masked"}`);
    }
    case "sum-exp": {
      const values = row(operation.x, "x");
      const max = show(one(operation.max, "max"));
      return answer(sumOf(finite(values).map((value) => `exp(${show(value)} - ${max})`)));
    }
    case "softmax": {
      const { x, max, sum } = operation;
      const exponent = `${show(one(x, "x"))} - ${show(one(max, "max"))}`;
      return answer(`exp(${exponent}) / ${show(one(sum, "sum"))}`);
    }
    case "softcap": {
      const cap = show(operation.cap);
      return answer(`${cap} · tanh(${show(one(operation.x, "x"))} / ${cap})`);
    }
    case "activation":
      return answer(`${operation.function}(${show(one(operation.x, "x"))})`);
  }
}

/** A number with 4 digits. */
export function show(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(4))) : String(x).replace("Infinity", "∞");
}

/** A mask leaves -∞, which adds nothing. */
const finite = (values: readonly number[]) => values.filter((value) => value > -Infinity);

const sumOf = (terms: readonly string[]) => listOf(terms, " + ");

function listOf(terms: readonly string[], between: string): string {
  if (terms.length <= WRITTEN + 1) return terms.join(between);
  return [...terms.slice(0, WRITTEN), `… ${terms.length} terms`].join(between);
}

/** The index of a place in a tensor of this shape. */
function indexAt(place: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = place;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}
