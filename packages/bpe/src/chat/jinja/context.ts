// What functions of the language need besides their arguments.
import { TemplateError } from "../errors.js";
import type { Named, Slice, Value } from "./values.js";

/** Filters and tests by name, for those that take the name of another. */
export interface Context {
  readonly work: Work;
  attribute(value: Value, name: string): Value;
  item(value: Value, key: Value | Slice): Value;
  filter(name: string, value: Value, args: readonly Value[], named: Named): Value;
  test(name: string, value: Value, args: readonly Value[], named: Named): boolean;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
}

/** Steps that one rendering may take; a character or item made counts too. */
const MOST_STEPS = 200_000_000;
/** The longest string or list, in characters or items. */
const MOST_ITEMS = 50_000_000;
/** Calls within calls: less than the stack of any engine holds. */
const MOST_DEPTH = 200;

/** Bounds what a template may do, so that a hostile one ends in an error. */
export class Work {
  #left = MOST_STEPS;
  #depth = 0;

  /** @throws TemplateError where the template has used up its share. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0 || !(steps <= MOST_ITEMS)) {
      throw new TemplateError("the template takes too many steps, or makes too long a text");
    }
  }

  /** Before something of this many characters or items is made. */
  make(items: number | bigint): number {
    const count = Number(items);
    this.spend(Math.max(0, count));
    return count;
  }

  /** Runs one call deeper. @throws TemplateError where calls nest too deep. */
  deeper<T>(run: () => T): T {
    if (this.#depth >= MOST_DEPTH) throw new TemplateError("calls nest too deep");
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }
}
