import type { Gpt } from "@llm/gpt";
import { complete, distribution } from "@llm/sample";
import type { OpenedModel, Source } from "../opened.js";
import { type Asked, ask, type Form, roomFor } from "./asked.js";
import type { ModelShelf } from "./shelf.js";
import { textTokenizer } from "./text-tokenizer.js";

/** A model that is put beside others. */
export interface ComparedSource {
  readonly source: Exclude<Source, { run: true }>;
  readonly form: Form;
}

/** What all models are asked. */
export interface ComparisonQuestion {
  readonly models: readonly ComparedSource[];
  readonly prompt: string;
  readonly temperature: number;
  readonly seed: number;
}

/** What a model writes: each token with the natural logarithm of its probability. */
export interface Answer {
  readonly ids: readonly number[];
  readonly logprobs: readonly number[];
  /** Whether it ended by itself. */
  readonly isWhole: boolean;
}

/** What one of the models says. */
interface ComparedModel {
  readonly form: Form;
  /** The question as it reads it. */
  readonly ids: readonly number[];
  /** What it holds likeliest, and what it says by chance. */
  readonly greedy: Answer;
  readonly sampled: Answer;
}

/** Probabilities of the next token, one a model. */
export interface NextToken {
  readonly id: number;
  readonly p: readonly number[];
}

/** Several models on one question. */
export interface Comparison {
  readonly models: readonly ComparedModel[];
  readonly tokens: readonly string[];
  /** What the last model holds likeliest, which is put before all of them token by token. */
  readonly answer: readonly number[];
  /** At each place of it, from before the first to behind the last: the tokens that tell the models apart. */
  readonly next: readonly (readonly NextToken[])[];
}

/** Tokens at a place: the likeliest of each model, and those whose probability changed most between two. */
const [LIKELIEST, CHANGED] = [4, 8];

/** What each model says, and what it expects of the last one's answer. */
export async function compare(
  shelf: ModelShelf,
  question: ComparisonQuestion,
  signal?: AbortSignal,
): Promise<Comparison> {
  const models: OpenedModel[] = [];
  for (const { source } of question.models) {
    models.push(await shelf.take(source));
    signal?.throwIfAborted();
  }
  const [first] = models;
  if (!first) throw new Error("There is no model to ask.");
  const { tokens } = first;
  if (
    models.some(
      (each) => each.tokens.length !== tokens.length || each.tokens.some((text, id) => text !== tokens[id]),
    )
  )
    throw new Error(
      "These models have different tokens, so their probabilities cannot be compared: open models of one run.",
    );
  const { prompt, temperature, seed } = question;
  const asked = models.map((model, i) => ask(model, prompt, question.models[i]!.form));
  const compared: ComparedModel[] = [];
  for (const [i, opened] of models.entries()) {
    const { form, ids } = asked[i]!;
    const greedy = await answerOf(opened, asked[i]!, { temperature: 0 }, signal);
    const sampled = await answerOf(opened, asked[i]!, { temperature, seed }, signal);
    compared.push({ form, ids, greedy, sampled });
  }
  const room = Math.min(...models.map((opened, i) => roomFor(opened, asked[i]!)));
  const answer = compared.at(-1)!.greedy.ids.slice(0, room);
  const shares: Float64Array[][] = [];
  for (const [i, { model }] of models.entries())
    shares.push(await sharesAlong(model, asked[i]!.ids, answer, signal));
  const next = Array.from({ length: answer.length + 1 }, (_, at) =>
    telling(
      shares.map((places) => places[at]!),
      answer[at],
    ),
  );
  return { models: compared, tokens, answer, next };
}

async function answerOf(
  opened: OpenedModel,
  asked: Asked,
  how: { temperature: number; seed?: number },
  signal?: AbortSignal,
): Promise<Answer> {
  const { ids, logprobs, finishReason } = await complete(opened.model, textTokenizer(opened), asked.ids, {
    ...how,
    maxTokens: roomFor(opened, asked),
    stopIds: asked.stopIds,
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  return { ids: [...ids], logprobs: [...logprobs], isWhole: finishReason === "stop" };
}

/** The probability of every token behind `before`, and behind each token of the answer after it. */
async function sharesAlong(
  model: Gpt,
  before: readonly number[],
  answer: readonly number[],
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const session = model.session(1);
  const how = signal ? { signal } : {};
  try {
    const [row] = session.rows as [number];
    if (before.length > 1) await session.step([{ row, ids: before.slice(0, -1) }], how);
    const ids = [before.at(-1)!, ...answer];
    const [logits] = await session.step([{ row, ids }], { ...how, logits: "all" });
    const { vocabSize } = model;
    return ids.map((_, at) => {
      const all = new Float64Array(vocabSize);
      const own = distribution(logits!.subarray(at * vocabSize, (at + 1) * vocabSize));
      for (const [i, id] of own.ids.entries()) all[id] = own.probabilities[i]!;
      return all;
    });
  } finally {
    session.dispose();
  }
}

/** The tokens that tell models apart: those whose probability differs most between two of them, and the likeliest of each. */
function telling(p: readonly Float64Array[], answer: number | undefined): NextToken[] {
  const pairs = p.flatMap((a, i) => p.slice(i + 1).map((b) => [a, b] as const));
  const chosen = new Set([
    ...pairs.flatMap(([a, b]) =>
      largest(
        a.map((share, id) => Math.abs(share - b[id]!)),
        CHANGED,
      ),
    ),
    ...p.flatMap((shares) => largest(shares, LIKELIEST)),
    ...(answer === undefined ? [] : [answer]),
  ]);
  return [...chosen].sort((a, b) => a - b).map((id) => ({ id, p: p.map((shares) => shares[id]!) }));
}

/** The places of the largest values, in falling order. */
function largest(values: Float64Array, count: number): number[] {
  const found: number[] = [];
  for (const [at, value] of values.entries()) {
    if (found.length === count && value <= values[found.at(-1)!]!) continue;
    const place = found.findIndex((other) => values[other]! < value);
    found.splice(place < 0 ? found.length : place, 0, at);
    if (found.length > count) found.pop();
  }
  return found;
}
