import type { LinearCrossEntropyArgs } from "../../kernel-arguments.js";
import { capped, cappedBackward } from "./activation.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";
import { goalsOf, perCounted, softmaxOf } from "./softmax.js";

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

/** logSumExp (count, 1) of some rows, and what p adds to the gradients, for one piece of the classes at a time. */
function chunk(on: Device, args: LinearCrossEntropyArgs, weight: TfTensor, { x, share }: Rows) {
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
  const { logSumExp } =
    whole ??
    softmaxOf(
      tf,
      tf.concat(
        each((piece) => piece.logSumExp),
        1,
      ),
    );
  if (!args.dX && !args.dWeight) return { logSumExp, dX: null, dWeight: null };
  const gradients = each((piece, w) => {
    const part = tf.mul(share, tf.exp(tf.sub(piece.logSumExp, logSumExp))); // of the row's loss in this piece: (count, 1)
    const dLogits = cappedBackward(tf, tf.mul(piece.p, part), piece.logits, softcap);
    return {
      dX: args.dX && on.matMul(dLogits, w, false, false),
      dWeight: args.dWeight && on.matMul(dLogits, x, true, false),
    };
  });
  return {
    logSumExp,
    dX: args.dX && tf.addN(gradients.map(({ dX }) => dX!)),
    dWeight:
      args.dWeight &&
      tf.concat(
        gradients.map(({ dWeight }) => dWeight!),
        0,
      ),
  };
}

/**
 * With s the share of a row in the loss and p = softmax(logits): dLogits = s (p - 1[target]). What comes of p is made in
 * chunks; what comes of the targets is one row of W for each row of x.
 */
export function linearCrossEntropy(on: Device, args: LinearCrossEntropyArgs): void {
  const { tf } = on;
  const { rows, columns, classes, softcap, dWeight } = args;
  const x = on.values(args.x, [rows, columns]);
  const weight = on.values(args.weight, [classes, columns]);
  const { goals, weights } = goalsOf(on, "linearCrossEntropy", args);
  const share = perCounted(on, tf.reshape(weights, [rows, 1]), tf.sum(weights));
  const targets = tf.tensor(goals, [rows], "int32");
  const targetRows = tf.gather(weight, targets); // (rows, columns)
  const chosen = capped(tf, tf.sum(tf.mul(x, targetRows), 1, true), softcap); // (rows, 1)
  const dChosen = cappedBackward(tf, share, chosen, softcap);
  if (dWeight) {
    const indices = tf.reshape(targets, [rows, 1]);
    on.set(dWeight, tf.neg(tf.scatterND(indices, tf.mul(x, dChosen), [classes, columns])));
  }
  const made = piecesOf(rows, args.chunkRows).map((piece) =>
    tf.tidy(() => {
      const some = { x: rowsOf(on, x, piece), share: rowsOf(on, share, piece) };
      const { logSumExp, dX, dWeight: part } = chunk(on, args, weight, some);
      if (dWeight) on.put({ buffer: dWeight, accumulate: true }, part!);
      return { logSumExp, dX };
    }),
  );
  const logSumExp = tf.concat(
    made.map((each) => each.logSumExp),
    0,
  );
  on.set(args.loss, tf.sum(tf.mul(tf.sub(logSumExp, chosen), share)));
  if (args.dX) {
    const dX = tf.concat(
      made.map((each) => each.dX!),
      0,
    );
    on.set(args.dX, tf.sub(dX, tf.mul(targetRows, dChosen)));
  }
}
