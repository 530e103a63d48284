import {
  decodeSafetensors,
  encodeSafetensors,
  openSafetensors,
  pipeSafetensors,
  readSafetensors,
  type SafetensorsDType,
  SafetensorsError,
  type SafetensorsSpec,
  writeSafetensors,
} from "@llm/tensor";
import { expect, test } from "vitest";
import { chunks, decodeAll, file } from "./files.js";

const large = Float32Array.from({ length: 600_000 }, (_, i) => Math.sin(i));
const tensors = new Map<
  string,
  { shape: number[]; data: Float32Array | Int32Array; dtype: SafetensorsDType }
>([
  ["large", { shape: [600, 1000], data: large, dtype: "F32" }],
  ["ids", { shape: [3], data: Int32Array.of(1, -2, 3), dtype: "I32" }],
  ["half", { shape: [600_000], data: large, dtype: "F16" }],
  ["none", { shape: [0], data: new Float32Array(0), dtype: "I8" }],
]);
const specs: SafetensorsSpec[] = [...tensors].map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
const read = (name: string) => tensors.get(name)!.data;
const metadata = { format: "pt" };
const whole = writeSafetensors(tensors, metadata);

test("chunks make the same file, and a tensor is asked for when those before it were taken", async () => {
  const asked: string[] = [];
  const parts: Uint8Array[] = [];
  let atFirst = 0;
  for await (const chunk of encodeSafetensors(
    specs,
    async (name) => {
      if (name === "ids") atFirst = parts.length;
      asked.push(name);
      return read(name);
    },
    metadata,
  )) {
    expect(chunk.length).toBeLessThanOrEqual(1 << 20);
    parts.push(chunk);
  }
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
  expect(asked).toEqual(["large", "ids", "half", "none"]);
  expect(atFirst).toBe(1 + 3); // the header and 2.4 MB
});

test("into a WritableStream, which is closed, at its pace", async () => {
  const parts: Uint8Array[] = [];
  let closed = false;
  let busy = 0;
  await pipeSafetensors(
    specs,
    read,
    new WritableStream({
      async write(chunk) {
        expect(++busy).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        busy--;
        parts.push(chunk);
      },
      close() {
        closed = true;
      },
    }),
    metadata,
  );
  expect(closed).toBe(true);
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
});

test("a failure aborts the WritableStream, and its failure ends the writing", async () => {
  let reason: unknown;
  const writable = new WritableStream<Uint8Array>({
    abort(error) {
      reason = error;
    },
  });
  await expect(
    pipeSafetensors([{ name: "a", shape: [2] }], () => new Float32Array(3), writable),
  ).rejects.toThrow('"a" has 3 values');
  expect(reason).toBeInstanceOf(SafetensorsError);
  const asked: string[] = [];
  const full = new WritableStream<Uint8Array>({
    write() {
      throw new Error("disk full");
    },
  });
  await expect(
    pipeSafetensors(specs, (name) => read(asked[asked.push(name) - 1]!), full, metadata),
  ).rejects.toThrow("disk full");
  expect(asked.length).toBeLessThanOrEqual(1);
});

test("a stream gives its header at once, then each tensor as it comes", async () => {
  const pulled = { bytes: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = whole.subarray(pulled.bytes, pulled.bytes + 10_000);
        pulled.bytes += chunk.length;
        if (chunk.length > 0) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const decoded = await decodeSafetensors(stream);
  expect(pulled.bytes).toBe(10_000);
  expect(decoded.metadata).toEqual(metadata);
  expect(decoded.infos.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(specs);
  const first = await decoded.tensors.next();
  expect(first.value![0]).toBe("large");
  expect(pulled.bytes).toBeLessThan(2_410_001);
  const rest: string[] = [];
  for await (const [name] of decoded.tensors) rest.push(name);
  expect(rest).toEqual(["ids", "half", "none"]);
  expect(pulled.bytes).toBe(whole.length);
});

/** Bytes as a stream of chunks. */
async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* chunks(bytes);
}

test("rows at a time: pieces in order, the last of what is left", async () => {
  const rows = ({ name }: { name: string }) => ({ large: 250, ids: 5, none: 1 })[name];
  const { tensors: some } = await decodeSafetensors(source(whole), { rows });
  const pieces: [string, number[], number][] = [];
  const values: number[] = [];
  for await (const [name, { shape, data }] of some) {
    pieces.push([name, shape, data.length]);
    if (name === "large") for (const value of data) values.push(value);
  }
  expect(pieces).toEqual([
    ["large", [250, 1000], 250_000],
    ["large", [250, 1000], 250_000],
    ["large", [100, 1000], 100_000],
    ["ids", [3], 3],
    ["half", [600_000], 600_000],
    ["none", [0], 0],
  ]);
  expect(Float32Array.from(values)).toEqual(large);
  const all = async (bytes: Uint8Array, rows: () => number) => {
    const decoded = await decodeSafetensors(source(bytes), { rows });
    for await (const _ of decoded.tensors);
  };
  await expect(all(whole.subarray(0, -700_000), () => 200)).rejects.toThrow(/bytes of tensor "half"/);
  await expect(all(whole, () => 0.5)).rejects.toThrow(/rows of tensor "large" is 0.5/);
});

test("from chunks of any size: the values of the whole", async () => {
  expect(Buffer.from(writeSafetensors(await decodeAll(whole), metadata)).equals(whole)).toBe(true);
  expect(Buffer.from(writeSafetensors(readSafetensors(whole).tensors, metadata)).equals(whole)).toBe(true);
});

test("who stops early closes the stream, and a type that cannot be read is named when it comes", async () => {
  let closed = 0;
  const source = async function* (bytes: Uint8Array) {
    try {
      yield* chunks(bytes);
    } finally {
      closed++;
    }
  };
  const { tensors: some } = await decodeSafetensors(source(whole));
  for await (const _ of some) break;
  expect(closed).toBe(1);
  // Before the first tensor too.
  await (await decodeSafetensors(source(whole))).close();
  expect(closed).toBe(2);
  let cancelled = false;
  const web = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(whole),
    cancel() {
      cancelled = true;
    },
  });
  const { tensors: none } = await decodeSafetensors(web);
  await none.next();
  await none.return();
  expect(cancelled).toBe(true);
  await expect(decodeSafetensors(source(file("[]")))).rejects.toThrow("JSON object");
  expect(closed).toBe(3);
  const i64 = file({ a: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8));
  await expect(decodeAll(i64)).rejects.toThrow("I64");
  expect((await openSafetensors(i64)).tensors.get("a")).toMatchObject({ dtype: "I64", shape: [1], bytes: 8 });
  await expect(
    decodeSafetensors(new Blob(["text"]).stream().pipeThrough(new TextDecoderStream()) as never),
  ).rejects.toThrow(SafetensorsError);
});

test("float64 keeps its bits, and tensors nobody wants are passed over, of whatever type they are", async () => {
  const values = Float64Array.of(1 / 3, -0, Number.MAX_VALUE);
  const bytes = writeSafetensors(new Map([["a", { shape: [3], data: values, dtype: "F64" as const }]]));
  expect(readSafetensors(bytes).tensors.get("a")).toEqual({ dtype: "F64", shape: [3], data: values });
  const mixed = file(
    {
      mask: { dtype: "BOOL", shape: [4], data_offsets: [0, 4] },
      a: { dtype: "F32", shape: [1], data_offsets: [4, 8] },
    },
    new Uint8Array(8),
  );
  const wants = ({ name }: { name: string }) => name !== "mask";
  expect([...readSafetensors(mixed, { wants }).tensors.keys()]).toEqual(["a"]);
  const { tensors } = await decodeSafetensors(new Blob([mixed as BlobPart]).stream(), { wants });
  const names: string[] = [];
  for await (const [name] of tensors) names.push(name);
  expect(names).toEqual(["a"]);
});
