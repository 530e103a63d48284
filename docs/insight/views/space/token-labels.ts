// Loaded with the first text or shape: small words in the picture, and where they stand.
import type { TokenTexts } from "../../cells/words.js";
import type { Panel } from "../../scene/layout.js";
import type { PickedCell } from "../../scene/pick.js";
import { frontsIn } from "./fronts.js";
import { headsOf, headsSeen } from "./head-words.js";
import type { TokensAt } from "./labels.js";
import { tokensSeen } from "./token-places.js";
import { tokensOf } from "./token-words.js";
import { areasOf, whereSeen } from "./whereabouts.js";

/** A text, and what is found for it. */
interface Text {
  readonly texts: TokenTexts;
  readonly ids: readonly number[];
  /** What each layer would write next, the most probable first. */
  readonly lens: readonly { readonly best: readonly { readonly id: number }[] }[];
}

/** Where tokens of what is read about stand, numbers of its heads, and in which part of the network the eye is. */
export function smallWords(
  read: readonly Panel[],
  all: readonly Panel[],
  text: Text | undefined,
  pointed: () => PickedCell | undefined,
): TokensAt {
  const best =
    text?.lens
      .at(-1)
      ?.best.slice(0, 5)
      .map(({ id }) => id) ?? [];
  const named = text ? tokensOf(read, text.texts, { ids: text.ids, best }, all) : [];
  const [heads, areas] = [headsOf(read), areasOf(all)];
  return (camera, { size, open }, taken) => {
    const isOnFront = frontsIn(camera, size, open);
    const where = whereSeen(areas, camera, taken);
    const tokens = tokensSeen(named, camera, size, open, pointed(), isOnFront);
    const before = [...taken, ...where, ...tokens];
    return [...where, ...tokens, ...headsSeen(heads, camera, size, before, isOnFront, open)];
  };
}
