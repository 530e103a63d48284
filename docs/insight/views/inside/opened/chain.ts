import type { Operation, Read, TensorDescription } from "@llm/gpt/inspect";
import { scaleWords } from "../../../cells/products-of.js";
import { indexAlong } from "../../../index-along.js";
import { short } from "../../../short.js";
import { statisticOf } from "../../../statistics.js";

/** What an operation takes, with the sign before it. */
interface Term {
  readonly sign: string;
  readonly tensor: string;
  /** Its rows stand as columns, so that a row meets a column. */
  readonly isTurned?: boolean;
}

/** How a tensor is made of others, as it is written: terms, a sign, and what comes out. */
export interface Equation {
  readonly terms: readonly Term[];
  /** Before what is made. */
  readonly sign: string;
  readonly made: string;
  /** How its cells follow from others; of a copy how those do that it copies. */
  readonly cell: Operation;
  /** Where the copied cells are. */
  readonly copied?: Read;
}

type Descriptions = ReadonlyMap<string, TensorDescription>;

/**
 * How a tensor comes about from those that are given, in the order of computation, by what `describe` says of it alone. A copy is
 * followed to where its numbers are computed, and what a norm or a softmax counts of a row is a term of it.
 */
export function chainOf(all: Descriptions, made: string, given: ReadonlySet<string>): Equation[] {
  const equations: Equation[] = [];
  const done = new Set(given);
  const visit = (name: string) => {
    const { cell } = all.get(name)!;
    if (done.has(name) || !cell) return;
    done.add(name);
    const source =
      cell.kind === "copy" && !given.has(cell.x.tensor) ? all.get(cell.x.tensor)!.cell : undefined;
    const own = source ?? cell;
    const written = equationOf(name, own);
    for (const { tensor } of written.terms) visit(tensor);
    if (cell.kind === "angles" || statisticOf(name)) return;
    const copied = source && cell.kind === "copy" && cell.x;
    equations.push({ ...written, ...(copied && { copied }) });
  };
  done.delete(made);
  visit(made);
  return equations.map((equation, at) => inARow(equation, equations[at - 1]?.made));
}

/** Of what may stand in any order, what was made just before comes first. */
function inARow(equation: Equation, before: string | undefined): Equation {
  const { terms, cell } = equation;
  if ((cell.kind !== "add" && cell.kind !== "multiply") || terms.at(1)?.tensor !== before) return equation;
  const [first, second, ...others] = terms as [Term, Term, ...Term[]];
  return {
    ...equation,
    terms: [{ ...second, sign: "" }, { ...first, sign: second.sign }, ...others],
  };
}

/** How a tensor is made of what its own operation takes. */
export const equationOf = (made: string, cell: Operation): Equation => ({ ...writtenAs(cell), made, cell });

/** An operation as it is written. */
function writtenAs(cell: Operation): Pick<Equation, "terms" | "sign"> {
  const term = (sign: string, { tensor, at }: Read, isFactor = false): Term => ({
    ...{ sign, tensor },
    // It is summed along its rows where the first factor is, too.
    ...(isFactor && at.at(-1) === "each" && { isTurned: true }),
  });
  const one = (sign: string, x: Read) => ({ terms: [term("", x)], sign });
  switch (cell.kind) {
    case "dot": {
      const { a, b, bias, scale = 1 } = cell;
      const terms = [term("", a), term("×", b, true), ...(bias ? [term("+", bias)] : [])];
      return { terms, sign: scale === 1 ? "=" : `${scaleWords(scale)[0]} =` };
    }
    case "add":
      return { terms: cell.terms.map((each, at) => term(at > 0 ? "+" : "", each)), sign: "=" };
    case "multiply":
      return { terms: [term("", cell.a), term("⊙", cell.b)], sign: "=" };
    case "norm": {
      const { x, mean, rstd, gain, gainOffset, bias } = cell;
      const terms = [
        term("", x),
        ...(mean ? [term("−", mean)] : []),
        term("×", rstd),
        ...(gain ? [term(gainOffset === 0 ? "×" : `× ${short(gainOffset)} +`, gain)] : []),
        ...(bias ? [term("+", bias)] : []),
      ];
      return { terms, sign: "=" };
    }
    case "rotate":
      return { terms: [term("", cell.x), term("↻", cell.table)], sign: "=" };
    case "scale":
      return one(`× ${short(cell.factor)} =`, cell.x);
    case "lookup":
      return one("its rows →", cell.x);
    case "copy":
      return one("columns →", cell.x);
    case "mask":
      return one("mask →", cell.x);
    case "softmax": {
      const terms = [term("exp (", cell.x), term("−", cell.max), term(") ÷", cell.sum)];
      return { terms, sign: "=" };
    }
    case "max":
      return one("largest →", cell.x);
    case "sum-exp":
      return one("sum of exp →", cell.x);
    case "softcap":
      return one(`below ${short(cell.cap)} →`, cell.x);
    case "activation":
      return one(`${cell.function} →`, cell.x);
    case "mean":
      return one("mean →", cell.x);
    case "rstd":
      return one("1 / spread →", cell.x);
    case "angles":
      return { terms: [], sign: "" };
  }
}

/** Part of a plane, its ends within. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The rows and columns in which some cells lie. */
export function around(cells: readonly (readonly number[])[]): Region {
  const [rows, columns] = [-2, -1].map((axis) => cells.map((index) => index.at(axis) ?? 0)) as [
    number[],
    number[],
  ];
  return {
    ...{ top: Math.min(...rows), left: Math.min(...columns) },
    ...{ bottom: Math.max(...rows), right: Math.max(...columns) },
  };
}

/** Regions that hold these cells and no others: one, or those of a row or column on both sides of its gaps. */
export function regionsOf(cells: readonly (readonly number[])[]): Region[] {
  if (cells.length === 0) return [];
  const whole = around(cells);
  const axis = whole.top === whole.bottom ? -1 : -2;
  const along = cells.map((index) => index.at(axis)!).sort((a, b) => a - b);
  const behind = along.find((at, i) => at > along[i - 1]! + 1);
  if (behind === undefined) return [whole];
  const [first, rest] = [true, false].map((isFirst) =>
    cells.filter((index) => index.at(axis)! < behind === isFirst),
  );
  return [...regionsOf(first!), ...regionsOf(rest!)];
}

/** What of a term is read by the cells between two corners of what is made; undefined where a value says which. */
export function readBy(
  { cell, copied }: Equation,
  term: Term,
  corners: readonly (readonly number[])[],
  shape: readonly number[],
): Region | undefined {
  const read = Object.values(cell)
    .flat()
    .find((each): each is Read => typeof each === "object" && "at" in each && each.tensor === term.tensor);
  const follow = ({ at }: Read, index: readonly number[], every: (axis: number) => number) =>
    at.map((along, axis) => (along === "each" ? every(axis) : indexAlong(along, index)));
  const cells = corners.flatMap((corner) => {
    const own = copied ? follow(copied, corner, () => 0) : corner;
    return [() => 0, (axis: number) => shape[axis]! - 1].map((every) =>
      follow(read!, own as number[], every),
    );
  });
  const known = cells.filter((index): index is number[] => index.every((at) => at !== undefined));
  return known.length === cells.length ? around(known) : undefined;
}
