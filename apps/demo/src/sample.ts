import { existsSync } from "node:fs";
import { join } from "node:path";
import { Gpt } from "@llm/gpt";
import { generate } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import type { SampleArguments } from "./commands.js";
import { DemoError } from "./errors.js";
import { artefacts } from "./stages/pretrain.js";
import { readTokenizer } from "./stages/tokenizer.js";

/** Lets the model of a finished run write on; the text goes to `write` as it comes. */
export async function sample(
  { text, name, runs, tokens, temperature, topP, seed }: SampleArguments,
  write: (piece: string) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const paths = artefacts(join(runs, name));
  if (!existsSync(join(paths.model, "model.safetensors"))) {
    throw new DemoError(
      `${join(runs, name)} has no finished model: train one with npm run demo -- --name ${name}`,
    );
  }
  await useEngine("auto");
  const { tokenizer, endOfText } = await readTokenizer(paths.tokenizer);
  const model = await Gpt.load(paths.model);
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
