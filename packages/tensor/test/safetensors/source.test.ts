import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSafetensors, rangeSource, SafetensorsError, writeSafetensors } from "@llm/tensor";
import { expect, test } from "vitest";

const bytes = writeSafetensors(
  [
    ["a", { shape: [2], data: Float32Array.of(1, 2) }],
    ["b", { shape: [2, 2], data: Float32Array.of(3, 4, 5, 6), dtype: "F16" }],
    ["none", { shape: [0], data: new Float32Array(0) }],
  ],
  { format: "pt" },
);

async function check(file: Awaited<ReturnType<typeof openSafetensors>>): Promise<void> {
  expect(file.metadata).toEqual({ format: "pt" });
  expect([...file.tensors.keys()]).toEqual(["a", "b", "none"]);
  expect(await file.read("b")).toEqual({ dtype: "F16", shape: [2, 2], data: Float32Array.of(3, 4, 5, 6) });
  expect((await file.read("none")).data.length).toBe(0);
  expect((await file.read("a")).data).toEqual(Float32Array.of(1, 2));
}

test("from bytes and from a Blob", async () => {
  await check(await openSafetensors(bytes));
  await check(await openSafetensors(new Blob([bytes as Uint8Array<ArrayBuffer>])));
});

test("from an open file, reading no more than is asked for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "safetensors-"));
  try {
    await writeFile(join(folder, "x.safetensors"), bytes);
    const handle = await open(join(folder, "x.safetensors"));
    const reads: [number, number][] = [];
    const file = await openSafetensors({
      size: (await handle.stat()).size,
      read: async (offset, length) => {
        reads.push([offset, length]);
        return (await handle.read(new Uint8Array(length), 0, length, offset)).buffer;
      },
    });
    await check(file);
    const header = bytes.length - 16;
    expect(reads).toEqual([
      [0, 8],
      [8, header - 8],
      [header + 8, 8],
      [header, 8],
    ]);
    await handle.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a header beyond 100 MB or the file is refused before it is read", async () => {
  for (const [claimed, size] of [
    [100_000_001n, 1e12],
    [1_000_000n, 1_000_007],
    [2n ** 64n - 1n, 1e12],
  ] as const) {
    const reads: number[] = [];
    const source = {
      size,
      read: (_: number, length: number) => {
        reads.push(length);
        return new Uint8Array(new BigUint64Array([claimed]).buffer);
      },
    };
    await expect(openSafetensors(source)).rejects.toThrow(SafetensorsError);
    expect(reads).toEqual([8]);
  }
});

test("a tensor that is not there, and a source that gives too little, are named", async () => {
  const file = await openSafetensors(bytes);
  await expect(file.read("c")).rejects.toThrow('no tensor "c" in the file; it has 3: a, b, none');
  const short = await openSafetensors({
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + Math.min(length, bytes.length - 30)),
  }).catch((error) => error);
  expect(short).toBeInstanceOf(SafetensorsError);
});

test("from a URL by ranges; a server without them, or a file that changes, is named", async () => {
  let served: Uint8Array | null = bytes;
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")!;
    ranges.push(`${first}-${last} ${request.headers.authorization}`);
    if (!served) return response.writeHead(200).end(bytes);
    response.writeHead(206, { "content-range": `bytes ${first}-${last}/${served.length}` });
    return response.end(served.subarray(Number(first), Number(last) + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    const file = await openSafetensors(await rangeSource(url, { headers: { authorization: "me" } }));
    expect(ranges).toEqual(["0-0 me", "0-7 me", `8-${bytes.length - 17} me`]);
    await check(file);
    served = new Uint8Array(bytes.length + 1);
    await expect(file.read("a")).rejects.toThrow(`changed from ${bytes.length} to ${bytes.length + 1} bytes`);
    served = null;
    await expect(rangeSource(url)).rejects.toThrow("answered 200");
    const aborted = rangeSource(url, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow("abort");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
