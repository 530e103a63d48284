/**
 * `euc-kr` of the Encoding Standard, which is windows-949: KS X 1001 and, in the rows and columns that it leaves free,
 * the 8,822 syllables that it lacks, in Unicode's order. Node knows KS X 1001 alone and loses the others.
 */
export function decodeKorean(bytes: Uint8Array): string {
  table ??= makeTable();
  let text = "";
  let from = 0;
  // As in the standard: what stands behind a lead byte and cannot is read again where it is ASCII.
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at]! < 0x80) at++;
    else {
      text += ascii.decode(bytes.subarray(from, at));
      const trail = bytes[at + 1] ?? 0;
      const unit = table[bytes[at]! * 256 + trail]!;
      text += unit === 0 ? "\ufffd" : String.fromCharCode(unit);
      at += unit === 0 && trail < 0x80 ? 1 : 2;
      from = at;
    }
  }
  return text + ascii.decode(bytes.subarray(from));
}

const ascii = new TextDecoder();
let table: Uint16Array | undefined;

/** UTF-16 code unit by lead byte * 256 + trail byte; 0 where there is none. */
function makeTable(): Uint16Array {
  const units = new Uint16Array(65_536);
  const known = new Set<number>();
  const decoder = new TextDecoder("euc-kr");
  for (let lead = 0xa1; lead < 0xff; lead++) {
    for (let trail = 0xa1; trail < 0xff; trail++) {
      const unit = decoder.decode(Uint8Array.of(lead, trail)).charCodeAt(0);
      if (unit === 0xfffd) continue;
      units[lead * 256 + trail] = unit;
      known.add(unit);
    }
  }
  let at = 0x8141;
  for (let syllable = 0xac00; syllable <= 0xd7a3; syllable++) {
    if (known.has(syllable)) continue;
    while (!isFree(at)) at++;
    units[at++] = syllable;
  }
  return units;
}

function isFree(pair: number): boolean {
  const trail = pair & 255;
  const isLetter = (trail >= 0x41 && trail <= 0x5a) || (trail >= 0x61 && trail <= 0x7a);
  return isLetter || (trail >= 0x81 && trail < (pair >= 0xa100 ? 0xa1 : 0xff));
}
