import { element } from "./element.js";

/** A key behind what it does. A phone and other screens that are touched have none, and are not told of it. */
export const keyHint = (key: string) => element("span", { className: "key-hint" }, ` (${key})`);

const KEY = / \((\S|Space)\)/;

/** What a button says, with its key, as in "▶ Play (p)". */
export function withKey(words: string): (string | HTMLElement)[] {
  const [before, key, after] = words.split(KEY);
  return key === undefined ? [words] : [before!, keyHint(key), after!];
}
