import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type {
  HeadArgs,
  LinearCrossEntropyArgs,
  LinearLogProbabilitiesArgs,
  LinearLogProbabilitiesBackwardArgs,
} from "../../kernel-arguments.js";
import { capped, cappedBackward } from "./activation.js";
import { countedOf, divisorOf, goalsOf, shareOf } from "./cross-entropy.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";
import { softmaxOf } from "./softmax.js";

type Piece = readonly [start: number, count: number];

/** The pieces of at most `size` that a length is cut into. */
const piecesOf = (length: number, size: number): Piece[] =>
  Array.from({ length: Math.ceil(length / size) }, (_, i) => [i * size, Math.min(size, length - i * size)]);

/** Some rows of a matrix. */
function rowsOf(on: Device, x: TfTensor, [start, count]: Piece): TfTensor {
  const [rows, columns] = x.shape as [number, number];
  return count === rows ? x : on.tf.slice(x, [start, 0], [count, columns]);
}

interface Rows {
  readonly x: TfTensor; // (count, columns)
  readonly share: TfTensor; // (count, 1)
}

interface Gradients {
  /** Of each row in the sum that is differentiated. */
  readonly share: TfTensor; // (rows, 1)
  readonly dX: DeviceBuffer | null;
  readonly dWeight: Into | null;
}

/**
 * Of some rows the largest logit and the sum of e^(logit - largest), each (count, 1), and what p adds to the gradients, for one
 * piece of the classes at a time.
 */
function chunk(
  on: Device,
  args: HeadArgs,
  weight: TfTensor,
  { x, share }: Rows,
  wanted: { dX: boolean; dWeight: boolean },
) {
  const { tf } = on;
  const { classes, chunkClasses, softcap } = args;
  const make = (w: TfTensor) => {
    const logits = capped(tf, on.matMul(x, w, false, true), softcap); // (count, classes of the piece)
    return { logits, ...softmaxOf(tf, logits) };
  };
  const whole = chunkClasses >= classes ? make(weight) : null;
  const each = <T>(fn: (made: ReturnType<typeof make>, w: TfTensor) => T): T[] =>
    piecesOf(classes, chunkClasses).map((piece) =>
      tf.tidy(() => {
        const w = rowsOf(on, weight, piece);
        return fn(whole ?? make(w), w);
      }),
    );
  /** The sum of a piece beside a larger logit than its own. */
  const beside = (sum: TfTensor, own: TfTensor, larger: TfTensor) => tf.mul(sum, tf.exp(tf.sub(own, larger)));
  const combine = () => {
    const parts = each((piece) => ({ largest: piece.largest, sum: piece.sum }));
    const tops = tf.concat(
      parts.map((part) => part.largest),
      1,
    );
    const sums = tf.concat(
      parts.map((part) => part.sum),
      1,
    );
    const largest = tf.max(tops, 1, true);
    return { largest, sum: tf.sum(beside(sums, tops, largest), 1, true) };
  };
  const { largest, sum } = whole ?? combine();
  if (!wanted.dX && !wanted.dWeight) return { largest, sum, dX: null, dWeight: null };
  const gradients = each((piece, w) => {
    const part = tf.div(beside(piece.sum, piece.largest, largest), sum); // of the row's sum in this piece: (count, 1)
    const dLogits = cappedBackward(tf, tf.mul(piece.p, tf.mul(share, part)), piece.logits, softcap);
    return {
      dX: wanted.dX ? on.matMul(dLogits, w, false, false) : null,
      dWeight: wanted.dWeight ? on.matMul(dLogits, x, true, false) : null,
    };
  });
  return {
    largest,
    sum,
    dX: wanted.dX ? tf.addN(gradients.map(({ dX }) => dX!)) : null,
    dWeight: wanted.dWeight
      ? tf.concat(
          gradients.map(({ dWeight }) => dWeight!),
          0,
        )
      : null,
  };
}

/**
 * -log p(target) of each row, (rows, 1), and the gradients of the sum of share * loss. With p = softmax(logits):
 * dLogits = share (p - 1[target]). What comes of p is made in chunks; what comes of the targets is one row of W for each row
 * of x.
 */
function lossesOf(on: Device, op: string, args: HeadArgs, { share, dX, dWeight }: Gradients): TfTensor {
  const { tf } = on;
  const { rows, columns, classes, softcap } = args;
  const x = on.values(args.x, [rows, columns]);
  const weight = on.values(args.weight, [classes, columns]);
  const targets = tf.tensor(goalsOf(on, op, args), [rows], "int32");
  const targetRows = tf.gather(weight, targets); // (rows, columns)
  const chosen = capped(tf, tf.sum(tf.mul(x, targetRows), 1, true), softcap); // (rows, 1)
  const dChosen = cappedBackward(tf, share, chosen, softcap);
  if (dWeight) {
    const indices = tf.reshape(targets, [rows, 1]);
    on.put(dWeight, tf.neg(tf.scatterND(indices, tf.mul(x, dChosen), [classes, columns])));
  }
  const made = piecesOf(rows, args.chunkRows).map((piece) =>
    tf.tidy(() => {
      const some = { x: rowsOf(on, x, piece), share: rowsOf(on, share, piece) };
      const part = chunk(on, args, weight, some, { dX: dX !== null, dWeight: dWeight !== null });
      if (dWeight) on.put({ buffer: dWeight.buffer, accumulate: true }, part.dWeight!);
      const losses = tf.add(tf.sub(part.largest, rowsOf(on, chosen, piece)), tf.log(part.sum));
      return { losses, dX: part.dX };
    }),
  );
  if (dX) {
    const whole = tf.concat(
      made.map((each) => each.dX!),
      0,
    );
    on.set(dX, tf.sub(whole, tf.mul(targetRows, dChosen)));
  }
  return tf.concat(
    made.map((each) => each.losses),
    0,
  );
}

/** See Engine.linearCrossEntropy. */
export function linearCrossEntropy(on: Device, args: LinearCrossEntropyArgs): void {
  const { tf } = on;
  const { rows, dX, dWeight } = args;
  const weights = countedOf(on, args, on.maybe(args.mask, [rows]));
  const share = shareOf(on, tf.reshape(weights, [rows, 1]), divisorOf(on, weights, args.reduction));
  const gradients = { share, dX, dWeight: dWeight && { buffer: dWeight, accumulate: false } };
  const losses = lossesOf(on, "linearCrossEntropy", args, gradients);
  on.set(args.loss, tf.sum(tf.mul(losses, share)));
}

/** See Engine.linearLogProbabilities. The backward pass makes the sums again, so logSumExp stays unwritten. */
export function linearLogProbabilities(on: Device, args: LinearLogProbabilitiesArgs): void {
  const { tf } = on;
  const { rows } = args;
  const none = { share: tf.zeros([rows, 1]), dX: null, dWeight: null };
  const losses = lossesOf(on, "linearLogProbabilities", args, none);
  on.set(args.out, countedOf(on, args, tf.neg(tf.reshape(losses, [rows]))));
}

/** See Engine.linearLogProbabilitiesBackward. */
export function linearLogProbabilitiesBackward(on: Device, args: LinearLogProbabilitiesBackwardArgs): void {
  const { tf } = on;
  const { rows, dX, dWeight } = args;
  const share = tf.reshape(countedOf(on, args, tf.neg(on.values(args.dOut, [rows]))), [rows, 1]);
  lossesOf(on, "linearLogProbabilities", args, { share, dX, dWeight });
}
