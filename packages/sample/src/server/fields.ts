// The fields that several routes take, and how a sampler reads them. A field that would change the answer and that nothing here
// reads is refused by name; one that would not is taken and forgotten.

import * as z from "zod";
import type { JobOptions } from "../serving/scheduler.js";
import { ApiError } from "./errors.js";
import type { Service } from "./service.js";

/** A field that is refused, unless it says what happens anyway. */
export function unsupported(...usual: unknown[]): z.ZodType<unknown> {
  const known = new Set(usual.map((each) => JSON.stringify(each)));
  const otherwise = known.size > 0 ? `: only ${[...known].join(" or ")} is` : "";
  return z
    .unknown()
    .refine(
      (value) => value === undefined || known.has(JSON.stringify(value)),
      `this is not supported here${otherwise}`,
    )
    .optional();
}

/** A field that changes nothing in the answer. */
export const harmless = z.unknown().optional();

/** The forms of an answer that no schema belongs to. */
export const PLAIN_FORMATS = [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
] as const;

/** What a schema of an answer comes with. */
export const NAMED_SCHEMA = {
  name: z.string().optional(),
  description: z.string().nullish(),
  schema: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
} as const;

/** Fields of every route that writes texts. */
export const SAMPLING = {
  model: z.string().optional(),
  temperature: z.number().min(0).optional(),
  top_p: z.number().min(0).max(1).optional(),
  // Not OpenAI's, but usual.
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  repetition_penalty: z.number().positive().optional(),
  seed: z.int().optional(),
  user: harmless,
  metadata: harmless,
  store: harmless,
  service_tier: harmless,
  safety_identifier: harmless,
  prompt_cache_key: harmless,
  prompt_cache_retention: harmless,
} as const;

/** Fields of both routes of completions. */
export const COMPLETING = {
  ...SAMPLING,
  max_tokens: z.int().min(1).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(64)]).optional(),
  n: z.int().min(1).max(128).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  logit_bias: z
    .record(z.string().regex(/^\d+$/, "the id of a token"), z.number().min(-100).max(100))
    .optional(),
  stream: z.boolean().optional(),
  stream_options: z
    .strictObject({ include_usage: z.boolean().nullish(), include_obfuscation: harmless })
    .optional(),
} as const;

const Completing = z.object(COMPLETING).partial();

/** How many of the most probable tokens can be told. */
export const MOST_ALTERNATIVES = 20;

/** What a sampler is to do. @throws ApiError */
export function samplingOf(service: Service, body: z.output<typeof Completing>): JobOptions {
  service.checkModel(body.model);
  const { vocabSize } = service.tokenizer;
  const stranger = Object.keys(body.logit_bias ?? {}).find((id) => Number(id) >= vocabSize);
  if (stranger !== undefined) {
    const message = `logit_bias.${stranger}: there are tokens 0 to ${vocabSize - 1}`;
    throw new ApiError(400, message, { param: "logit_bias" });
  }
  return defined({
    samples: body.n ?? 1,
    temperature: body.temperature,
    topP: body.top_p,
    topK: body.top_k,
    minP: body.min_p,
    repetitionPenalty: body.repetition_penalty,
    frequencyPenalty: body.frequency_penalty,
    presencePenalty: body.presence_penalty,
    logitBias: body.logit_bias,
    stop: body.stop,
    seed: body.seed ?? randomSeed(),
    stopIds: service.stopIds,
  });
}

/** Requests that name no seed get texts that nobody can foresee. */
function randomSeed(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
  return (high & 0x1fffff) * 2 ** 32 + low;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without what is undefined. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
