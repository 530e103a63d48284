import { classOf, LOWER } from "./characters.js";

/**
 * Whether spaCy's English tokenizer takes a string for a URL or an e-mail address, and leaves it whole. A scheme, a user, a
 * port and a path are optional; a host ends in a top-level domain of lower-case letters, or is a public IPv4 address.
 */
export function isUrl(text: string): boolean {
  if (!text.includes(".")) return false;
  if (isHostAndPath(text.replace(SCHEME, "")) || isHostAndPath(text)) return true;
  for (let at = text.indexOf("@", 1); at > 0; at = text.indexOf("@", at + 1)) {
    if (isHostAndPath(text.slice(at + 1))) return true;
  }
  return false;
}

const SCHEME = /^[\p{L}\p{N}_+\-.]{2,}:\/\//u;
const ADDRESS =
  /^(?!(?:10|127)(?:\.\p{Nd}{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\p{Nd}{1,3}){2})(?!172\.(?:1[6-9]|2\p{Nd}|3[01])(?:\.\p{Nd}{1,3}){2})(?:[1-9]\p{Nd}?|1\p{Nd}\p{Nd}|2[01]\p{Nd}|22[0-3])(?:\.(?:1?\p{Nd}{1,2}|2[0-4]\p{Nd}|25[0-5])){2}\.(?:[1-9]\p{Nd}?|1\p{Nd}\p{Nd}|2[0-4]\p{Nd}|25[0-4])(?::\p{Nd}{2,5})?(?:[/?#]|$)/u;
const LABELS =
  /^(?:(?:[A-Za-z0-9\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff_-]{0,62})?[A-Za-z0-9\u00a1-\uffff]\.)+/u;
const REST = /^(?::\p{Nd}{2,5})?(?:[/?#]|$)/u;

function isHostAndPath(text: string): boolean {
  if (ADDRESS.test(text)) return true;
  // All labels must end before the top-level domain, so only the last of the leading labels can.
  const labels = LABELS.exec(text)?.[0];
  if (labels === undefined) return false;
  let end = labels.length;
  let letters = 0;
  for (const character of text.slice(end)) {
    if (letters === 64 || (classOf(character.codePointAt(0)!) & LOWER) === 0) break;
    end += character.length;
    letters++;
  }
  return letters >= 2 && letters <= 63 && REST.test(text.slice(end));
}
