import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  DiskFullError,
  writeDs,
  writeJsonl,
  writeLlmc,
  writeNanogpt,
  writeParquet,
  writeTokens,
} from "../../../src/node/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "full-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tokenizer = { vocabSize: 256, encodeOrdinary: (text: string) => new Uint8Array(text.length) };
const options = { separator: 1 };

test.skipIf(!existsSync("/dev/full")).each([
  ["00000.jsonl.gz", () => writeJsonl(folder)],
  ["00000.parquet", () => writeParquet(folder)],
  ["00000.tokens", () => writeTokens(tokenizer, folder, options)],
  ["00000.index", () => writeTokens(tokenizer, folder, options)],
  ["00000_unshuffled.ds", () => writeDs(tokenizer, folder, options)],
  ["00000_unshuffled.ds.index", () => writeDs(tokenizer, folder, options)],
  ["00000_unshuffled.ds.metadata", () => writeDs(tokenizer, folder, options)],
  ["00000.bin", () => writeLlmc(tokenizer, folder, options)],
  ["00000.bin", () => writeNanogpt(tokenizer, folder, options)],
])("a full disk is told by a typed error that names %s, and nothing appears", async (name, make) => {
  // The kernel's own full device stands where the file is to be written.
  symlinkSync("/dev/full", join(folder, `${name}.part`));
  const writer = await make().open({ rank: 0, world: 1 });
  await writer.write({ id: "a", text: "some text", meta: {} });
  const closing = writer.close();
  await expect(closing).rejects.toThrow(DiskFullError);
  await expect(closing).rejects.toThrow(join(folder, name));
  await writer.abort();
  expect(readdirSync(folder).every((found) => found.endsWith(".part"))).toBe(true);
});
