import type { Block } from "./block.js";

/** Numbers that describe the text of a block. */
export const TEXT_FEATURES = 14;

const kinds = ["paragraph", "heading", "item", "row", "pre"] as const;
/** Characters of a block that are looked at. */
const LOOKED = 2000;

/** Numbers of the text alone that the neighbours of a block see too. */
export function describeShape(
  { kind, text, linkLength }: Block,
  tag: string,
  rows: Float32Array,
  row: number,
): void {
  const { length } = text;
  const looked = Math.min(length, LOOKED);
  let sentences = 0;
  for (let i = 0; i < looked; i++) {
    const code = text.charCodeAt(i);
    if (isSentenceEnd(code) && (code > 255 || i + 1 >= length || text.charCodeAt(i + 1) <= 32)) sentences++;
  }
  rows[row] = Math.log2(1 + length);
  rows[row + 1] = linkLength / length;
  rows[row + 5] = Math.min(sentences, 10);
  rows[row + 10] = kind === "heading" ? Number(tag.replace(/\D/g, "") || 3) : 0;
}

/** The other numbers of the text alone. */
export function describeText(block: Block, tag: string, rows: Float32Array, row: number): void {
  const { kind, text, strongLength } = block;
  const { length } = text;
  const looked = Math.min(length, LOOKED);
  let [digits, commas, upper] = [0, 0, 0];
  let words = 1;
  for (let i = 0; i < looked; i++) {
    const code = text.charCodeAt(i);
    if (code === 32 || code === 10) words++;
    else if (code >= 48 && code <= 57) digits++;
    else if (code === 44 || code === 0x3001 || code === 0xff0c || code === 0x60c) commas++;
    else if (code >= 65 && code <= 90) upper++;
  }
  const last =
    text
      .slice(-8)
      .replace(/["'”’»)\]\s]+$/, "")
      .at(-1) ?? "";
  rows[row + 2] = strongLength / length;
  rows[row + 3] = digits / looked;
  rows[row + 4] = upper / looked;
  rows[row + 6] = Math.min(commas, 10);
  rows[row + 7] = isSentenceEnd(last.charCodeAt(0))
    ? 1
    : last === ":" || last === "："
      ? 2
      : last === "…"
        ? 3
        : 0;
  rows[row + 8] = looked / words;
  rows[row + 9] = kinds.indexOf(kind);
  rows[row + 11] = tag === "p" ? 1 : 0;
  rows[row + 12] = block.isFurniture ? 1 : 0;
  rows[row + 13] = /[©|@•]|https?:/.test(text.slice(0, 400)) ? 1 : 0;
}

function isSentenceEnd(code: number): boolean {
  if (code < 64) return code === 46 || code === 33 || code === 63;
  if (code < 0x61f) return false;
  return (
    code === 0x3002 ||
    code === 0xff01 ||
    code === 0xff1f ||
    code === 0x964 ||
    code === 0x61f ||
    code === 0x6d4
  );
}
