/** The printable character that GPT-2's files write for each byte: itself, or U+0100 and up for the 68 that cannot be shown. */
const BYTE_CHARS: readonly string[] = (() => {
  let extra = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const shown = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(shown ? byte : extra++);
  });
})();

/** The byte of each character code, -1 where there is none. */
const BYTE_OF = new Int16Array(0x100 + 68).fill(-1);
BYTE_CHARS.forEach((char, byte) => {
  BYTE_OF[char.charCodeAt(0)] = byte;
});

/** Bytes as files write them. */
export function toByteChars(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += BYTE_CHARS[byte];
  return text;
}

/** The bytes that a token of a file stands for; undefined if it is not written in that alphabet. */
export function fromByteChars(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = BYTE_OF[text.charCodeAt(i)] ?? -1;
    if (byte < 0) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** All bytes in the order of their characters: the order of Hugging Face's alphabet, and so of its ids and ties. */
export const BYTES_BY_CHAR: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).sort((a, b) =>
  BYTE_CHARS[a]! < BYTE_CHARS[b]! ? -1 : 1,
);
