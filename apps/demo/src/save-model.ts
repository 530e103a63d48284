import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CHAT_TOKENS } from "@llm/bpe";
import type { Gpt } from "@llm/gpt";
import { writeAside } from "@llm/platform/durable";
import type { RunFolder } from "./run-folder.js";
import { defaults } from "./settings.js";
import { readTokenizer } from "./stages/tokenizer.js";

const [BEGIN, USER, USER_END, ASSISTANT, ASSISTANT_END] = CHAT_TOKENS;

/** What `renderChat` writes, in Jinja, for programs that know chats as templates only. */
const CHAT_TEMPLATE = [
  `${BEGIN}{%- set first = namespace(text='') -%}`,
  "{%- for message in messages -%}",
  "{%- if message['role'] == 'system' -%}{%- set first.text = message['content'] + '\\n\\n' -%}",
  `{%- elif message['role'] == 'user' -%}${USER}{{- first.text -}}{{- message['content'] -}}${USER_END}{%- set first.text = '' -%}`,
  `{%- else -%}${ASSISTANT}{{- message['content'] -}}${ASSISTANT_END}`,
  "{%- endif -%}",
  "{%- endfor -%}",
  `{%- if add_generation_prompt -%}${ASSISTANT}{%- endif -%}`,
].join("");

/**
 * Saves a model of a run with all that others need to open it, `@llm/sample`'s commands and transformers among them: weights, tokenizer,
 * its form of chat where it has learned one, and how it is best asked. Answers the files' names in the run's folder.
 */
export async function saveModel(
  run: RunFolder,
  place: string,
  model: Gpt,
  { chats }: { chats: boolean },
): Promise<string[]> {
  const { endOfText, endOfAnswer } = await readTokenizer(run.file("tokenizer.json"));
  await model.save(run.file(place));
  const { temperature, topP, chatTokens } = defaults;
  const files = {
    "tokenizer.json": await readFile(run.file("tokenizer.json"), "utf8"),
    "tokenizer_config.json": json({
      tokenizer_class: "PreTrainedTokenizerFast",
      model_max_length: model.config.blockSize,
      clean_up_tokenization_spaces: false,
      ...{ bos_token: BEGIN, eos_token: chats ? ASSISTANT_END : BEGIN, pad_token: BEGIN },
      ...(chats && { chat_template: CHAT_TEMPLATE }),
    }),
    "generation_config.json": json({
      ...{ bos_token_id: endOfText, pad_token_id: endOfText, eos_token_id: chats ? endOfAnswer : endOfText },
      ...(chats
        ? { do_sample: false, max_new_tokens: chatTokens }
        : { do_sample: true, temperature, top_p: topP }),
    }),
  };
  for (const [name, text] of Object.entries(files)) await writeAside(run.file(place, name), text);
  return ["config.json", "model.safetensors", ...Object.keys(files)].map((name) => join(place, name));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
