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

/**
 * `weights[r, j]` = P and `slopes[r, j]` = dS for row r of the own block and row j of the other, where `score` and `product` are
 * the dot products of their queries with keys and of their dO with values.
 */
const differentiate = (t: string, s: string, at: string, dots: string) => `
  var weight = 0.0;
  var slope = 0.0;
  if (${t} < count && ${s} <= ${t} && ${s} >= first_of(b, ${t})) {
    ${dots}
    let score = capped(p.scale * dot, p.cap);
    let row = (b * p.nHead + h) * p.length + ${t};
    let kept = keep(row, ${s}, p.length);
    let share = exp(score - $logSumExp[row]);
    weight = kept * share;
    slope = p.scale * share * (kept * product - $delta[row]);
    if (p.cap > 0.0) { slope *= 1.0 - (score / p.cap) * (score / p.cap); }
  }
  weights[${at}] = weight;
  slopes[${at}] = slope;`;

/** dQ = scale dS K, by blocks of queries. */
function queryGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { batch, length, nHead, headDim, dQkv } = args;
  const { own, other } = blocksFor(on, headDim, { own: 2, other: 2, scores: 2 });
  const lanes = own * SHARE;
  const blocks = Math.ceil(length / own);
  const D = `${headDim}u`;
  on.run({
    key: `attention dQ ${own} ${other} ${shared.key}`,
    read: shared.read as never,
    write: { dQkv: dQkv.buffer },
    ints: { ...shared.ints, blocks },
    floats: shared.floats,
    groups: batch * nHead * blocks,
    size: [lanes, 1],
    code: () => `${shared.head}
var<workgroup> q_rows: array<f32, ${own * headDim}>;
var<workgroup> o_rows: array<f32, ${own * headDim}>;
var<workgroup> k_rows: array<f32, ${other * headDim}>;
var<workgroup> v_rows: array<f32, ${other * headDim}>;
var<workgroup> weights: array<f32, ${own * other}>;
var<workgroup> slopes: array<f32, ${own * other}>;
---
if (group >= p.batch * p.nHead * p.blocks) { return; }
let t0 = group % p.blocks * ${own}u;
let h = group / p.blocks % p.nHead;
let b = group / p.blocks / p.nHead;
let count = count_of(b);
let k_at = (p.nHead + h / p.share) * ${D};
let v_at = k_at + p.nKvHead * ${D};
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
for (var e = lane; e < ${own * headDim}u; e += ${lanes}u) {
  let t = t0 + e / ${D};
  var query = 0.0;
  var gradient = 0.0;
  if (t < count) {
    query = $qkv[(b * p.length + t) * p.width + h * ${D} + e % ${D}];
    gradient = $dOut[((b * p.length + t) * p.nHead + h) * ${D} + e % ${D}];
  }
  q_rows[e] = query;
  o_rows[e] = gradient;
}
let t = t0 + r;
let keys = select(0u, min(count, t0 + ${own}u), t0 < count);
var sums: array<f32, ${columnsOf(headDim)}>;
for (var s0 = first_key(t0, 0u) / ${other}u * ${other}u; s0 < keys; s0 += ${other}u) {
  workgroupBarrier();
  for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
    let s = s0 + e / ${D};
    var key = 0.0;
    var value = 0.0;
    if (s < keys) {
      let source = (b * p.length + s) * p.width + e % ${D};
      key = $qkv[source + k_at];
      value = $qkv[source + v_at];
    }
    k_rows[e] = key;
    v_rows[e] = value;
  }
  workgroupBarrier();
  for (var j = part; j < ${other}u; j += ${SHARE}u) {
    let s = s0 + j;
${differentiate(
  "t",
  "s",
  `r * ${other}u + j`,
  `var dot = 0.0;
    var product = 0.0;
    for (var d = 0u; d < ${D}; d++) {
      dot += q_rows[r * ${D} + d] * k_rows[j * ${D} + d];
      product += o_rows[r * ${D} + d] * v_rows[j * ${D} + d];
    }`,
)}
  }
  workgroupBarrier();
  for (var j = 0u; j < ${other}u; j++) {
    let slope = slopes[r * ${other}u + j];
    for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
      let d = c * ${SHARE}u + part;
      if (d < ${D}) { sums[c] += slope * k_rows[j * ${D} + d]; }
    }
  }
}
if (t >= p.length) { return; }
for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) { ${put(dQkv, "dQkv", `(b * p.length + t) * p.width + h * ${D} + d`, "sums[c]")} }
}`,
  });
}

/** dK = scale dS' Q and dV = P' dO, by blocks of keys, over all queries and heads that read them. */
function keyGradients(on: Device, args: AttentionBackwardArgs, shared: Shared): void {
  const { batch, length, nKvHead, headDim, dQkv } = args;
  const { own, other } = blocksFor(on, headDim, { own: 2, other: 2, scores: 2 });
  const lanes = own * SHARE;
  const blocks = Math.ceil(length / own);
  const D = `${headDim}u`;
  on.run({
    key: `attention dKV ${own} ${other} ${shared.key}`,
    read: shared.read as never,
    write: { dQkv: dQkv.buffer },
    ints: { ...shared.ints, blocks },
    floats: shared.floats,
    groups: batch * nKvHead * blocks,
    size: [lanes, 1],
    code: () => `${shared.head}
var<workgroup> k_rows: array<f32, ${own * headDim}>;
var<workgroup> v_rows: array<f32, ${own * headDim}>;
var<workgroup> q_rows: array<f32, ${other * headDim}>;
var<workgroup> o_rows: array<f32, ${other * headDim}>;
var<workgroup> weights: array<f32, ${own * other}>;
var<workgroup> slopes: array<f32, ${own * other}>;
---
if (group >= p.batch * p.nKvHead * p.blocks) { return; }
let s0 = group % p.blocks * ${own}u;
let kv = group / p.blocks % p.nKvHead;
let b = group / p.blocks / p.nKvHead;
let count = count_of(b);
let k_at = (p.nHead + kv) * ${D};
let v_at = k_at + p.nKvHead * ${D};
let r = lane / ${SHARE}u;
let part = lane % ${SHARE}u;
let s = s0 + r;
for (var e = lane; e < ${own * headDim}u; e += ${lanes}u) {
  let row = s0 + e / ${D};
  var key = 0.0;
  var value = 0.0;
  if (row < p.length) {
    let source = (b * p.length + row) * p.width + e % ${D};
    key = $qkv[source + k_at];
    value = $qkv[source + v_at];
  }
  k_rows[e] = key;
  v_rows[e] = value;
}
var d_keys: array<f32, ${columnsOf(headDim)}>;
var d_values: array<f32, ${columnsOf(headDim)}>;
for (var h = kv * p.share; h < (kv + 1u) * p.share; h++) {
  for (var t0 = s0; t0 < count; t0 += ${other}u) {
    workgroupBarrier();
    for (var e = lane; e < ${other * headDim}u; e += ${lanes}u) {
      let t = t0 + e / ${D};
      var query = 0.0;
      var gradient = 0.0;
      if (t < count) {
        query = $qkv[(b * p.length + t) * p.width + h * ${D} + e % ${D}];
        gradient = $dOut[((b * p.length + t) * p.nHead + h) * ${D} + e % ${D}];
      }
      q_rows[e] = query;
      o_rows[e] = gradient;
    }
    workgroupBarrier();
    for (var j = part; j < ${other}u; j += ${SHARE}u) {
      let t = t0 + j;
${differentiate(
  "t",
  "s",
  `r * ${other}u + j`,
  `var dot = 0.0;
      var product = 0.0;
      for (var d = 0u; d < ${D}; d++) {
        dot += q_rows[j * ${D} + d] * k_rows[r * ${D} + d];
        product += o_rows[j * ${D} + d] * v_rows[r * ${D} + d];
      }`,
)}
    }
    workgroupBarrier();
    for (var j = 0u; j < ${other}u; j++) {
      let weight = weights[r * ${other}u + j];
      let slope = slopes[r * ${other}u + j];
      for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
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
for (var c = 0u; c < ${columnsOf(headDim)}u; c++) {
  let d = c * ${SHARE}u + part;
  if (d < ${D}) {
    let at = (b * p.length + s) * p.width + d;
    ${put(dQkv, "dQkv", "at + k_at", "d_keys[c]")}
    ${put(dQkv, "dQkv", "at + v_at", "d_values[c]")}
  }
}`,
  });
}
