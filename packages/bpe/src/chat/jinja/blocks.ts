import type { Statement } from "./nodes.js";
import type { Text } from "./text.js";
import { Callable, Thing, type Value } from "./values.js";

/** The variable `self`: what a template's blocks write, by name. */
export class Blocks extends Thing {
  override readonly type = "TemplateReference";
  readonly #blocks: ReadonlyMap<string, Statement[]>;
  readonly #written: (body: readonly Statement[]) => Text;

  constructor(blocks: ReadonlyMap<string, Statement[]>, written: (body: readonly Statement[]) => Text) {
    super();
    this.#blocks = blocks;
    this.#written = written;
  }

  override attribute(name: string): Value | undefined {
    const body = this.#blocks.get(name);
    return body && new Callable(() => this.#written(body));
  }
}
