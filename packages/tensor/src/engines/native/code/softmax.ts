import { Assembler } from "../assembler/assembler.js";
import { Constants } from "../assembler/constants.js";
import {
  type Address,
  at,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
} from "../assembler/operand.js";
import { EXPONENTIAL, exponential, hyperbolicTangent } from "./exponential.js";

/** The last three hide lanes: a vector that is read across the border of two of them, and no smaller number survives it. */
const CONSTANTS = new Constants({
  ...EXPONENTIAL,
  hiddenBefore: Number.NEGATIVE_INFINITY,
  visible: Number.POSITIVE_INFINITY,
  hiddenAfter: Number.NEGATIVE_INFINITY,
});

/** The constants, which the code is given the address of. */
export function softmaxConstants(vectorBits: 256 | 512): Uint8Array {
  return CONSTANTS.bytes(vectorBits);
}

/** Where a row's numbers begin among those of the block. Before them: the factor of the scores, and for capped ones two more. */
const FIRST_ROW = 64;

const [row, stride, rows, first, end, bytes] = [RDI, RSI, RDX, RCX, R8, R9];
const [constants, numbers] = [R10, R11];
const [place, left, firstVector, lastVector, hideBefore, hideAfter] = [RAX, RBX, RBP, R12, R13, R14];

/** Vector registers. */
const [x, n, whole, e, factor, a, b, other] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** For capped scores: twice the factor over the cap, the cap, and score / cap. */
const [inside, cap, tangent] = [8, 9, 10] as const;
const registers = { x, n, whole, result: e };

/**
 * Code for a function of (row, stride, rows, first, end, bytes, constants, numbers, step, ..) that does something with each
 * row of a block of scores: those at the byte `first` (which may be before the row) up to `end` are seen. From row to row
 * `end` goes up by one float, as causal attention has it, and `first` by `step` bytes. `bytes` of a row are whole vectors.
 */
class Rows {
  readonly code: Assembler;
  readonly constant: (name: Parameters<ReturnType<typeof CONSTANTS.at>>[0]) => Address;
  readonly capped: boolean;
  readonly #size: number;

  constructor(vectorBits: 256 | 512, capped: boolean) {
    this.capped = capped;
    this.code = new Assembler(vectorBits);
    this.constant = CONSTANTS.at(constants, vectorBits);
    this.#size = vectorBits / 8;
  }

  write(prepare: () => void, each: () => void): Uint8Array<ArrayBuffer> {
    const { code } = this;
    const size = this.#size;
    code.enter(RBX, RBP, R12, R13, R14, R15);
    code.move(constants, code.argument(6));
    code.move(numbers, code.argument(7));
    for (const [i, register] of [factor, inside, cap].entries()) code.broadcast(register, at(numbers, 4 * i));
    prepare();
    code.label("row");
    code.move(firstVector, first);
    code.test(first);
    code.jump("nn", "seen from there");
    code.andConstant(firstVector, 0);
    code.label("seen from there");
    code.address(hideBefore, at(constants, this.constant("hiddenBefore").displacement! + size));
    code.move(left, firstVector);
    code.andConstant(left, size - 1);
    code.subtract(hideBefore, left);
    code.andConstant(firstVector, -size);
    code.address(lastVector, at(end, -4));
    code.andConstant(lastVector, -size);
    code.address(hideAfter, at(constants, this.constant("visible").displacement! + size));
    code.subtract(hideAfter, end);
    code.add(hideAfter, lastVector);
    each();
    code.add(first, code.argument(8));
    code.addConstant(end, 4);
    code.addConstant(numbers, 8);
    code.add(row, stride);
    code.decrement(rows);
    code.jump("nz", "row");
    return code.finish();
  }

  /** `body` for each vector of the row that has something to see, with its scores in `x`: those not seen are the lowest. */
  seen(name: string, body: () => void): void {
    const { code } = this;
    const step = (masks: Address[]) => {
      if (this.capped) {
        code.vectorMultiply(x, inside, at(place));
        hyperbolicTangent(code, { ...registers, result: tangent }, this.constant);
        code.vectorMultiply(x, tangent, cap);
      } else {
        code.vectorMultiply(x, factor, at(place));
      }
      for (const mask of masks) code.minimum(x, x, mask);
      body();
      code.addConstant(place, this.#size);
    };
    this.#begin();
    code.jump("z", `${name}, one vector`);
    step([at(hideBefore)]);
    code.decrement(left);
    code.jump("z", `${name}, last`);
    code.label(name);
    step([]);
    code.decrement(left);
    code.jump("nz", name);
    code.label(`${name}, last`);
    step([at(hideAfter)]);
    code.jump("always", `${name}, done`);
    code.label(`${name}, one vector`);
    step([at(hideBefore), at(hideAfter)]);
    code.label(`${name}, done`);
  }

  /** `body` for each vector that has something to see. */
  again(name: string, body: () => void): void {
    const { code } = this;
    this.#begin();
    code.addConstant(left, 1);
    code.label(name);
    body();
    code.addConstant(place, this.#size);
    code.decrement(left);
    code.jump("nz", name);
  }

  /** `body` for each vector that has nothing to see, with zeros in `other`. */
  unseen(body: () => void): void {
    const { code } = this;
    const loop = (name: string) => {
      code.shiftRight(left, Math.log2(this.#size));
      code.jump("z", `${name}, done`);
      code.label(name);
      body();
      code.addConstant(place, this.#size);
      code.decrement(left);
      code.jump("nz", name);
      code.label(`${name}, done`);
    };
    code.zero(other);
    code.move(place, row);
    code.move(left, firstVector);
    loop("before");
    code.move(place, row);
    code.add(place, lastVector);
    code.addConstant(place, this.#size);
    code.move(left, bytes);
    code.subtract(left, lastVector);
    code.addConstant(left, -this.#size);
    loop("behind");
  }

  /** All lanes = the sum or maximum of all lanes. */
  combine(how: "vectorAdd" | "maximum", register: number): void {
    for (let distance = this.#size / 8; distance >= 1; distance /= 2) {
      this.code.swapLanes(other, register, distance);
      this.code[how](register, register, other);
    }
  }

  /** The first vector that has something to see, and how many come behind it. */
  #begin(): void {
    const { code } = this;
    code.move(place, row);
    code.add(place, firstVector);
    code.move(left, lastVector);
    code.subtract(left, firstVector);
    code.shiftRight(left, Math.log2(this.#size));
  }
}

/**
 * Code for `void softmax(row, stride, rows, first, end, bytes, constants, numbers, step)` in the System V calling convention:
 * products q.k become weights, the softmax of factor q.k, or with `capped` of cap tanh(factor q.k / cap), and 0 where nothing
 * is seen. From byte 64 of `numbers` on, each row leaves its largest score and its sum of e^(score - largest); up to a vector
 * behind these is overwritten.
 */
export function softmaxCode(vectorBits: 256 | 512, capped: boolean): Uint8Array<ArrayBuffer> {
  const block = new Rows(vectorBits, capped);
  const { code, constant } = block;
  const [largest, sum] = [a, b];
  return block.write(
    () => {},
    () => {
      code.vectorLoad(largest, constant("hiddenBefore"));
      block.seen("scale", () => {
        code.maximum(largest, largest, x);
        code.vectorStore(at(place), x);
      });
      block.combine("maximum", largest);
      code.vectorStore(at(numbers, FIRST_ROW), largest);
      code.zero(sum);
      block.again("exponentials", () => {
        code.vectorLoad(x, at(place));
        code.vectorSubtract(x, x, largest);
        exponential(code, registers, constant);
        code.vectorAdd(sum, sum, e);
        code.vectorStore(at(place), e);
      });
      block.combine("vectorAdd", sum);
      code.vectorStore(at(numbers, FIRST_ROW + 4), sum);
      code.vectorLoad(x, constant("one"));
      code.vectorDivide(sum, x, sum);
      block.again("normalize", () => {
        code.vectorMultiply(x, sum, at(place));
        code.vectorStore(at(place), x);
      });
      block.unseen(() => code.vectorStore(at(place), other));
    },
  );
}

/**
 * Code for `void differentiate(row, stride, rows, first, end, bytes, constants, numbers, step, distance)`: the products q.k become
 * weights p = e^(score - log), and g, which lies `distance` bytes behind, becomes factor p (g - delta), times the slope of the
 * cap; both 0 where nothing is seen. From byte 64 of `numbers` on, each row has its log and its delta.
 */
export function softmaxBackwardCode(vectorBits: 256 | 512, capped: boolean): Uint8Array<ArrayBuffer> {
  const block = new Rows(vectorBits, capped);
  const { code, constant } = block;
  const [log, delta] = [a, b];
  const distance = R15;
  const gradient = { base: place, index: distance, scale: 1 } as const;
  return block.write(
    () => code.move(distance, code.argument(9)),
    () => {
      code.broadcast(log, at(numbers, FIRST_ROW));
      code.broadcast(delta, at(numbers, FIRST_ROW + 4));
      block.seen("gradients", () => {
        code.vectorSubtract(x, x, log);
        exponential(code, registers, constant);
        code.vectorStore(at(place), e);
        code.vectorMultiply(e, e, factor);
        code.vectorLoad(x, gradient);
        code.vectorSubtract(x, x, delta);
        code.vectorMultiply(x, x, e);
        if (block.capped) {
          code.vectorMultiply(tangent, tangent, tangent);
          code.multiplySubtract(x, x, tangent);
        }
        code.vectorStore(gradient, x);
      });
      block.unseen(() => {
        code.vectorStore(at(place), other);
        code.vectorStore(gradient, other);
      });
    },
  );
}
