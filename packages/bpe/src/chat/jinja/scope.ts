import { TemplateError } from "../errors.js";
import type { Target } from "./nodes.js";
import { itemsOf } from "./sequences.js";
import { Namespace, type Value } from "./values.js";

/** Variables, seen from the inside out: what an inner scope sets does not leave it. */
export class Scope {
  readonly #variables: Map<string, Value>;
  readonly #outer: Scope | undefined;

  /** @param variables are the scope's from now on. */
  constructor(outer?: Scope, variables = new Map<string, Value>()) {
    this.#outer = outer;
    this.#variables = variables;
  }

  get(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#outer) {
      const value = scope.#variables.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#variables.set(name, value);
  }

  /** Assigns to a name, to a namespace's variable, or item by item to several. */
  assign(target: Target, value: Value): void {
    if (target.kind === "name") {
      this.set(target.name, value);
    } else if (target.kind === "member") {
      const namespace = this.get(target.namespace);
      if (!(namespace instanceof Namespace)) {
        throw new TemplateError("cannot assign attribute on non-namespace object");
      }
      namespace.set(target.name, value);
    } else {
      const items = Array.from(itemsOf(value));
      if (items.length !== target.items.length) {
        throw new TemplateError(
          `${items.length} values cannot be unpacked into ${target.items.length} names`,
        );
      }
      target.items.forEach((item, i) => {
        this.assign(item, items[i]!);
      });
    }
  }
}
