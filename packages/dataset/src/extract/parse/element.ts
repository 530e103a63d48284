import { type Attributes, mergeAttributes } from "../attributes.js";
import { traitsOf } from "../elements.js";
import { bitsOf, foreignBitsOf, HTML_POINT } from "./tags.js";

/** What an element's name belongs to. */
export type Space = "html" | "svg" | "math";

/** A node of a tree that is still being built: nodes move, so it is linked. Once it is done, `parent` and `end` are set. */
export class Element {
  parent = -1;
  end = 0;
  text = "";
  /** Of a formatting element all attributes, as they stand in its tag. */
  written = "";
  readonly tag: string;
  attributes: Attributes;
  readonly space: Space;
  readonly bits: number;
  readonly traits: number;
  up: Element | undefined = undefined;
  first: Element | undefined = undefined;
  last: Element | undefined = undefined;
  next: Element | undefined = undefined;
  previous: Element | undefined = undefined;

  constructor(tag: string, attributes: Attributes, space: Space, bits: number) {
    this.tag = tag;
    this.attributes = attributes;
    this.space = space;
    this.bits = bits;
    this.traits = traitsOf(tag);
  }
}

/** Another element of the same tag. */
export function copyElement({ tag, attributes, written }: Element): Element {
  const copy = createElement(tag, attributes);
  copy.written = written;
  return copy;
}

export function createElement(tag: string, attributes: Attributes, space: Space = "html"): Element {
  if (space === "html") return new Element(tag, attributes, space, bitsOf(tag));
  let bits = foreignBitsOf(space, tag);
  if (
    tag === "annotation-xml" &&
    /^(?:text\/html|application\/xhtml\+xml)$/i.test(attributes["encoding"] ?? "")
  )
    bits |= HTML_POINT;
  return new Element(tag, attributes, space, bits);
}

/** Adds those of another tag; one that is there stays as it is. */
export function addAttributes(element: Element, attributes: Attributes): void {
  element.attributes = mergeAttributes(element.attributes, attributes);
}

/** Puts a node that stands nowhere into `parent`, before `next` or last. */
export function insert(node: Element, parent: Element, next?: Element): void {
  node.up = parent;
  node.next = next;
  node.previous = next ? next.previous : parent.last;
  if (node.previous) node.previous.next = node;
  else parent.first = node;
  if (next) next.previous = node;
  else parent.last = node;
}

export function detach(node: Element): void {
  const { up, previous, next } = node;
  if (!up) return;
  if (previous) previous.next = next;
  else up.first = next;
  if (next) next.previous = previous;
  else up.last = previous;
  node.up = node.previous = node.next = undefined;
}

export function moveChildren(from: Element, to: Element): void {
  for (let child = from.first; child; child = from.first) {
    detach(child);
    insert(child, to);
  }
}

/** The nodes of a tree in document order. Until a node is left its `end` is where it stands itself. */
export function flatten(root: Element): Element[] {
  const nodes: Element[] = [root];
  for (let node = root; ; ) {
    if (node.first) {
      node.first.parent = node.end;
      node = node.first;
    } else {
      for (; !node.next; node = node.up!) {
        node.end = nodes.length;
        if (node === root) return nodes;
      }
      node.end = nodes.length;
      node.next.parent = node.parent;
      node = node.next;
    }
    node.end = nodes.push(node) - 1;
  }
}
