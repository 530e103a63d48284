// POST /tokenize, POST /detokenize, GET /tokenizer_info: the model's tokenizer, as vLLM offers it.

import * as z from "zod";
import { parseBody } from "./body.js";
import { ApiError } from "./errors.js";
import type { Service } from "./service.js";

const TokenizeBody = z.strictObject({
  model: z.string().optional(),
  prompt: z.string(),
  add_special_tokens: z.boolean().optional(),
});

/** Special tokens in the text become theirs. @throws ApiError */
export function tokenize(service: Service, json: unknown): object {
  const { model, prompt, add_special_tokens: addSpecialTokens = true } = parseBody(TokenizeBody, json);
  service.checkModel(model);
  const tokens = Array.from(service.tokenizer.encode(prompt, { allowedSpecial: "all", addSpecialTokens }));
  return { tokens, count: tokens.length, max_model_len: service.model.blockSize };
}

const DetokenizeBody = z.strictObject({ model: z.string().optional(), tokens: z.array(z.int().min(0)) });

/** @throws ApiError */
export function detokenize(service: Service, json: unknown): object {
  const { model, tokens } = parseBody(DetokenizeBody, json);
  service.checkModel(model);
  const { vocabSize } = service.tokenizer;
  const stranger = tokens.find((id) => id >= vocabSize);
  if (stranger !== undefined) {
    throw new ApiError(400, `tokens: ${stranger} is no id; there are 0 to ${vocabSize - 1}`, {
      param: "tokens",
    });
  }
  return { prompt: service.tokenizer.decode(tokens) };
}

export function tokenizerInfo({ model, tokenizer, tokenTexts }: Service): object {
  const end = model.config?.endOfText;
  return {
    eos_token: end === undefined ? null : tokenTexts.text(end),
    eos_token_id: end ?? null,
    vocab_size: tokenizer.vocabSize,
    max_model_len: model.blockSize,
  };
}
