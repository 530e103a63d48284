import { renderChat, type Tokenizer } from "@llm/bpe";
import { writeAside } from "@llm/platform/durable";
import { completeBatch } from "@llm/sample";
import { evaluateTasks, type TasksResult } from "@llm/sample/evaluation";
import { askAbout, isUnknown } from "../lessons/conversations.js";
import { isRight, isWorked, question, type Sum } from "../lessons/sums.js";
import { openModel } from "../reading.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { Terminal } from "../terminal.js";

/** Sums and names of one part, to be asked. */
export interface ExamQuestions {
  sums: readonly Sum[];
  /** Names of things that are: seen in conversations, and seen in documents only. */
  known: readonly string[];
  unseen: readonly string[];
  /** Names that nothing has. */
  madeUp: readonly string[];
}

export interface ExamOptions extends ExamQuestions {
  /** The model's folder and where its answers go, relative to the run's. */
  model: string;
  answers: string;
  recipe: Recipe;
  seed: number;
  tokenizer: Tokenizer;
  endOfAnswer: number;
  terminal: Terminal;
  signal: AbortSignal;
}

/** How often an assistant says that it does not know, of so many names. */
interface UnknownShare {
  share: number;
  of: number;
}

/** What an assistant can do. */
export interface ExamResult {
  sums: TasksResult;
  /** Share of the drawn answers that are worked out, and tokens an answer. */
  worked: number;
  length: number;
  unknown: { known: UnknownShare; unseen: UnknownShare; madeUp: UnknownShare };
}

/** What the marker of an exam keeps; the answers themselves are in their file. */
export type ExamSummary = Omit<ExamResult, "sums"> & { passAt1: number; greedy: number };

/** Asks a model what it was not taught, and writes down what it answers. */
export async function exam(folder: RunFolder, options: ExamOptions): Promise<StageResult<ExamSummary>> {
  const { recipe, seed, tokenizer, endOfAnswer, sums, terminal, signal } = options;
  const model = await openModel(folder.path, options.model);
  const prompt = (text: string) =>
    renderChat(tokenizer, [{ role: "user", content: text }], { completion: true }).ids;
  const drawing = { stopIds: [endOfAnswer], signal };
  try {
    const tasks = sums.map((sum) => ({
      prompt: prompt(question(sum)),
      check: ({ text }: { text: string }) => isRight(sum, text),
    }));
    const result = await evaluateTasks(model, tasks, {
      ...{ ...drawing, tokenizer, seed, samples: recipe.questions.samples, maxTokens: recipe.grpo.maxTokens },
      onProgress: ({ stage, done, of }) => terminal.progress(`asking sums: ${stage} ${done} of ${of}`),
    });
    const ask = async (names: readonly string[]): Promise<UnknownShare> => {
      if (names.length === 0) return { share: Number.NaN, of: 0 };
      const prompts = names.map((name) => prompt(askAbout(name)));
      const answers = await completeBatch(model, tokenizer, prompts, {
        ...{ ...drawing, temperature: 0, maxTokens: 12 },
      });
      signal.throwIfAborted();
      return { share: answers.filter(({ text }) => isUnknown(text)).length / names.length, of: names.length };
    };
    const drawn = result.tasks.flatMap(({ samples }) => samples);
    const full: ExamResult = {
      sums: result,
      worked: drawn.filter(({ text }) => isWorked(text!)).length / drawn.length,
      length: drawn.reduce((sum, { ids }) => sum + ids.length, 0) / drawn.length,
      unknown: {
        known: await ask(options.known),
        unseen: await ask(options.unseen),
        madeUp: await ask(options.madeUp),
      },
    };
    await writeAside(folder.file(options.answers), JSON.stringify(full));
    const { sums: answered, ...rest } = full;
    return {
      summary: { ...rest, passAt1: answered.passAt[1]!.mean, greedy: answered.greedy.mean },
      files: [options.answers],
    };
  } finally {
    model.dispose();
  }
}
