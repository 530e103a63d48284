// A module of WebAssembly as text of printable characters that stands in quotes as it is. Each byte is one character, where
// hex has two, and compresses better: codes 35 to 124 without the backslash are 0 to 88, and } and ~ before one add 89 and 178.

/** The module's bytes. */
export function moduleBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let shift = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 124) {
      shift = (code - 124) * 89;
      continue;
    }
    bytes[length++] = shift + code - (code > 92 ? 36 : 35);
    shift = 0;
  }
  return bytes.slice(0, length);
}
