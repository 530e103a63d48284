/** Where the first character stands that is no white space; the length where there is none. */
export function spaceEnd(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && code !== 10 && code !== 9 && code !== 12 && code !== 13) return i;
  }
  return text.length;
}

/** A test for one of several names. */
export function oneOf(names: string): (tag: string) => boolean {
  const all = new Set(names.split(" "));
  return (tag) => all.has(tag);
}
