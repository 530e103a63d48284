import { copyElement, detach, type Element, insert, moveChildren } from "./element.js";
import type { OpenElements } from "./open-elements.js";
import { FORMATTING, SPECIAL, TABLE_PART } from "./tags.js";

/** More are not opened again: pages have a few, and hostile ones would grow with each block. */
const most = 128;

/** Puts an element before the table that is open. */
interface Fostering {
  foster(element: Element): void;
}

/** The list of active formatting elements; a cell, a caption or the like begins a part of its own, which undefined marks. */
export class ActiveFormatting {
  readonly #items: (Element | undefined)[] = [];

  push(element: Element): void {
    // Of equal elements three are opened again.
    let equals = 0;
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const other = this.#items[i];
      if (!other) break;
      if (other.tag === element.tag && other.written === element.written && ++equals === 3) {
        this.#items.splice(i, 1);
        break;
      }
    }
    this.#items.push(element);
    if (this.#items.length > most) this.#items.shift();
  }

  mark(): void {
    this.#items.push(undefined);
  }

  clearToMark(): void {
    while (this.#items.length > 0 && this.#items.pop()) {}
  }

  remove(element: Element): void {
    const at = this.#items.lastIndexOf(element);
    if (at >= 0) this.#items.splice(at, 1);
  }

  /** The last one of this name behind the last mark. */
  find(tag: string): Element | undefined {
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const element = this.#items[i];
      if (!element || element.tag === tag) return element;
    }
    return undefined;
  }

  /** Whether something was left open in a block before. */
  isLeft(open: OpenElements): boolean {
    const { length } = this.#items;
    return length > 0 && !isOpen(this.#items[length - 1], open);
  }

  /** Opens again what was left open in the blocks before; something must be. */
  reconstruct(open: OpenElements, append: (element: Element) => void): void {
    const items = this.#items;
    let at = items.length - 1;
    while (at > 0 && !isOpen(items[at - 1], open)) at--;
    for (; at < items.length; at++) {
      const again = copyElement(items[at]!);
      append(again);
      items[at] = again;
    }
  }

  /**
   * The "adoption agency": ends a formatting element that others were opened in, so that each keeps what it holds. False
   * where there is none of this name, and its end tag is as others are.
   */
  adopt(tag: string, open: OpenElements, fostering: Fostering): boolean {
    if (open.current.tag === tag && open.current.space === "html" && !this.#items.includes(open.current)) {
      open.pop();
      return true;
    }
    for (let round = 0; round < 8; round++) {
      const formatting = this.find(tag);
      if (!formatting) return round > 0;
      const at = open.items.lastIndexOf(formatting);
      if (at < 0) {
        this.remove(formatting);
        return true;
      }
      if (!open.hasElementInScope(formatting)) return true;
      const furthest = firstSpecial(open.items, at + 1);
      if (!furthest) {
        open.popTo(formatting);
        this.remove(formatting);
        return true;
      }
      this.#adoptInto(furthest, formatting, open, fostering);
    }
    return true;
  }

  #adoptInto(furthest: Element, formatting: Element, open: OpenElements, fostering: Fostering): void {
    const ancestor = open.items[open.items.lastIndexOf(formatting) - 1]!;
    let bookmark = this.#items.lastIndexOf(formatting);
    let last = furthest;
    for (
      let i = open.items.lastIndexOf(furthest) - 1, round = 1;
      open.items[i] !== formatting;
      i--, round++
    ) {
      const node = open.items[i]!;
      let active = this.#items.lastIndexOf(node);
      if (active >= 0 && round > 3) {
        this.#items.splice(active, 1);
        if (active < bookmark) bookmark--;
        active = -1;
      }
      if (active < 0) {
        open.remove(node);
        continue;
      }
      const copy = copyElement(node);
      this.#items[active] = copy;
      open.replace(i, copy);
      if (last === furthest) bookmark = active + 1;
      detach(last);
      insert(last, copy);
      last = copy;
    }
    detach(last);
    if (ancestor.bits & TABLE_PART) fostering.foster(last);
    else insert(last, ancestor);
    const copy = copyElement(formatting);
    moveChildren(furthest, copy);
    insert(copy, furthest);
    const at = this.#items.lastIndexOf(formatting);
    this.#items.splice(at, 1);
    this.#items.splice(at < bookmark ? bookmark - 1 : bookmark, 0, copy);
    open.remove(formatting);
    open.insertAfter(furthest, copy);
  }
}

function isOpen(element: Element | undefined, open: OpenElements): boolean {
  return element === undefined || open.includes(element);
}

function firstSpecial(items: readonly Element[], from: number): Element | undefined {
  for (let i = from; i < items.length; i++) if (items[i]!.bits & SPECIAL) return items[i];
  return undefined;
}

/** Whether an element of this name is a formatting one. */
export function isFormatting({ bits, tag }: Pick<Element, "bits" | "tag">): boolean {
  return (bits & FORMATTING) !== 0 || tag === "a" || tag === "nobr";
}
