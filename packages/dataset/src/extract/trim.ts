import type { Block } from "./block.js";
import { isDiscussion } from "./phrases.js";

/** Characters of prose above the heading of what readers say about it. */
const DISCUSSED = 300;

/** Drops what is furniture among the blocks of the main content: link lists, prompts, the repeated title, the tail. */
export function trimBlocks(blocks: readonly Block[], title: string): Block[] {
  const kept = cutTail(dropLinkLists(blocks)).filter((block, index, all) => !isLoose(block, all[index + 1]));
  return trimEnds(kept, title);
}

function isLoose(block: Block, next: Block | undefined): boolean {
  const { text, linkLength, kind } = block;
  if (kind === "pre") return false;
  if (block.isFurniture) return true;
  if (linkLength < 0.7 * text.length) return false;
  if (kind === "heading")
    return next === undefined || next.kind === "heading" || next.linkLength > 0.3 * next.text.length;
  return text.length < 250;
}

/** Runs of list items and rows that are mostly links. */
function dropLinkLists(blocks: readonly Block[]): Block[] {
  const kept: Block[] = [];
  for (let start = 0; start < blocks.length; ) {
    const { kind } = blocks[start]!;
    let end = start + 1;
    if (kind === "item" || kind === "row") while (blocks[end]?.kind === kind) end++;
    const run = blocks.slice(start, end);
    const length = lengthOf(run);
    const linkLength = run.reduce((sum, block) => sum + block.linkLength, 0);
    if (run.length < 2 || linkLength < 0.5 * length) for (const block of run) kept.push(block);
    start = end;
  }
  return kept;
}

function cutTail(blocks: readonly Block[]): readonly Block[] {
  const total = lengthOf(blocks);
  const end = findDiscussion(blocks);
  let before = 0;
  for (const [index, block] of blocks.slice(0, end).entries()) {
    if (before > 0.35 * total && block.isEnding && !isProse(blocks, index + 1)) return blocks.slice(0, index);
    before += block.text.length;
  }
  return blocks.slice(0, end);
}

/** Where what readers say begins: at its heading, once there was prose; behind the last block where there is none. */
export function findDiscussion(blocks: readonly Block[]): number {
  const total = lengthOf(blocks);
  let before = 0;
  let prose = 0;
  for (const [index, block] of blocks.entries()) {
    const { kind, text, linkLength } = block;
    const isLate = before > 0.35 * total || (kind === "heading" && prose > DISCUSSED);
    if (isLate && block.isEnding && isDiscussion(text)) return index;
    before += text.length;
    if (text.length > 80 && linkLength < 0.3 * text.length) prose += text.length;
  }
  return blocks.length;
}

export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}

/** Whether what stands after a heading, up to the next, reads like text rather than like a list of links or teasers. */
function isProse(blocks: readonly Block[], start: number): boolean {
  let [length, linkLength, long] = [0, 0, 0];
  for (const { kind, text, linkLength: links } of blocks.slice(start, start + 12)) {
    if (kind === "heading" && length > 0) break;
    length += text.length;
    linkLength += links;
    if (text.length > 150) long += text.length;
  }
  return long > 0.6 * length && linkLength < 0.2 * length;
}

function trimEnds(blocks: Block[], title: string): Block[] {
  let start = 0;
  let end = blocks.length;
  const wanted = letters(title);
  for (let i = 0; i < Math.min(6, end); i++) {
    if (blocks[i]!.text.length > 4 * title.length + 20) continue;
    const text = letters(blocks[i]!.text);
    const isPart = text.length > 10 && (wanted.startsWith(text) || text.startsWith(wanted));
    const repeatsTitle = wanted !== "" && (wanted === text || isPart);
    if (repeatsTitle && text.length < 1.5 * wanted.length && !blocks.slice(start, i).some(isLead))
      start = i + 1;
  }
  while (end > start && blocks[end - 1]!.kind === "heading") end--;
  return end > start ? blocks.slice(start, end) : blocks;
}

/** Whether a block above the title may be a standfirst rather than a date, a section's name or a byline. */
function isLead({ text, linkLength }: Block): boolean {
  return text.length > 120 && linkLength < 0.3 * text.length;
}

export function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
