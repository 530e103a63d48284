import type { Settings } from "./settings.js";
import type { Tokenizer } from "./types.js";

/** The ids that stand for tokens, a bit each: bit `id % 32` of word `id / 32`. Undefined where all of them do. */
export type KnownIds = Uint32Array | undefined;

const KNOWN = new WeakMap<Pick<Tokenizer, "vocabSize" | "has">, KnownIds>();

/** Those of a tokenizer's ids that stand for tokens: some leave gaps. Found once for each tokenizer. */
export function knownIds(tokenizer: Pick<Tokenizer, "vocabSize" | "has">): KnownIds {
  if (!tokenizer.has) return undefined;
  if (!KNOWN.has(tokenizer)) {
    const { vocabSize } = tokenizer;
    const known = new Uint32Array(Math.ceil(vocabSize / 32));
    let count = 0;
    for (let id = 0; id < vocabSize; id++) {
      if (!tokenizer.has(id)) continue;
      known[id >>> 5]! |= 1 << (id & 31);
      count++;
    }
    KNOWN.set(tokenizer, count === vocabSize ? undefined : known);
  }
  return KNOWN.get(tokenizer);
}

/** Whether an id stands for a token. */
export function isKnown(known: KnownIds, id: number): boolean {
  return !known || ((known[id >>> 5]! >>> (id & 31)) & 1) === 1;
}

/** Settings under which no other ids are drawn: their mask has these alone, and comes first. */
export function onlyKnown(settings: Settings, known: KnownIds): Settings {
  if (!known) return settings;
  const { mask } = settings;
  return {
    ...settings,
    mask: mask ? mask.map((word, i) => word & (known[i] ?? 0)) : known,
    stages: ["mask", ...settings.stages.filter((stage) => stage !== "mask")],
  };
}
