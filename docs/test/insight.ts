import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";

const served = (path: string) =>
  fileURLToPath(new URL(`../.vitepress/dist/insight/${path}`, import.meta.url));

/** What the packages make of the same files in Node: tests compare the page with it. */
export async function siteModel(step = 3125): Promise<{ model: Gpt; tokenizer: Tokenizer }> {
  const model = await Gpt.load(served(`base/step-${step}`));
  return { model, tokenizer: await siteTokenizer() };
}

export async function siteTokenizer(): Promise<Tokenizer> {
  return Tokenizer.fromHF(await readFile(served("base/tokenizer.json"), "utf8"));
}

export function siteText(): Promise<string> {
  return readFile(served("base/text.txt"), "utf8");
}
