import { complete, distribution } from "@llm/sample";
import { type OpenedModel, openModel, type Source } from "../opened.js";
import { type Asked, ask, type Form, roomFor } from "./asked.js";
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
export interface ComparedModel {
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
  /** At each place of it, from before the first to behind the last: the likeliest tokens of each model, and those that changed most. */
  readonly next: readonly (readonly NextToken[])[];
}

/** Tokens at a place: the likeliest of each model, and those whose probability changed most. */
const [LIKELIEST, CHANGED] = [4, 8];

/** Asks each model by itself, one after the other: none stays open. */
export async function compare(question: ComparisonQuestion, signal?: AbortSignal): Promise<Comparison> {
  const models: OpenedModel[] = [];
  try {
    for (const { source } of question.models) {
      signal?.throwIfAborted();
      models.push(await openModel(source));
    }
    return await compareOpened(models, question, signal);
  } finally {
    for (const model of models) model.dispose();
  }
}

async function compareOpened(
  models: readonly OpenedModel[],
  question: ComparisonQuestion,
  signal?: AbortSignal,
): Promise<Comparison> {
  const [first] = models;
  if (!first) throw new Error("There is no model to ask.");
  const { tokens } = first;
  if (
    models.some(
      (each) => each.tokens.length !== tokens.length || each.tokens.some((text, id) => text !== tokens[id]),
    )
  )
    throw new Error("These models have different tokens, so their probabilities cannot stand side by side.");
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
  for (const [i, { model }] of models.entries()) {
    const session = model.session(1);
    const before = asked[i]!.ids;
    try {
      const [row] = session.rows as [number];
      const [logits] = await session.step([{ row, ids: [...before, ...answer] }], {
        logits: "all",
        ...(signal && { signal }),
      });
      const { vocabSize } = model;
      shares.push(
        Array.from({ length: answer.length + 1 }, (_, at) => {
          const from = (before.length - 1 + at) * vocabSize;
          const own = distribution(logits!.subarray(from, from + vocabSize), {});
          const all = new Float64Array(vocabSize);
          for (const [i, id] of own.ids.entries()) all[id] = own.probabilities[i]!;
          return all;
        }),
      );
    } finally {
      session.dispose();
    }
  }
  const next = Array.from({ length: answer.length + 1 }, (_, at) =>
    mostTelling(
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

/** The tokens that tell models apart, those that changed most first. */
function mostTelling(p: readonly Float64Array[], answer: number | undefined): NextToken[] {
  const ids = Array.from(p[0]!.keys());
  const change = (id: number) =>
    Math.max(...p.map((each) => each[id]!)) - Math.min(...p.map((each) => each[id]!));
  const first = (count: number, of: (id: number) => number) =>
    ids.toSorted((a, b) => of(b) - of(a) || a - b).slice(0, count);
  const chosen = new Set([
    ...(p.length > 1 ? first(CHANGED, change) : []),
    ...p.flatMap((each) => first(LIKELIEST, (id) => each[id]!)),
    ...(answer === undefined ? [] : [answer]),
  ]);
  return [...chosen]
    .map((id) => ({ id, p: p.map((each) => each[id]!) }))
    .sort((a, b) => change(b.id) - change(a.id));
}
