import { GROUP, type GroupBits, panelsOf } from "../../groups.js";
import { GROUP_TILES, groupTiles } from "../wasm/grouped.js";
import type { Kernels } from "../wasm/instance.js";
import { groupedCode } from "./code/grouped.js";
import { groupedNarrowCode } from "./code/grouped-narrow.js";

/** Where the code is, by bits of the weight and rows of x in a tile. */
export type GroupedCode = Record<GroupBits, Record<number, number>>;

/** Writes the code with `map`, which answers with where it has put some bytes; `wide` is with products of bytes in 512 bits. */
export function writeGrouped(wide: boolean, map: (bytes: Uint8Array) => number): GroupedCode {
  const write = wide ? groupedCode : groupedNarrowCode;
  const tiles = (bits: GroupBits) =>
    Object.fromEntries(GROUP_TILES.map((tile) => [tile, map(write(bits, tile))]));
  return { 4: tiles(4), 8: tiles(8) };
}

/** Bytes of x, and of the weight, that are worked on at a time: parts of a second-level cache. */
const BLOCK = 262_144;
const MULTIPLY = `void (${Array(8).fill("uintptr_t").join(", ")})`;

/** Products with weights in groups, for whole panels. */
export function nativeGrouped(
  base: number,
  grouped: GroupedCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<Kernels, "groupedTiles"> {
  const code = (bits: GroupBits) =>
    new Map(GROUP_TILES.map((tile) => [tile as number, callable(grouped[bits][tile]!, MULTIPLY)]));
  const byBits = { 4: code(4), 8: code(8) };
  return {
    groupedTiles(x, weight, start, out, outRow, rows, blocks, panels, bits) {
      const multiply = byBits[bits as GroupBits];
      const panelBytes = blocks! * panelsOf(1, 1, bits as GroupBits).bytes;
      const rowBytes = blocks! * (GROUP + 8);
      const some = (tile: number, first: number, count: number, panel: number, many: number) =>
        multiply.get(tile)!(
          base + x! + first * rowBytes,
          base + weight! + panel * panelBytes,
          start && base + start + 64 * panel,
          base + out! + 4 * first * outRow! + 64 * panel,
          4 * outRow!,
          count,
          blocks!,
          many,
        );
      const tiles = groupTiles(rows!);
      // Where tiles of several sizes read the weight, the later ones find it in the cache.
      const step = tiles.length === 1 ? panels! : Math.max(1, Math.floor(BLOCK / panelBytes));
      const most = Math.max(1, Math.floor(BLOCK / rowBytes / GROUP_TILES[0]));
      for (let panel = 0; panel < panels!; panel += step) {
        const many = Math.min(step, panels! - panel);
        for (const { tile, tiles: all, first } of tiles) {
          for (let done = 0; done < all; done += most) {
            some(tile, first + done * tile, Math.min(most, all - done), panel, many);
          }
        }
      }
    },
  };
}
