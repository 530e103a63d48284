// All filters and tests, looked up by name.
import { TemplateError } from "../errors.js";
import { attributeOf, itemOf } from "./attributes.js";
import { type Context, Work } from "./context.js";
import { OPEN_FILTERS } from "./filters/applying.js";
import { VALUE_FILTERS } from "./filters/number.js";
import { SEQUENCE_FILTERS } from "./filters/sequence.js";
import { TEXT_FILTERS } from "./filters/text.js";
import { type Builtin, bind } from "./signature.js";
import { TESTS } from "./tests.js";
import type { Named, Slice, Value } from "./values.js";

const FILTERS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({ ...TEXT_FILTERS, ...SEQUENCE_FILTERS, ...VALUE_FILTERS }),
);
const OPEN = new Map(Object.entries(OPEN_FILTERS));

export function hasFilter(name: string): boolean {
  return FILTERS.has(name) || OPEN.has(name);
}

export function hasTest(name: string): boolean {
  return TESTS.has(name);
}

/** For one rendering. */
export class Environment implements Context {
  readonly work = new Work();

  attribute(value: Value, name: string): Value {
    return attributeOf(this, value, name);
  }

  item(value: Value, key: Value | Slice): Value {
    return itemOf(this, value, key);
  }

  filter(name: string, value: Value, args: readonly Value[], named: Named): Value {
    this.work.step();
    const open = OPEN.get(name);
    if (open) return this.work.deeper(() => open(this, value, args, named));
    const filter = FILTERS.get(name);
    if (!filter) throw new TemplateError(`No filter named '${name}'.`);
    return this.work.deeper(() => filter.run(this, value, ...bind(name, filter.signature, args, named)));
  }

  test(name: string, value: Value, args: readonly Value[], named: Named): boolean {
    this.work.step();
    const test = TESTS.get(name);
    if (!test) throw new TemplateError(`No test named '${name}'.`);
    return test.run(this, value, ...bind(name, test.signature, args, named)) === true;
  }

  hasFilter(name: string): boolean {
    return hasFilter(name);
  }

  hasTest(name: string): boolean {
    return hasTest(name);
  }
}
