import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OptionsError, type Tokenizer, train } from "../src/index.js";
import { load, save } from "../src/node.js";

let folder: string;
let trained: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bpe-"));
  trained = await train("a text, a text", { vocabSize: 270, specialTokens: ["<a>"] });
  const config = {
    added_tokens_decoder: {
      [trained.specialTokens.get("<a>")!]: { content: "<a>", special: true },
      400: { content: "<b>", special: true },
      401: { content: "<c>", special: false },
    },
  };
  await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true }));

test("tokens that only tokenizer_config.json names are found", async () => {
  await save(trained, folder, { format: "vocab-bpe" });
  const pair = await load(folder);
  expect(Array.from(pair.encode("<b>", { allowedSpecial: "all" }))).toEqual([400]);
  expect([...pair.specialTokens.keys()]).toEqual(["<a>", "<b>"]);
  await save(trained, join(folder, "tokenizer.json"));
  const whole = await load(folder);
  expect(Array.from(whole.encode("<b><c>", { allowedSpecial: "all" }))).toEqual([400, 401]);
  expect(whole.vocabSize).toBe(402);
});

test("ids that are no numbers are named", () => {
  expect(() => trained.decode([97, 98n] as never)).toThrow(OptionsError);
  expect(() => trained.decode([97, 98n] as never)).toThrow(/id 1 of decode/);
  expect(() => trained.decode(97 as never)).toThrow(/ids of decode is 97/);
});
