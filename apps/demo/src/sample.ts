import { join } from "node:path";
import { generate } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { chooseModel, MODEL_FOLDERS } from "./assistant.js";
import type { SampleArguments } from "./commands/arguments.js";
import { openModel } from "./reading.js";
import { readTokenizer } from "./stages/tokenizer.js";

/** Lets the base model of a finished run write on; the text goes to `write` as it comes. */
export async function sample(
  { text, name, runs, tokens, temperature, topP, seed }: SampleArguments,
  write: (piece: string) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(runs, name);
  chooseModel(folder, name, "base");
  await useEngine("auto");
  const { tokenizer, endOfText } = await readTokenizer(join(folder, "tokenizer.json"));
  const model = await openModel(folder, MODEL_FOLDERS.base);
  const prompt = [endOfText, ...tokenizer.encodeOrdinary(text)];
  await write(text);
  const options = {
    maxTokens: tokens,
    temperature,
    topP,
    seed,
    stopIds: [endOfText],
    overflow: "slide",
    signal,
  } as const;
  for await (const event of generate(model, tokenizer, prompt, options)) await write(event.text);
  await write("\n");
  model.dispose();
}
