import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeJsonl } from "../../../src/node/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jsonl-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const unpack = {
  none: (bytes: Uint8Array) => bytes,
  gzip: (bytes: Uint8Array) => gunzipSync(bytes),
  zstd: (bytes: Uint8Array) => decompress(bytes),
};
const document = (i: number) => ({ id: `${i}`, text: `text ${Math.sin(i)}`.repeat(i % 50), meta: { i } });
const task = { rank: 7, world: 8 };

test.each([
  ["none", "00007.jsonl"],
  ["gzip", "00007.jsonl.gz"],
  ["zstd", "00007.jsonl.zst"],
] as const)(
  "%s: goes on from a checkpoint, byte-identical to a run that was never stopped",
  async (compression, name) => {
    const run = async (path: string, kills: number[]) => {
      const sink = writeJsonl(join(folder, path), { compression });
      let state: Record<string, unknown> | undefined;
      for (let i = 0; i < 3000; ) {
        const writer = await sink.open(task, state);
        const from = i;
        const kill = kills.shift() ?? 3000;
        for (; i < 3000; i++) {
          if (i > from && i % 1000 === 0) state = JSON.parse(JSON.stringify(await writer.checkpoint!()));
          if (i === kill) break;
          await writer.write(document(i));
        }
        if (i === 3000) expect(await writer.close()).toEqual([name]);
        else {
          expect(existsSync(join(folder, path, name))).toBe(false);
          await writer.abort();
          i = Math.floor(i / 1000) * 1000;
          if (i === 0) state = undefined;
        }
      }
      return readFileSync(join(folder, path, name));
    };
    const whole = await run("whole", []);
    expect((await run("killed", [500, 1500, 1001, 2000, 2999])).equals(whole)).toBe(true);
    const wanted = Array.from({ length: 3000 }, (_, i) => `${JSON.stringify(document(i))}\n`).join("");
    expect(Buffer.from(unpack[compression](whole)).toString()).toBe(wanted);
  },
);

test.each(["none", "gzip", "zstd"] as const)(
  "%s: an output without documents is a whole file",
  async (compression) => {
    const writer = await writeJsonl(folder, { compression }).open({ rank: 0, world: 1 });
    const [name] = await writer.close();
    const bytes = readFileSync(join(folder, name!));
    expect(bytes.length > 0).toBe(compression !== "none");
    expect(unpack[compression](bytes)).toHaveLength(0);
  },
);

test("several blocks are one file that other tools read", async () => {
  const writer = await writeJsonl(folder).open({ rank: 0, world: 1 });
  const text = Array.from({ length: 200_000 }, (_, i) => i).join(" ");
  for (let i = 0; i < 8; i++) await writer.write({ id: `${i}`, text, meta: {} });
  await writer.close();
  const out = execFileSync("gzip", ["-dc", join(folder, "00000.jsonl.gz")], { maxBuffer: 2 ** 26 });
  expect(
    out
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).text === text),
  ).toEqual(Array(8).fill(true));
});
