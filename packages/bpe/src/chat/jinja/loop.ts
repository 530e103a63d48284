// The variable `loop`.
import { TemplateError } from "../errors.js";
import { isEqual } from "./compare.js";
import { Callable, Tuple, Undefined, type Value } from "./values.js";

export class Loop extends Callable {
  override readonly type = "LoopContext";
  readonly #items: readonly Value[];
  readonly #depth: number;
  #at = 0;
  #seen: readonly Value[] | undefined;

  /** @param again runs the loop's body for the items of another value, where the loop is recursive. */
  constructor(items: readonly Value[], depth: number, again: ((value: Value) => Value) | undefined) {
    super(([value]) => {
      if (!again)
        throw new TemplateError("the loop is not recursive: write {% for … recursive %} to call loop()");
      if (value === undefined) throw new TemplateError("loop() misses what to loop over");
      return again(value);
    });
    this.#items = items;
    this.#depth = depth;
  }

  moveTo(index: number): void {
    this.#at = index;
  }

  override text(): string {
    return `<LoopContext ${this.#at + 1}/${this.#items.length}>`;
  }

  override size(): number {
    return this.#items.length;
  }

  override attribute(name: string): Value | undefined {
    const at = this.#at;
    const length = this.#items.length;
    switch (name) {
      case "index":
        return BigInt(at + 1);
      case "index0":
        return BigInt(at);
      case "revindex":
        return BigInt(length - at);
      case "revindex0":
        return BigInt(length - at - 1);
      case "first":
        return at === 0;
      case "last":
        return at === length - 1;
      case "length":
        return BigInt(length);
      case "depth":
        return BigInt(this.#depth);
      case "depth0":
        return BigInt(this.#depth - 1);
      case "previtem":
        return at > 0 ? this.#items[at - 1] : new Undefined("there is no previous item");
      case "nextitem":
        return at < length - 1 ? this.#items[at + 1] : new Undefined("there is no next item");
      case "cycle":
        return new Callable((args) => {
          if (args.length === 0) throw new TemplateError("no items for cycling given");
          return args[at % args.length]!;
        });
      case "changed":
        return new Callable((args) => {
          const same = this.#seen !== undefined && isEqual(new Tuple(this.#seen), new Tuple(args));
          this.#seen = args;
          return !same;
        });
      default:
        return undefined;
    }
  }
}
