import type { TokenTexts } from "../../cells/words.js";
import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { frontsIn, type IsOnFront } from "./fronts.js";
import { headsOf, headsSeen } from "./head-words.js";
import type { TokensAt } from "./labels.js";
import { isOn } from "./pixels.js";
import { tokensSeen } from "./token-places.js";
import { summariesOf, summariesSeen } from "./token-summary.js";
import { type TokensNamed, tokensOf } from "./token-words.js";
import { areasOf, whereSeen } from "./whereabouts.js";

/** A text, and what is found for it. */
interface Text {
  readonly texts: TokenTexts;
  readonly ids: readonly number[];
  /** What each layer would write next, the most probable first. */
  readonly lens: readonly { readonly best: readonly { readonly id: number; readonly p: number }[] }[];
}

/** Where tokens of what is read about stand, first at what is made, numbers of its heads, and in which part of the network the eye is. */
export function smallWords(
  read: readonly Panel[],
  all: readonly Panel[],
  text: Text | undefined,
  pointed: () => PickedCell | undefined,
  made: ReadonlySet<string> = new Set(),
): TokensAt {
  const next = text?.lens.at(-1)?.best.slice(0, 5) ?? [];
  const best = next.map(({ id }) => id);
  const those = text ? tokensOf(read, text.texts, { ids: text.ids, best }, all) : [];
  const isMade = ({ planes: [plane] }: TokensNamed) => Number(made.has(plane!.box.name));
  const named = those.sort((a, b) => isMade(b) - isMade(a));
  const summaries = text ? summariesOf(read, all, text.texts, next) : [];
  const [heads, areas] = [headsOf(read), areasOf(all)];
  return (camera, { size, open }, taken) => {
    const isOnFront = frontsIn(camera, size, open);
    const where = whereSeen(areas, camera, taken);
    const before = [...taken, ...where];
    const isTaken: IsOnFront = (word, ...at) =>
      isOnFront(word, ...at) || before.some((other) => isOn(word, other));
    const beside = tokensSeen(named, camera, size, open, pointed(), isTaken);
    // Where no cell is large enough for its word.
    const tokens = beside.length > 0 ? beside : summariesSeen(summaries, camera, size, before, isOnFront);
    return [...where, ...tokens, ...headsSeen(heads, camera, size, [...before, ...tokens], isOnFront, open)];
  };
}
