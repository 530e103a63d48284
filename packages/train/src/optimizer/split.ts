// Some matrices are several beside each other, such as a block's queries, keys and values: one product computes them all. An
// optimiser that looks at a matrix as a whole has to be shown each by itself.
import { accumulate, concat, type Parameter, scope, slice, type Tensor } from "@llm/tensor";
import { OptionsError } from "../errors.js";

/** A matrix (in, out), or some columns of one. */
export interface Part extends Pick<Parameter, "name" | "shape" | "size"> {
  /** Its first column. */
  readonly start: number;
}

/** Which matrices are several beside each other: those of @llm/gpt, none, or what a function says, the columns of each. */
export type MatrixSplit = "qkv" | ((parameter: Parameter) => readonly number[] | undefined) | false;

/**
 * The parts of each matrix; one that is not split is its own only part.
 * @throws {OptionsError} for columns that do not add up
 */
export function partsOf(split: MatrixSplit, parameters: readonly Parameter[]): Part[][] {
  const rows = new Map(parameters.map(({ name, shape }) => [name, shape[0]!]));
  return parameters.map((parameter) => {
    const { name, shape, size } = parameter;
    const [extent, columns] = shape as [number, number];
    const widths = split === "qkv" ? qkv(parameter, rows) : split ? split(parameter) : undefined;
    if (!widths) return [{ name, shape, size, start: 0 }];
    const isWhole = widths.every((width) => Number.isSafeInteger(width) && width > 0);
    let end = 0;
    const parts = widths.map((width, i) => {
      const start = end;
      end += width;
      return { name: `${name}.${i}`, shape: [extent, width], size: extent * width, start };
    });
    if (isWhole && end === columns) return parts;
    throw new OptionsError(
      `split of muon gives ${name} of shape [${shape}] parts of [${widths}] columns; they must be whole numbers above 0 that add up to ${columns}`,
    );
  });
}

/** Queries, keys and values of @llm/gpt's models. There are as many queries as the projection after attention has rows. */
function qkv({ name, shape }: Parameter, rows: ReadonlyMap<string, number>): number[] | undefined {
  if (!name.endsWith("attn.c_attn.weight")) return undefined;
  const after = name.replace(/c_attn\.weight$/, "c_proj.weight");
  const q = rows.get(after);
  if (q === undefined) {
    throw new OptionsError(
      `muon cannot tell the queries of ${name} from its keys and values without ${after}, which has as many rows; train that with it too, or give split as a function, or false`,
    );
  }
  const kv = (shape[1]! - q) / 2;
  return [q, kv, kv];
}

/** Updates each part of a matrix in place, as if it were a matrix of its own. */
export function updateParts<P extends Part>(
  parameter: Parameter,
  grad: Tensor,
  parts: readonly P[],
  update: (weights: Tensor, grad: Tensor, part: P) => void,
): void {
  if (parts.length === 1) {
    update(parameter, grad, parts[0]!);
    return;
  }
  scope(() => {
    const updated = parts.map((part) => {
      const { start, shape } = part;
      const columns = [start, start + shape[1]!] as const;
      const weights = slice(parameter, 1, ...columns);
      update(weights, slice(grad, 1, ...columns), part);
      return weights;
    });
    accumulate(parameter, parameter, -1); // to 0, and then to what it is now
    accumulate(parameter, concat(updated, 1));
  });
}
