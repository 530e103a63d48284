// Short sums (FNV-1a and its like) that tell one thing from another; none of them keeps a forger out.

/** A whole number from a short name (FNV-1a), to key random numbers with. */
export function hash(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  }
  return h >>> 0;
}

/** Tells one list of ids from another: two 32-bit sums of different primes (FNV-1a and its like). */
export function hashOfIds(ids: ArrayLike<number>): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < ids.length; i++) {
    a = Math.imul(a ^ ids[i]!, 0x01000193);
    b = Math.imul(b ^ ids[i]!, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return [a, b].map((sum) => (sum >>> 0).toString(16).padStart(8, "0")).join("");
}

/** FNV-1a over the words in memory: -0 and 0 differ, as do two ways to not be a number. */
export function hashOfBits({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
  let h = 0x811c9dc5;
  for (const word of new Uint32Array(buffer, byteOffset, byteLength / 4)) h = Math.imul(h ^ word, 0x01000193);
  return h >>> 0;
}
