import type { TokenTexts } from "../../cells/words.js";
import { percentage } from "../../percentage.js";
import type { Camera } from "../../scene/camera.js";
import type { Panel } from "../../scene/layout.js";
import { visible } from "../../token-line.js";
import type { IsOnFront } from "./fronts.js";
import {
  around,
  cornersOf,
  extentOf,
  isInside,
  isOn,
  LISTS,
  pixels,
  type Rect,
  rectAt,
  type Size,
} from "./pixels.js";
import { BESIDE, type PlacedToken } from "./token-sides.js";
import { wordOf } from "./token-words.js";

/** Of a longer text, so many tokens at each end have a line each. */
const ENDS = 5;
/** Letters of a text in one line. */
const LONGEST = 24;
/** The most probable next tokens that are told. */
const BEST = 3;

/** What goes in, or comes out, in few lines at its tensor. */
interface Summary {
  readonly panel: Panel;
  /** In lines, and where that has no room, in other ones. */
  readonly tries: readonly (readonly string[])[];
  readonly near: readonly Panel[];
}

/** The text at its ids, and what is most probable behind it at the probabilities. */
export function summariesOf(
  read: readonly Panel[],
  all: readonly Panel[],
  { text, vocabulary }: TokenTexts,
  best: readonly { readonly id: number; readonly p: number }[],
): Summary[] {
  const tokens = text.map(wordOf);
  const between = tokens.length - 2 * ENDS;
  const short = [...tokens.slice(0, ENDS), `… ${between} more`, ...tokens.slice(-ENDS)];
  const whole = text.map(visible).join("");
  const line = whole.length > LONGEST ? `…${whole.slice(1 - LONGEST)}` : whole;
  const next = best.slice(0, BEST).map(({ id, p }) => `→ ${wordOf(vocabulary[id]!)} ${percentage(p)}`);
  const summary = (name: string, tries: Summary["tries"], beside: RegExp): Summary[] => {
    const panel = read.find(({ box }) => box.name === name);
    const near = all.filter(({ section, plane }) => plane === 0 && beside.test(section));
    return panel ? [{ panel, tries: tries.filter(({ length }) => length > 0), near }] : [];
  };
  return [
    ...summary("ids", [between > 1 ? short : tokens, [line]], /^(before|h\.0)$/),
    ...summary("probabilities", [next], /^after$/),
  ];
}

/** Where they stand: beside their tensors, where nothing else does. */
export function summariesSeen(
  summaries: readonly Summary[],
  camera: Camera,
  size: Size,
  taken: readonly Rect[],
  isOnFront: IsOnFront,
): PlacedToken[] {
  const isFree = (place: Rect, panel: Panel, near: readonly Panel[]) =>
    isInside(place, size) && !taken.some((other) => isOn(place, other)) && !isOnFront(place, panel, near);
  return summaries.flatMap(({ panel, tries, near }): PlacedToken[] => {
    const corners = pixels(cornersOf(panel.at, panel.size), camera, size);
    if (!corners) return [];
    for (const lines of tries) {
      const words = lines.join("\n");
      const place = placesFor(words, around(corners)).find((place) => isFree(place, panel, near));
      if (place) return [{ ...place, words, look: "list" }];
    }
    return [];
  });
}

/** Above a tensor, below it, and beside it. */
function placesFor(words: string, { left, top, right, bottom }: Rect): Rect[] {
  const { width, height } = extentOf(words, LISTS);
  const [above, below] = [top - BESIDE - height, bottom + BESIDE];
  const places = [
    [left, above],
    [right - width, below],
    [left, below],
    [right + BESIDE, top],
  ] as const;
  return places.map(([x, y]) => rectAt(x, y, words, LISTS));
}
