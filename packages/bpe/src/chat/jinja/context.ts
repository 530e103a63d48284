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

/** What one rendering may do, in characters that are made or read. */
const MOST_WORK = 200_000_000;
/** A statement or an expression takes as long as so many characters. */
const STEP = 80;
/** An item of a list takes as much as so many characters. */
const ITEM = 10;
/** The longest string, in characters. */
const MOST_AT_ONCE = 50_000_000;
/** Calls within calls: less than the stack of any engine holds. */
const MOST_DEPTH = 200;

/** Bounds what a template may do, so that a hostile one ends in an error. */
export class Work {
  #left = MOST_WORK;
  #depth = 0;

  /** One statement or expression more. */
  step(): void {
    this.spend(STEP);
  }

  /**
   * So many characters are made or read.
   * @throws TemplateError where the template has used up its share.
   */
  spend(items: number): void {
    this.#left -= items;
    if (this.#left < 0 || !(items <= MOST_AT_ONCE)) {
      throw new TemplateError("the template takes too many steps, or makes too long a text");
    }
  }

  /** Before a string of this many characters is made. */
  make(characters: number | bigint): number {
    const count = Number(characters);
    this.spend(Math.max(0, count));
    return count;
  }

  /** Before a list of this many items is made. */
  list(items: number | bigint): number {
    const count = Number(items);
    this.spend(Math.max(0, count) * ITEM);
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
