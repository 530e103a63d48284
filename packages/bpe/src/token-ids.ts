import { VocabularyError } from "./errors.js";

/** Ids are whole numbers below this, so that tables by id stay small. */
const MOST_IDS = 2 ** 24;

/** Whether a value can be a token's id. */
export function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MOST_IDS;
}

/** Special tokens and ids, however a caller gave them. @throws VocabularyError where an id is none. */
export function specialTokenMap(
  tokens: ReadonlyMap<string, number> | Readonly<Record<string, number>>,
): Map<string, number> {
  const map = new Map(tokens instanceof Map ? tokens : Object.entries(tokens));
  for (const [token, id] of map) {
    if (isId(id)) continue;
    throw new VocabularyError(
      `Special token ${JSON.stringify(token)} has the id ${id}: give it a whole number from 0 to ${MOST_IDS - 1}.`,
    );
  }
  return map;
}
