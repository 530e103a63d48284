// Training as @llm/tensor's tape does it, with the sizes of tensors in place of their values: what an operation makes, what it
// keeps for its gradient, and what its gradient makes.
import type { Block, Ledger } from "./ledger.js";

/** A tensor of which only the number of elements is known. */
export interface Sized {
  readonly size: number;
  readonly block: Block;
  /** A parameter's gradient counts as one. */
  readonly isParameter?: boolean;
}

interface Node {
  readonly output: Sized;
  readonly saved: readonly Block[];
  readonly backward: (dOut: Block) => void;
}

/** Bytes of a float. */
const FLOAT = 4;

/** Operations by their sizes. Without `records` they are those of a plain forward pass. */
export class SizedTape {
  readonly ledger: Ledger;
  #records: boolean;
  #nodes: Node[] = [];
  #scope: Sized[] = [];
  readonly #gradients = new Map<Sized, Block>();

  constructor(ledger: Ledger, records: boolean) {
    this.ledger = ledger;
    this.#records = records;
  }

  /** A result of `size` floats that `inputs` are kept for; `extra` floats more are kept with it. */
  #made(size: number, saved: readonly Sized[], extra: number, backward: (dOut: Block) => void): Sized {
    const out: Sized = { size, block: this.ledger.take(FLOAT * size) };
    this.#scope.push(out);
    const more = this.ledger.take(FLOAT * extra);
    if (this.#records) {
      const blocks = [...saved.map(({ block }) => block), more];
      for (const block of blocks) block.holders++;
      this.#nodes.push({ output: out, saved: blocks, backward });
    }
    this.ledger.release(more);
    return out;
  }

  /** A product with a weight, over `rows` rows. */
  linear(x: Sized, rows: number, width: number, parameters: readonly Sized[], isActivated = false): Sized {
    const extra = isActivated && this.#records ? rows * width : 0;
    return this.#made(rows * width, [x], extra, (dOut) => {
      const dPre = isActivated ? this.#scratchFor(dOut) : dOut;
      const [weight, bias] = parameters;
      if (bias) this.#into(bias);
      this.#into(x);
      this.#into(weight!);
      if (isActivated) this.ledger.release(dPre);
    });
  }

  /** An operation that keeps its inputs and makes a gradient for each: norms, attention, gated units, lookups; `plus` is added to it. */
  of(
    inputs: readonly Sized[],
    size: number,
    options: { kept?: boolean; keepsResult?: boolean; extra?: number; plus?: Sized } = {},
  ): Sized {
    const { kept = true, keepsResult = false, extra = 0, plus } = options;
    const out = this.#made(size, kept ? inputs : [], extra, (dOut) => {
      if (plus) this.#share(plus, dOut);
      for (const input of inputs) this.#into(input);
    });
    if (keepsResult && this.#records) this.#keep(out);
    return out;
  }

  /** An operation whose gradient takes the place of that of its result where nobody else needs it: rope, dropout, caps. */
  inPlace(x: Sized, options: { keepsResult?: boolean } = {}): Sized {
    const out = this.#made(x.size, [], 0, (dOut) => this.#give(x, this.#scratchFor(dOut)));
    if (options.keepsResult && this.#records) this.#keep(out);
    return out;
  }

  /** A sum, whose gradient is that of its terms. */
  add(a: Sized, b: Sized): Sized {
    return this.#made(a.size, [], 0, (dOut) => {
      this.#share(a, dOut);
      this.#share(b, dOut);
    });
  }

  /** The same values under another shape. */
  view(x: Sized): Sized {
    const out: Sized = { size: x.size, block: x.block };
    x.block.holders++;
    this.#scope.push(out);
    if (this.#records) {
      this.#nodes.push({ output: out, saved: [], backward: (dOut) => this.#share(x, dOut) });
    }
    return out;
  }

  /** The loss of `rows` rows of logits. */
  crossEntropy(logits: Sized, rows: number): Sized {
    return this.#made(1, [logits], 2 * rows + 1, () => {
      // Where nobody else needs the logits, their gradient overwrites them.
      if (logits.block.holders === 1) this.#share(logits, logits.block);
      else this.#give(logits, this.ledger.take(logits.block.bytes));
    });
  }

  /** `fn` in a scope of its own: of what it makes only the result stays, and what is kept for gradients. */
  scope(fn: () => Sized): Sized {
    const outer = this.#scope;
    this.#scope = [];
    const result = fn();
    for (const made of this.#scope) if (made !== result) this.ledger.release(made.block);
    this.#scope = outer;
    outer.push(result);
    return result;
  }

  /** `fn` without what it would keep for gradients, computed once more for them. */
  checkpoint(inputs: readonly Sized[], fn: (...inputs: Sized[]) => Sized): Sized {
    this.#records = false;
    const output = this.scope(() => fn(...inputs));
    this.#records = true;
    const saved = inputs.map(({ block }) => block);
    for (const block of saved) block.holders++;
    const backward = (dOut: Block) => {
      const before = this.#nodes;
      this.#nodes = [];
      const standIns = new Map<Sized, Sized>();
      for (const input of inputs) {
        if (standIns.has(input)) continue;
        const standIn: Sized = { size: input.size, block: input.block };
        input.block.holders++;
        standIns.set(input, standIn);
        this.#move(input, standIn);
      }
      const again = this.scope(() => fn(...inputs.map((input) => standIns.get(input)!)));
      this.#share(again, dOut);
      this.#scope.pop();
      this.#unwind();
      for (const [input, standIn] of standIns) {
        this.#move(standIn, input);
        this.ledger.release(standIn.block);
      }
      this.ledger.release(again.block);
      this.#nodes = before;
    };
    this.#nodes.push({ output, saved, backward });
    return output;
  }

  /** The loss and the gradients of all parameters, which are left behind. */
  valueAndGrad(fn: () => Sized, parameters: readonly Sized[]): void {
    const value = this.scope(fn);
    this.#into(value);
    this.#unwind();
    for (const parameter of parameters) this.#into(parameter);
  }

  #keep(out: Sized): void {
    const last = this.#nodes.pop()!;
    out.block.holders++;
    this.#nodes.push({ ...last, saved: [...last.saved, out.block] });
  }

  #unwind(): void {
    for (let node = this.#nodes.pop(); node; node = this.#nodes.pop()) {
      const dOut = this.#gradients.get(node.output);
      this.#gradients.delete(node.output);
      if (dOut) {
        node.backward(dOut);
        this.ledger.release(dOut);
      }
      for (const block of node.saved) this.ledger.release(block);
    }
  }

  /** Where to add to a gradient: a block of its own. */
  #into(x: Sized): Block {
    const held = this.#gradients.get(x);
    if (held?.holders === 1) return held;
    const own = this.ledger.take(FLOAT * x.size, x.isParameter ? "gradients" : "activations");
    if (held) this.ledger.release(held);
    this.#gradients.set(x, own);
    return own;
  }

  #share(x: Sized, block: Block): void {
    if (this.#gradients.has(x)) this.#into(x);
    else {
      block.holders++;
      this.#gradients.set(x, block);
    }
  }

  #give(x: Sized, block: Block): void {
    this.#share(x, block);
    this.ledger.release(block);
  }

  #move(from: Sized, to: Sized): void {
    const held = this.#gradients.get(from);
    if (!held) return;
    this.#gradients.delete(from);
    this.#give(to, held);
  }

  #scratchFor(dOut: Block): Block {
    if (dOut.holders > 1) return this.ledger.take(dOut.bytes);
    dOut.holders++;
    return dOut;
  }
}
