// The backward pass makes the weights of attention again, once by blocks of queries for dQ and once by blocks of keys for dK and dV:
// each number is written by one invocation, so nothing depends on the order in which workgroups run.
import type { AttentionBackwardArgs } from "../../kernel-arguments.js";
import { firstKeysOf, placesOf } from "../reference/batch-places.js";
import { blocksFor, columnsOf, dropoutOf, FIRST_KEY, SHARE } from "./attention-blocks.js";
import type { Device } from "./device.js";
import { adds, CAPPED, each, put } from "./wgsl.js";

/** See Engine.attentionBackward. */
export function attentionBackward(on: Device, args: AttentionBackwardArgs): void {
  const { lengths, firstKeys, batch, length, nHead } = args;
  const row = (nHead + 2 * args.nKvHead) * args.headDim;
  const keys = { buffer: args.qkv, offset: 0, rowStride: row, batchStride: length * row };
  const integers = (buffer: Parameters<Device["ids"]>[0], count: number) => on.ids(buffer, count);
  const places = placesOf("attentionBackward", { ...args, queries: length, start: 0 }, keys, integers);
  firstKeysOf("attentionBackward", args, places, length, integers);
  const flags = `${lengths ? "l" : ""}${firstKeys ? "f" : ""}`;
  on.withScratch([batch * nHead * length], (delta) => {
    const { headDim } = args;
    // sum(dO O) of each row.
    each(on, batch * nHead * length, {
      key: `attention delta ${headDim}`,
      read: { out: args.out, dOut: args.dOut },
      write: { delta },
      ints: { length, nHead },
      code: () => `
let t = i % p.length;
let h = i / p.length % p.nHead;
let b = i / p.length / p.nHead;
let at = ((b * p.length + t) * p.nHead + h) * ${headDim}u;
var sum = 0.0;
for (var d = 0u; d < ${headDim}u; d++) { sum += $dOut[at + d] * $out[at + d]; }
$delta[i] = sum;`,
    });
    const shared = sharedBackward(args, flags);
    const read = {
      ...{ qkv: args.qkv, dOut: args.dOut, logSumExp: args.logSumExp, delta, lengths, firstKeys },
    };
    queryGradients(on, args, { ...shared, read });
    keyGradients(on, args, { ...shared, read });
  });
}

type Shared = ReturnType<typeof sharedBackward> & { read: Record<string, unknown> };

function sharedBackward(args: AttentionBackwardArgs, flags: string) {
  const { batch, length, nHead, nKvHead, headDim, scale, window, softcap, lengths, firstKeys } = args;
  const dropout = dropoutOf(args);
  return {
    key: `${headDim} ${flags} ${dropout.key} ${adds(args.dQkv)}`,
    ints: {
      ...{ batch, length, nHead, nKvHead, share: nHead / nKvHead, window },
      width: (nHead + 2 * nKvHead) * headDim,
      ...dropout.ints,
    },
    floats: { scale, cap: softcap, ...dropout.floats },
    head: `${CAPPED}
${dropout.head}
${FIRST_KEY}
fn count_of(b: u32) -> u32 { return ${lengths ? "u32($lengths[b])" : "p.length"}; }
fn first_of(b: u32, t: u32) -> u32 { return first_key(t, ${firstKeys ? "u32($firstKeys[b * p.length + t])" : "0u"}); }`,
  };
}

/** Where a pass is: its blocks, and the columns of a head as text. */
interface Pass {
  readonly own: number;
  readonly other: number;
  readonly lanes: number;
  readonly D: string;
}

/** One of the two passes: a workgroup for each block of rows of each of `heads`, and `code` with what both have around it. */
function pass(
  on: Device,
  { batch, length, headDim, dQkv }: AttentionBackwardArgs,
  shared: Shared,
  { name, heads, code }: { name: "dQ" | "dKV"; heads: number; code: (pass: Pass) => string },
): void {
  const { own, other } = blocksFor(on, headDim, { own: 2, other: 2, scores: 2 });
  const [queries, keys] = name === "dQ" ? [own, other] : [other, own];
  const lanes = own * SHARE;
  const blocks = Math.ceil(length / own);
  on.run({
    key: `attention ${name} ${own} ${other} ${shared.key}`,
    read: shared.read as never,
    write: { dQkv: dQkv.buffer },
    ints: { ...shared.ints, blocks, heads },
    floats: shared.floats,
    groups: batch * heads * blocks,
    size: [lanes, 1],
    code: () => `${shared.head}
var<workgroup> q_rows: array<f32, ${queries * headDim}>;
var<workgroup> o_rows: array<f32, ${queries * headDim}>;
var<workgroup> k_rows: array<f32, ${keys * headDim}>;
var<workgroup> v_rows: array<f32, ${keys * headDim}>;
var<workgroup> weights: array<f32, ${own * other}>;
var<workgroup> slopes: array<f32, ${own * other}>;
---
if (group >= p.batch * p.heads * p.blocks) { return; }
let own0 = group % p.blocks * ${own}u;
let head = group / p.blocks % p.heads;
let b = group / p.blocks / p.heads;
let count = count_of(b);
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
${code({ own, other, lanes, D: `${headDim}u` })}`,
  });
}

/** A block of queries, and of dO, of head `h` from `t0` on. */
const loadQueries = (rows: number, { D, lanes }: Pass) => `
for (var e = lane; e < ${rows}u * ${D}; e += ${lanes}u) {
  let row = t0 + e / ${D};
  var query = 0.0;
  var gradient = 0.0;
  if (row < count) {
    query = $qkv[(b * p.length + row) * p.width + h * ${D} + e % ${D}];
    gradient = $dOut[((b * p.length + row) * p.nHead + h) * ${D} + e % ${D}];
  }
  q_rows[e] = query;
  o_rows[e] = gradient;
}`;

/** A block of keys, and of values, from `s0` up to `end`. */
const loadKeys = (rows: number, end: string, { D, lanes }: Pass) => `
for (var e = lane; e < ${rows}u * ${D}; e += ${lanes}u) {
  let row = s0 + e / ${D};
  var key = 0.0;
  var value = 0.0;
  if (row < ${end}) {
    let source = (b * p.length + row) * p.width + e % ${D};
    key = $qkv[source + k_at];
    value = $qkv[source + v_at];
  }
  k_rows[e] = key;
  v_rows[e] = value;
}`;

/**
 * `weights[r, j]` = P and `slopes[r, j]` = dS for row r of the own block and row j of the other, at query `t` and key `s`: row
 * `query` of the block of queries and row `key` of that of keys.
 */
const differentiate = (query: string, key: string, { other, D }: Pass) => `
  var weight = 0.0;
  var slope = 0.0;
  if (t < count && s <= t && s >= first_of(b, t)) {
    var dot = 0.0;
    var product = 0.0;
    for (var d = 0u; d < ${D}; d++) {
      dot += q_rows[${query} * ${D} + d] * k_rows[${key} * ${D} + d];
      product += o_rows[${query} * ${D} + d] * v_rows[${key} * ${D} + d];
    }
    let score = capped(p.scale * dot, p.cap);
    let row = (b * p.nHead + h) * p.length + t;
    let kept = keep(row, s, p.length);
    let share = exp(score - $logSumExp[row]);
    weight = kept * share;
    slope = p.scale * share * (kept * product - $delta[row]);
    if (p.cap > 0.0) { slope *= 1.0 - (score / p.cap) * (score / p.cap); }
  }
  weights[r * ${other}u + j] = weight;
  slopes[r * ${other}u + j] = slope;`;

/** dQ = scale dS K, by blocks of queries. */
function queryGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { nHead, headDim, dQkv } = args;
  const columns = columnsOf(headDim);
  const code = (at: Pass) => {
    const { own, other, D } = at;
    return `
let h = head;
let t0 = own0;
let t = t0 + r;
let k_at = (p.nHead + h / p.share) * ${D};
let v_at = k_at + p.nKvHead * ${D};
${loadQueries(own, at)}
let keys = select(0u, min(count, t0 + ${own}u), t0 < count);
var sums: array<f32, ${columns}>;
for (var s0 = first_key(t0, 0u) / ${other}u * ${other}u; s0 < keys; s0 += ${other}u) {
  workgroupBarrier();
  ${loadKeys(other, "keys", at)}
  workgroupBarrier();
  for (var j = part; j < ${other}u; j += ${SHARE}u) {
    let s = s0 + j;
    ${differentiate("r", "j", at)}
  }
  workgroupBarrier();
  for (var j = 0u; j < ${other}u; j++) {
    let slope = slopes[r * ${other}u + j];
    for (var c = 0u; c < ${columns}u; c++) {
      let d = c * ${SHARE}u + part;
      if (d < ${D}) { sums[c] += slope * k_rows[j * ${D} + d]; }
    }
  }
}
if (t >= p.length) { return; }
for (var c = 0u; c < ${columns}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) { ${put(dQkv, "dQkv", `(b * p.length + t) * p.width + h * ${D} + d`, "sums[c]")} }
}`;
  };
  pass(on, args, shared, { name: "dQ", heads: nHead, code });
}

/** dK = scale dS' Q and dV = P' dO, by blocks of keys, over all queries and heads that read them. */
function keyGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { nKvHead, headDim, dQkv } = args;
  const columns = columnsOf(headDim);
  const code = (at: Pass) => {
    const { own, other, D } = at;
    return `
let s0 = own0;
let s = s0 + r;
let k_at = (p.nHead + head) * ${D};
let v_at = k_at + p.nKvHead * ${D};
${loadKeys(own, "p.length", at)}
var d_keys: array<f32, ${columns}>;
var d_values: array<f32, ${columns}>;
for (var h = head * p.share; h < (head + 1u) * p.share; h++) {
  for (var t0 = s0; t0 < count; t0 += ${other}u) {
    workgroupBarrier();
    ${loadQueries(other, at)}
    workgroupBarrier();
    for (var j = part; j < ${other}u; j += ${SHARE}u) {
      let t = t0 + j;
      ${differentiate("j", "r", at)}
    }
    workgroupBarrier();
    for (var j = 0u; j < ${other}u; j++) {
      let weight = weights[r * ${other}u + j];
      let slope = slopes[r * ${other}u + j];
      for (var c = 0u; c < ${columns}u; c++) {
        let d = c * ${SHARE}u + part;
        if (d < ${D}) {
          d_values[c] += weight * o_rows[j * ${D} + d];
          d_keys[c] += slope * q_rows[j * ${D} + d];
        }
      }
    }
  }
}
if (s >= p.length) { return; }
for (var c = 0u; c < ${columns}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) {
    let at = (b * p.length + s) * p.width + d;
    ${put(dQkv, "dQkv", "at + k_at", "d_keys[c]")}
    ${put(dQkv, "dQkv", "at + v_at", "d_values[c]")}
  }
}`;
  };
  pass(on, args, shared, { name: "dKV", heads: nKvHead, code });
}
