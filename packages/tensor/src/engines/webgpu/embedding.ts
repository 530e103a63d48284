import type { DeviceBuffer, Into } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import type { EmbeddingArgs, EmbeddingBackwardArgs } from "../../kernel-arguments.js";
import { positionsOf } from "../reference/batch-places.js";
import type { Device } from "./device.js";
import { fill, upload } from "./transfer.js";
import { each, floatAt, put } from "./wgsl.js";

/** The place of row `r` in a table of positions, as text. */
export const placeText = (positions: DeviceBuffer | null | undefined, r: string): string =>
  positions ? `u32($positions[${r}])` : `(p.offset + ${r} % p.length)`;

function checkIds(ids: Int32Array, rows: number, vocabulary: number): void {
  for (let r = 0; r < rows; r++) {
    const id = ids[r]!;
    if (id >= 0 && id < vocabulary) continue;
    throw new IndexError(`embedding: id ${id} is not in a table of ${vocabulary} rows.`);
  }
}

/** See Engine.embedding. */
export function embedding(on: Device, args: EmbeddingArgs): void {
  const { ids, table, position, out, rows, length, offset, vocabulary, columns } = args;
  checkIds(on.ids(ids, rows), rows, vocabulary);
  const known = (position?.length ?? 0) / columns;
  const positions = positionsOf("embedding", args, known, (buffer) => on.ids(buffer)) && args.positions;
  each(on, rows * columns, {
    key: `embedding ${table.dtype} ${position ? "p" : ""}${positions ? "each" : ""}`,
    read: { ids, table, position, positions: position && positions },
    write: { out },
    ints: { length, offset, columns },
    code: () => `${floatAt("table", table.dtype === "bfloat16")}
---
let r = i / p.columns;
let j = i % p.columns;
$out[i] = table_at(u32($ids[r]) * p.columns + j)${position ? ` + $position[${placeText(positions, "r")} * p.columns + j]` : ""};`,
  });
}

/**
 * out[places[r]] = the sum of the rows r of dOut. Rows are sorted by place on the host, which has the places: so each sum is made
 * by one invocation, in the order of the rows, without atomics.
 */
function scatter(
  on: Device,
  dOut: DeviceBuffer,
  places: ArrayLike<number>,
  columns: number,
  out: Into,
): void {
  const rows = places.length;
  const order = Uint32Array.from({ length: rows }, (_, r) => r).sort(
    (a, b) => places[a]! - places[b]! || a - b,
  );
  const starts: number[] = [];
  for (let at = 0; at < rows; at++) {
    if (at === 0 || places[order[at]!] !== places[order[at - 1]!]) starts.push(at);
  }
  const distinct = starts.length;
  if (!out.accumulate) fill(on, on.own(out.buffer), 0);
  if (rows === 0) return;
  const table = new Int32Array(distinct * 2 + 1 + rows); // where each place's rows begin, the places, the rows
  table.set(starts, 0);
  table[distinct] = rows;
  for (const [i, start] of starts.entries()) table[distinct + 1 + i] = places[order[start]!]!;
  table.set(order, 2 * distinct + 1);
  const list = on.allocate(table.length, "int32");
  upload(on, list, table, 0);
  each(on, distinct * columns, {
    key: "scatter rows",
    read: { list, dOut },
    write: { out: out.buffer },
    ints: { columns, distinct },
    code: () => `
let which = i / p.columns;
let j = i % p.columns;
var sum = 0.0;
for (var at = $list[which]; at < $list[which + 1u]; at++) {
  sum += $dOut[u32($list[2u * p.distinct + 1u + u32(at)]) * p.columns + j];
}
${put({ accumulate: true }, "out", "u32($list[p.distinct + 1u + which]) * p.columns + j", "sum")}`,
  });
  on.release(list);
}

/** See Engine.embeddingBackward. */
export function embeddingBackward(on: Device, args: EmbeddingBackwardArgs): void {
  const { ids, dOut, dTable, dPosition, rows, length, offset, columns } = args;
  if (dTable) {
    const all = on.ids(ids, rows);
    checkIds(all, rows, dTable.buffer.length / columns);
    scatter(on, dOut, all.subarray(0, rows), columns, dTable);
  }
  if (dPosition) {
    const known = dPosition.buffer.length / columns;
    const positions = positionsOf("embedding", args, known, (buffer) => on.ids(buffer));
    const places = Int32Array.from({ length: rows }, (_, r) =>
      positions ? positions[r]! : offset + (r % length),
    );
    scatter(on, dOut, places, columns, dPosition);
  }
}
