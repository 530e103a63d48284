// A base model knows no chat: its tokenizer gets the chat's tokens, and its tables a row for each.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHAT_TOKENS, Tokenizer } from "@llm/bpe";
import { Gpt } from "@llm/gpt";
import { parameter, rng } from "@llm/tensor";

/** A model of a published family and its tokenizer, in Hugging Face's layout, with the tokens of `renderChat`. */
export async function loadForChat(folder: string): Promise<{ model: Gpt; tokenizer: Tokenizer }> {
  const base = await Gpt.load(folder);
  const file = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8"));
  const fields = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  for (const [i, content] of CHAT_TOKENS.entries()) {
    file.added_tokens.push({ id: base.vocabSize + i, content, ...fields });
  }
  return { model: await withRows(base, CHAT_TOKENS.length), tokenizer: await Tokenizer.openHF(file) };
}

/** The model with `count` more token ids: new rows are the mean of the others (Hewitt, 2021), moved a little to tell them apart. */
async function withRows(model: Gpt, count: number): Promise<Gpt> {
  const { vocabSize, config } = model;
  const draw = rng(1);
  const weights = model.parameters().map(async (weight) => {
    if (!/^(wte|lm_head)\./.test(weight.name)) return weight;
    const old = (await weight.data()) as Float32Array;
    const width = old.length / vocabSize;
    const mean = new Float32Array(width);
    for (const [i, value] of old.entries()) mean[i % width]! += value / vocabSize;
    const all = new Float32Array(old.length + count * width);
    all.set(old);
    for (let i = old.length; i < all.length; i++) all[i] = mean[i % width]! + 0.04 * (draw() - 0.5);
    return parameter(weight.name, all, [vocabSize + count, ...weight.shape.slice(1)]);
  });
  return Gpt.fromWeights({ ...config, vocabSize: vocabSize + count }, await Promise.all(weights));
}
