import { ShapeError } from "../errors.js";
import { show, type Tensor } from "../tensor.js";
import { requireOptions, requireType, requireWeight, rowsOf } from "./checks.js";

/** Logits that exist at a time by default: 64 MB of them. Fewer rows make for slower products. */
const CHUNK = 16 * 2 ** 20;

/** The logits of a head, and how many of them are in memory at a time. */
export interface HeadOptions {
  /** Logits become softcap * tanh(logit / softcap). Default: they stay as they are. */
  softcap?: number;
  /**
   * How many rows and classes of the logits are in memory at once. With fewer classes than there are, every logit is
   * computed twice when gradients are asked for. Default: all classes, and as many rows (but 64 at least) as 64 MB hold.
   */
  chunk?: { rows?: number; classes?: number };
}

/** What a head needs besides its buffers. */
interface Head {
  rows: number;
  columns: number;
  classes: number;
  softcap: number;
  chunkRows: number;
  chunkClasses: number;
}

/** The sizes of a head over x (..., K) with W (V, K) and targets (...), checked. */
export function headOf(
  op: string,
  { x, weight, targets }: { x: Tensor; weight: Tensor; targets: Tensor },
  { softcap = 0, chunk = {} }: HeadOptions,
): Head {
  requireOptions(`chunk of ${op}`, chunk, { rows: "any", classes: "any" });
  requireType(op, "x", x, "float32");
  requireWeight(op, "weight", weight);
  requireType(op, "targets", targets, "int32");
  const { rows, columns } = rowsOf(op, x);
  const [classes, inner] = weight.shape;
  if (weight.shape.length !== 2 || inner !== columns || classes === undefined) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} cannot be multiplied by a transposed weight of shape ${show(weight.shape)}.`,
    );
  }
  if (targets.size !== rows) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} needs ${rows} targets, not shape ${show(targets.shape)}.`,
    );
  }
  const chunkClasses = Math.min(classes, chunk.classes ?? classes);
  const chunkRows = Math.min(rows, chunk.rows ?? Math.max(64, Math.floor(CHUNK / chunkClasses)));
  for (const [name, value] of Object.entries({ "chunk.rows": chunkRows, "chunk.classes": chunkClasses })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ShapeError(`${op}: ${name} must be a positive integer, not ${value}.`);
    }
  }
  if (!(softcap >= 0 && Number.isFinite(softcap))) {
    throw new ShapeError(`${op}: softcap must be a positive number, or 0 for none, not ${softcap}.`);
  }
  return { rows, columns, classes, softcap, chunkRows, chunkClasses };
}
