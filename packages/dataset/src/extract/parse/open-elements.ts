import type { Element } from "./element.js";
import { IMPLIED, SCOPE } from "./tags.js";

const NONE: readonly string[] = [];
/** What ends the search for a paragraph, beside what ends all. */
export const BUTTON: readonly string[] = ["button"];

/** How many elements of a name are open. */
interface Counter {
  count: number;
}

/** The stack of open elements, which knows how many of a name are open: most searches need no look. */
export class OpenElements {
  readonly items: Element[] = [];
  /** By name, and of each item. */
  readonly #byTag = new Map<string, Counter>();
  readonly #counters: Counter[] = [];

  get current(): Element {
    return this.items[this.items.length - 1]!;
  }

  /** How far down it is searched: deeper pages are made to cost time. */
  get furthest(): number {
    return Math.max(0, this.items.length - 2000);
  }

  push(element: Element): void {
    const counter = this.#counterOf(element.tag);
    counter.count++;
    this.items.push(element);
    this.#counters.push(counter);
  }

  pop(): void {
    this.items.pop();
    this.#counters.pop()!.count--;
  }

  /** Whether an element of this name is open, wherever. */
  has(tag: string): boolean {
    return (this.#byTag.get(tag)?.count ?? 0) > 0;
  }

  includes(element: Element): boolean {
    return this.items.lastIndexOf(element) >= 0;
  }

  remove(element: Element): void {
    const at = this.items.lastIndexOf(element);
    if (at < 0) return;
    this.items.splice(at, 1);
    this.#counters.splice(at, 1)[0]!.count--;
  }

  /** @param element another one of the same name */
  replace(at: number, element: Element): void {
    this.items[at] = element;
  }

  insertAfter(element: Element, added: Element): void {
    const at = this.items.lastIndexOf(element) + 1;
    const counter = this.#counterOf(added.tag);
    counter.count++;
    this.items.splice(at, 0, added);
    this.#counters.splice(at, 0, counter);
  }

  popTo(element: Element): void {
    while (this.current !== element) this.pop();
    this.pop();
  }

  popToTag(tag: string): void {
    while (this.items.length > 1) {
      const { current } = this;
      this.pop();
      if (current.tag === tag && current.space === "html") return;
    }
  }

  /** Ends elements until one of these is the current one. */
  clearTo(...tags: string[]): void {
    while (this.items.length > 1 && !(tags.includes(this.current.tag) && this.current.space === "html"))
      this.pop();
  }

  /** Whether an element of this name is open, with none between that ends the scope or is one of `stops`. */
  hasInScope(tag: string, stops = NONE): boolean {
    if (!this.has(tag)) return false;
    for (let i = this.items.length - 1; i >= this.furthest; i--) {
      const element = this.items[i]!;
      if (element.tag === tag && element.space === "html") return true;
      if (element.bits & SCOPE || (element.space === "html" && stops.includes(element.tag))) return false;
    }
    return false;
  }

  hasElementInScope(wanted: Element): boolean {
    for (let i = this.items.length - 1; i >= this.furthest; i--) {
      const element = this.items[i]!;
      if (element === wanted) return true;
      if (element.bits & SCOPE) return false;
    }
    return false;
  }

  /** A scope that only tables end. */
  hasInTableScope(...tags: string[]): boolean {
    if (!tags.some((tag) => this.has(tag))) return false;
    for (let i = this.items.length - 1; i >= this.furthest; i--) {
      const { tag, space } = this.items[i]!;
      if (space !== "html") continue;
      if (tags.includes(tag)) return true;
      if (tag === "table" || tag === "template" || tag === "html") return false;
    }
    return false;
  }

  /** A scope in which only options may stand between. */
  hasInSelectScope(wanted: string): boolean {
    for (let i = this.items.length - 1; i >= 0; i--) {
      const { tag } = this.items[i]!;
      if (tag === wanted) return true;
      if (tag !== "option" && tag !== "optgroup") return false;
    }
    return false;
  }

  /** Ends what is ended by what follows, but not `except`. */
  closeImplied(except?: string): void {
    while (this.current.bits & IMPLIED && this.current.tag !== except) this.pop();
  }

  #counterOf(tag: string): Counter {
    let counter = this.#byTag.get(tag);
    if (!counter) {
      counter = { count: 0 };
      this.#byTag.set(tag, counter);
    }
    return counter;
  }
}
