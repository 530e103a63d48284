// Text of any length from streams, in parts that have the pieces of the whole.
import type { Cuts } from "./borders.js";

/** A part is cut once there are this many UTF-16 units. */
const PART = 1 << 16;

/** UTF-8 to text, character by character whole; bytes that are none become U+FFFD. */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/**
 * Joins and cuts texts so that each part ends where a piece ends whatever follows. Reads no further than it has to.
 *
 * @param cuts undefined: nowhere, all becomes one part.
 */
export async function* safeParts(
  texts: AsyncIterable<string>,
  cuts: Cuts | undefined,
  size = PART,
): AsyncGenerator<string> {
  let pending = "";
  let enough = size;
  for await (const text of texts) {
    pending += text;
    if (!cuts || pending.length < enough) continue;
    const at = lastCut(pending, cuts);
    if (at > 0) yield pending.slice(0, at);
    pending = pending.slice(at);
    // Where there is no border, looking at twice as much next time keeps the work linear.
    enough = Math.max(size, pending.length * 2);
  }
  if (pending !== "") yield pending;
}

/** The last place where the text may be cut, 0 if there is none. */
function lastCut(text: string, cuts: Cuts): number {
  for (let at = text.length - 1; at > 0; at--) if (cuts(text, at)) return at;
  return 0;
}
