/**
 * Characters of the Encoding Standard's single-byte encodings that runtimes get wrong, by the byte where a run of them
 * begins: several releases of Node read windows-1252 as Latin-1, and others by older tables.
 */
const corrections: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  "windows-1252": { 128: "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ" },
  "windows-874": { 219: "\ufffd\ufffd\ufffd\ufffd", 252: "\ufffd\ufffd\ufffd\ufffd" },
  "windows-1253": { 170: "\ufffd" },
  "windows-1255": { 202: "\u05ba" },
  "koi8-u": { 174: "ў", 190: "Ў" },
  // Node does not know this one. Until 0xa0 it is Latin-1.
  "iso-8859-16": {
    161: "ĄąŁ€„Š§š©Ș«Ź\xadźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ",
  },
};

const tables = new Map<string, Uint16Array | undefined>();

/** UTF-16 code unit of each byte; undefined for an encoding that the runtime reads rightly or that has more bytes a character. */
export function singleByteTable(encoding: string): Uint16Array | undefined {
  if (!tables.has(encoding)) tables.set(encoding, makeTable(encoding));
  return tables.get(encoding);
}

function makeTable(encoding: string): Uint16Array | undefined {
  const runs = corrections[encoding];
  if (!runs) return undefined;
  const table = Uint16Array.from({ length: 256 }, (_, byte) => byte);
  if (encoding !== "windows-1252" && encoding !== "iso-8859-16") {
    const native = new TextDecoder(encoding).decode(Uint8Array.from(table));
    table.set(Array.from(native, (character) => character.charCodeAt(0)));
  }
  for (const [start, text] of Object.entries(runs)) {
    for (let i = 0; i < text.length; i++) table[+start + i] = text.charCodeAt(i);
  }
  return table;
}

/** Text of bytes by such a table; a byte that means nothing becomes U+FFFD. */
export function decodeSingleByte(bytes: Uint8Array, table: Uint16Array): string {
  let text = "";
  const units = new Uint16Array(Math.min(bytes.length, 8192));
  for (let start = 0; start < bytes.length; start += units.length) {
    const length = Math.min(units.length, bytes.length - start);
    for (let i = 0; i < length; i++) units[i] = table[bytes[start + i]!]!;
    text += String.fromCharCode(...units.subarray(0, length));
  }
  return text;
}
