// Where merging may go from one character on into the next. Every merge that does joins a left and a right token at such a
// place: what stands there around is noted as a bit for its hash, two bytes of the left and three of the right, or, of
// tokens shorter than this, one byte of each. A place whose bits are not set is never crossed, so that a piece can be cut
// there. Only characters of three bytes and more are asked for, whose scripts mostly do without blanks: their pieces seldom
// come again, but what they are cut into does.
import { Model } from "./model";

/** Bits, as a binary logarithm: src/model.ts allocates them. */
const BITS: u64 = 18;
/** Two bytes before a place and three behind it. */
const SIDES: u64 = 0xffffffffff;

/** Whether merging may cross to the character of three bytes or more that starts at `at`. */
export function crosses(model: Model, at: usize): bool {
  const around = load<u64>(at - 2);
  return isSet(model, around & SIDES) || isSet(model, (around >> 8) & 0xffff);
}

/** Notes the merge of a rank: the `left` token's bytes, then the `right` one's, are those of `token`. */
export function noteCrossing(model: Model, left: u32, right: u32, token: u32): void {
  const before = lengthOf(model, left);
  const behind = lengthOf(model, right);
  const isKnown = before > 0 && behind > 0 && before + behind == lengthOf(model, token);
  const lead: u32 = load<u8>(model.arena + load<u32>(model.offsets + (<usize>right << 2)));
  if (behind > 0 && (isKnown ? lead < 0xe0 : lead >= 0x80 && lead < 0xc0)) return;
  if (!isKnown) {
    // Tokens whose bytes are not known may join anything.
    memory.fill(model.crossings, 255, <usize>1 << usize(BITS - 3));
    return;
  }
  const around = load<u64>(model.arena + load<u32>(model.offsets + (<usize>token << 2)) + before - 2);
  const bit = bitOf(before > 1 && behind > 2 ? around & SIDES : (around >> 8) & 0xffff);
  const byte = model.crossings + (bit >> 3);
  store<u8>(byte, load<u8>(byte) | (1 << u8(bit & 7)));
}

// @ts-ignore: decorator
@inline
function bitOf(key: u64): usize {
  return usize((key * 0x9e3779b97f4a7c15) >> (64 - BITS));
}

// @ts-ignore: decorator
@inline
function isSet(model: Model, key: u64): bool {
  const bit = bitOf(key);
  return ((load<u8>(model.crossings + (bit >> 3)) >> u8(bit & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function lengthOf(model: Model, id: u32): u32 {
  const offset = model.offsets + (<usize>id << 2);
  return load<u32>(offset, 4) - load<u32>(offset);
}
