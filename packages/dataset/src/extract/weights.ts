import { isUnread } from "./elements.js";
import type { HtmlNode } from "./tree.js";

/** How much readable text each subtree holds. */
export interface TextWeights {
  /** Characters of text, whitespace collapsed. */
  readonly text: Int32Array;
  /** Of which inside links. */
  readonly link: Int32Array;
  /** Of which in paragraphs and outside links. */
  readonly prose: Int32Array;
  /** Commas, of several scripts. */
  readonly commas: Int32Array;
}

/** Of every text node: characters, runs of whitespace counted once and none at the ends, and commas of several scripts. */
export interface TextMeasures {
  readonly characters: Int32Array;
  readonly commas: Int32Array;
}

export function measureTexts(nodes: readonly HtmlNode[]): TextMeasures {
  const characters = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, text, end } = nodes[i]!;
    if (tag !== "#text") {
      if (isUnread(nodes[i]!)) i = end - 1;
      continue;
    }
    let length = 0;
    let isAfterSpace = true;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const isSpace = code <= 32 || code === 160;
      if (!isSpace) {
        length += isAfterSpace && length > 0 ? 2 : 1;
        if (code === 44 || code === 0x3001 || code === 0xff0c || code === 0x60c) commas[i]!++;
      }
      isAfterSpace = isSpace;
    }
    characters[i] = length;
  }
  return { characters, commas };
}

/** Sums text, link text and prose bottom-up; nodes marked in `dropped` count for nothing. */
export function weigh(nodes: readonly HtmlNode[], measures: TextMeasures, dropped?: Uint8Array): TextWeights {
  const text = new Int32Array(nodes.length);
  const link = new Int32Array(nodes.length);
  const prose = new Int32Array(nodes.length);
  const commas = new Int32Array(nodes.length);
  const inLink = new Uint8Array(nodes.length);
  const inProse = new Uint8Array(nodes.length);
  for (let i = 1; i < nodes.length; i++) {
    const { tag, parent, end, attributes } = nodes[i]!;
    if (tag === "#text") {
      if (dropped?.[i]) continue;
      const length = measures.characters[i]!;
      text[i] = length;
      commas[i] = measures.commas[i]!;
      if (inLink[parent]) link[i] = length;
      else if (inProse[parent] || length > 80) prose[i] = length;
    } else if (dropped?.[i] || isUnread(nodes[i]!)) {
      i = end - 1;
    } else {
      inLink[i] = inLink[parent]! | (tag === "a" && attributes["href"] !== undefined ? 1 : 0);
      inProse[i] = inProse[parent]! | (tag === "p" || tag === "pre" || tag === "blockquote" ? 1 : 0);
    }
  }
  for (let i = nodes.length - 1; i > 0; i--) {
    if (text[i] === 0) continue;
    const { parent } = nodes[i]!;
    text[parent]! += text[i]!;
    link[parent]! += link[i]!;
    prose[parent]! += prose[i]!;
    commas[parent]! += commas[i]!;
  }
  return { text, link, prose, commas };
}

/** The share of a page's prose that an element holds, or of its text where there is hardly any prose. */
export function shareOf({ prose, text }: TextWeights): (index: number) => number {
  const measure = prose[0]! > 200 ? prose : text;
  const total = Math.max(1, measure[0]!);
  return (index) => measure[index]! / total;
}

/** Share of the text of a subtree that is inside links, in [0, 1]. */
export function linkDensity({ text, link }: TextWeights, index: number): number {
  return text[index] === 0 ? 0 : link[index]! / text[index]!;
}
