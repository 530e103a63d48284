import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSafetensors, readSafetensors, type SafetensorsDType, writeSafetensors } from "@llm/tensor";
import { expect, test } from "vitest";
import { decodeAll } from "./files.js";

// Written by the format's own library (golden/safetensors.py).
const script = fileURLToPath(new URL("../golden/safetensors.py", import.meta.url));
const golden = readFileSync(new URL("../golden/python.safetensors", import.meta.url));

const floats = Float32Array.of(
  ...[0, -0, 1, -2.5, 1 / 3, 65504, 65519, 65520, 2 ** -14, 2 ** -24, 2 ** -25, 3 * 2 ** -25, 1e-45, 3e38],
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
);
const tensor = (dtype: SafetensorsDType, shape: number[], data: Float32Array | Int32Array | Int8Array) => ({
  dtype,
  shape,
  data,
});
const tensors = new Map([
  ["f32", tensor("F32", [2, 8], floats)],
  ["scalar", tensor("F32", [], Float32Array.of(7))],
  ["i32", tensor("I32", [3], Int32Array.of(0, -(2 ** 31), 2 ** 31 - 1))],
  ["bf16", tensor("BF16", [2, 8], floats)],
  ["f16", tensor("F16", [2, 8], floats)],
  ['empty "\u00e9" \u{1f600}', tensor("I8", [0, 4], new Int8Array(0))],
  ["i8", tensor("I8", [2, 2], Int8Array.of(0, -128, 127, -1))],
]);

test("the same tensors make the same bytes as the format's own library", () => {
  expect(Buffer.from(writeSafetensors(tensors, { format: "pt" })).toString("latin1")).toBe(
    golden.toString("latin1"),
  );
});

test("its file is read, whole, opened and as a stream", async () => {
  const { tensors: read, metadata } = readSafetensors(golden);
  expect(metadata).toEqual({ format: "pt" });
  expect([...read.keys()]).toEqual([...tensors.keys()]);
  for (const name of ["f32", "scalar", "i32", "i8"]) expect(read.get(name)).toEqual(tensors.get(name));
  expect([...read.get("f16")!.data.slice(4, 13)]).toEqual([
    1365 / 4096,
    65504,
    65504,
    Number.POSITIVE_INFINITY,
    2 ** -14,
    2 ** -24,
    0,
    2 ** -23,
    0,
  ]);
  expect(await decodeAll(golden)).toEqual(read);
  const file = await openSafetensors(golden);
  for (const [name, each] of read) expect(await file.read(name)).toEqual(each);
});

const python = process.env.LLM_PYTHON ?? "python3";
const hasLibrary = spawnSync(python, ["-c", "import safetensors.numpy, ml_dtypes"]).status === 0;
if (!hasLibrary) {
  console.log(`skipped: opening our files with Python's safetensors (${python} has none; set LLM_PYTHON)`);
}
test.skipIf(!hasLibrary)("it opens what is written here", () => {
  const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
  try {
    const path = join(folder, "ours.safetensors");
    // In another order, so that wide types are not aligned; and long enough for every length of padding.
    const shuffled = [...tensors].reverse();
    for (let length = 0; length < 8; length++) {
      const bytes = writeSafetensors(shuffled, { padding: "x".repeat(length) });
      writeFileSync(path, bytes);
      const [found] = JSON.parse(execFileSync(python, [script, path], { encoding: "utf8" }));
      expect(found.metadata).toEqual({ padding: "x".repeat(length) });
      for (const [name, { dtype, shape }] of tensors) {
        const single = writeSafetensors([[name, tensors.get(name)!]]);
        const start = 8 + Number(new DataView(single.buffer).getBigUint64(0, true));
        const hex = Buffer.from(single.subarray(start)).toString("hex");
        expect(found.tensors[name]).toEqual({ dtype, shape, bytes: hex });
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
