import type { Block } from "./block.js";
import { describeShape, describeText, TEXT_FEATURES } from "./block-text.js";
import { isInline } from "./elements.js";
import type { PageNames } from "./names.js";
import { HIDDEN, PATH_FEATURES, Paths } from "./paths.js";
import { describePosts, POST_FEATURES } from "./posts.js";
import type { HtmlNode } from "./tree.js";
import { letters } from "./trim.js";
import { linkDensity, type TextWeights } from "./weights.js";

/** What the rules make of a page. */
export interface RuleVerdicts {
  readonly roots: readonly number[];
  readonly dropped: Uint8Array;
}

const LEVELS = 5;
const GROUP = TEXT_FEATURES;
const ABOVE = GROUP + 3;
const RULES = ABOVE + 3 * LEVELS;
const PAGE = RULES + 6;
const AROUND = PAGE + 9;
/** Numbers of a block itself that its neighbours see too. */
const seen = [0, 1, 5, 10, RULES];
const WINDOW = AROUND + 2 * 2 * seen.length;
const PATH = WINDOW + 6;
const POSTS = PATH + PATH_FEATURES;
/** Numbers that describe a block. */
export const FEATURES = POSTS + POST_FEATURES;

/**
 * Describes each block by numbers that hold in any language and layout: its text, its place among the others, the elements
 * above it, and what the rules say. Row `i` of the result, `(blocks.length, FEATURES)`, is block `i`.
 */
export function describeBlocks(
  nodes: readonly HtmlNode[],
  blocks: readonly Block[],
  weights: TextWeights,
  names: PageNames,
  hidden: Uint8Array,
  rules: RuleVerdicts,
  title: string,
  alike: readonly number[],
): Float32Array {
  const rows = new Float32Array(blocks.length * FEATURES);
  const paths = new Paths(nodes, weights, names, hidden);
  const groups = measureGroups(blocks, alike);
  const total = blocks.reduce((sum, { text }) => sum + text.length, 0);
  const wanted = letters(title);
  const ruleState = new RuleState(nodes, rules, weights);
  const earlier = new Set<string>();
  const pageProse = Math.log2(1 + weights.prose[0]!);
  const pageShare = weights.prose[0]! / Math.max(1, weights.text[0]!);
  const pageBlocks = Math.log2(blocks.length);
  let before = 0;
  let sinceTitle = -1;
  let sinceEnding = -1;
  let sinceHeading = 99;
  blocks.forEach((block, index) => {
    const { text, node } = block;
    const { tag } = nodes[node]!;
    const row = index * FEATURES;
    describeShape(block, tag, rows, row);
    ruleState.describe(node, rows, row);
    const isTitle = text.length < 2 * title.length + 20 && isLike(text, wanted);
    if (isTitle || tag === "h1") sinceTitle = 0;
    else if (sinceTitle >= 0) sinceTitle++;
    if (block.isEnding) sinceEnding = 0;
    else if (sinceEnding >= 0) sinceEnding++;
    if (block.kind === "heading") sinceHeading = 0;
    else sinceHeading++;
    if (!isLinkRow(rows, index)) {
      describeText(block, tag, rows, row);
      const group = groups[index]!;
      rows[row + GROUP] = group.length / total;
      rows[row + GROUP + 1] = Math.log2(group.count);
      rows[row + GROUP + 2] = group.linkLength / group.length;
      rows[row + PAGE] = before / total;
      rows[row + PAGE + 1] = isTitle ? 1 : 0;
      rows[row + PAGE + 2] = Math.min(sinceTitle, 20);
      rows[row + PAGE + 3] = Math.min(sinceEnding, 20);
      rows[row + PAGE + 4] = Math.min(sinceHeading, 20);
      rows[row + PAGE + 5] = earlier.has(text) ? 1 : 0;
      rows[row + PAGE + 6] = pageProse;
      rows[row + PAGE + 7] = pageShare;
      rows[row + PAGE + 8] = pageBlocks;
      describeAbove(nodes, weights, node, rows, row + ABOVE);
      paths.write(node, rows, row + PATH);
    }
    earlier.add(text);
    before += text.length;
  });
  lookAround(rows, blocks);
  describePosts(nodes, blocks, weights, alike, (index, feature, value) => {
    rows[index * FEATURES + POSTS + feature] = value;
  });
  return rows;
}

/** Whether a text, reduced to letters, repeats a title that is, or either begins with the other. */
function isLike(text: string, title: string): boolean {
  if (title.length <= 3 || !mayBeginLike(text, title)) return false;
  const own = letters(text);
  return own === title || (own.length > 10 && (title.startsWith(own) || own.startsWith(title)));
}

/** Whether the first letter or digit of a text may be that of letters: in doubt, as of other scripts, it may. */
function mayBeginLike(text: string, wanted: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return true;
    const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
    if (isLetter || (code >= 48 && code <= 57)) return wanted.charCodeAt(0) === (isLetter ? code | 32 : code);
  }
  return false;
}

/** Blocks that are made of the same elements. */
interface Group {
  count: number;
  length: number;
  linkLength: number;
}

function measureGroups(blocks: readonly Block[], alike: readonly number[]): Group[] {
  const groups: Group[] = [];
  return blocks.map(({ text, linkLength }, i) => {
    groups[alike[i]!] ??= { count: 0, length: 0, linkLength: 0 };
    const group = groups[alike[i]!]!;
    group.count++;
    group.length += text.length;
    group.linkLength += linkLength;
    return group;
  });
}

/** Of the elements that hold a block, from the innermost block-level one up: length, density of links, share of the prose. */
function describeAbove(
  nodes: readonly HtmlNode[],
  weights: TextWeights,
  node: number,
  rows: Float32Array,
  start: number,
): void {
  let at = node;
  while (at > 0 && isInline(nodes[at]!)) at = nodes[at]!.parent;
  const { text, prose } = weights;
  for (let level = 0; level < LEVELS; level++) {
    const to = start + 3 * level;
    rows[to] = Math.log2(1 + text[at]!);
    rows[to + 1] = linkDensity(weights, at);
    rows[to + 2] = prose[at]! / Math.max(1, prose[0]!);
    if (at > 0) at = nodes[at]!.parent;
  }
}

/** Where a block stands by the rules: inside the chosen subtrees, how far outside, and what they hold. */
class RuleState {
  readonly #nodes: readonly HtmlNode[];
  readonly #rules: RuleVerdicts;
  readonly #share: number;
  /** Of the first root and the elements above it: how far up, counted from 1. */
  readonly #levels: Uint16Array;
  readonly #inRoot: Uint8Array;

  constructor(nodes: readonly HtmlNode[], rules: RuleVerdicts, { prose }: TextWeights) {
    this.#nodes = nodes;
    this.#rules = rules;
    this.#inRoot = new Uint8Array(nodes.length);
    this.#levels = new Uint16Array(nodes.length);
    let held = 0;
    for (const root of rules.roots) {
      this.#inRoot.fill(1, root, nodes[root]!.end);
      held += prose[root]!;
    }
    this.#share = held / Math.max(1, prose[0]!);
    let level = 1;
    for (let at = rules.roots[0]!; at >= 0; at = nodes[at]!.parent) this.#levels[at] = level++;
  }

  describe(node: number, rows: Float32Array, row: number): void {
    const { roots } = this.#rules;
    let isDropped = false;
    let at = node;
    for (; at > 0 && this.#levels[at] === 0; at = this.#nodes[at]!.parent) {
      if (this.#rules.dropped[at]) isDropped = true;
    }
    const isIn = this.#inRoot[node]!;
    const first = roots[0]!;
    const last = this.#nodes[roots[roots.length - 1]!]!.end;
    rows[row + RULES] = isIn && !isDropped ? 1 : 0;
    rows[row + RULES + 1] = isIn;
    rows[row + RULES + 2] = isDropped ? 1 : 0;
    rows[row + RULES + 3] = isIn ? 0 : Math.min(9, (this.#levels[at] || 10) - 1);
    rows[row + RULES + 4] = node < first ? 0 : node < last ? 1 : 2;
    rows[row + RULES + 5] = this.#share;
  }
}

/** What stands before and after each block. */
function lookAround(rows: Float32Array, blocks: readonly Block[]): void {
  const count = blocks.length;
  for (let index = 0; index < count; index++) {
    if (isLinkRow(rows, index)) continue;
    const row = index * FEATURES;
    let at = row + AROUND;
    for (let offset = -2; offset <= 2; offset++) {
      if (offset === 0) continue;
      const other = index + offset;
      const isThere = other >= 0 && other < count;
      for (let i = 0; i < seen.length; i++) rows[at++] = isThere ? rows[other * FEATURES + seen[i]!]! : -1;
    }
    lookAlong(rows, blocks, index, -1, row + WINDOW);
    lookAlong(rows, blocks, index, 1, row + WINDOW + 3);
  }
}

/** The six blocks in one direction. */
function lookAlong(
  rows: Float32Array,
  blocks: readonly Block[],
  index: number,
  step: number,
  to: number,
): void {
  let length = 0;
  let links = 0;
  let inside = 0;
  for (let k = 1; k <= 6; k++) {
    const other = index + step * k;
    if (other < 0 || other >= blocks.length) break;
    const { text, linkLength } = blocks[other]!;
    length += text.length;
    links += linkLength;
    inside += rows[other * FEATURES + RULES]! * text.length;
  }
  rows[to] = Math.log2(1 + length);
  rows[to + 1] = length ? links / length : -1;
  rows[to + 2] = length ? inside / length : -1;
}

/** Whether a block outside the rules' choice is a short link: such are not described any further, nor classified. */
export function isLinkRow(rows: Float32Array, index: number): boolean {
  const row = index * FEATURES;
  return rows[row + RULES] !== 1 && rows[row + 1]! > 0.8 && rows[row]! < 6.5;
}

/** Whether the rules take a block for something else by its elements or names, by its row. */
export function isDroppedRow(rows: Float32Array, index: number): boolean {
  return rows[index * FEATURES + RULES + 2] === 1;
}

/** Whether what holds a block is hidden and little of the page, by its row. */
export function isHiddenRow(rows: Float32Array, index: number): boolean {
  return rows[index * FEATURES + PATH + HIDDEN]! > 0.5;
}
