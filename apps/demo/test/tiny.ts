import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RunArguments } from "../src/commands/arguments.js";
import { withWayOut } from "../src/errors.js";
import { runSeeds } from "../src/seeds.js";
import { recipe as full, type Recipe } from "../src/settings.js";
import { Terminal } from "../src/terminal.js";

/** Every stage in a second or two. */
const recipe: Recipe = {
  ...full,
  vocabSize: 300,
  evaluationWindows: 8,
  model: { nLayer: 1, nHead: 2, nEmbd: 16, blockSize: 48, mlpWidth: 32 },
  textbook: { pages: 6, share: 0.5 },
  training: { ...full.training, batchSize: 4, evaluations: 3, stepsBetween: 1 },
  sft: {
    ...full.sft,
    conversations: { sums: 40, worked: 0.5, facts: 8, unknown: 8, twoTurns: 0.1 },
    steps: 6,
    batchSize: 2,
    checkpointEvery: 2,
  },
  grpo: { ...full.grpo, steps: 3, prompts: 2, samples: 4, maxTokens: 6, checkpointEvery: 1 },
  controls: { sftSteps: 2 },
  game: { ...full.game, pairs: 8, judgeSteps: 2, steps: 2, prompts: 2, samples: 2, maxTokens: 6 },
  questions: { sums: 4, samples: 2, names: 2 },
  sampleTokens: 8,
};

export interface TinyRun {
  input: string[];
  runs: string;
  steps?: number;
  last?: "base" | "end";
  until?: (progress: string) => boolean;
  more?: Partial<RunArguments>;
}

/** Runs the demo in this process; `until` may look at the progress and stop it. */
export async function tinyRun(
  name: string,
  { input, runs, steps = 12, last = "base", until = () => false, more = {} }: TinyRun,
) {
  const abort = new AbortController();
  const out = { text: "", progress: "" };
  const terminal = new Terminal({
    env: {},
    stdout: {
      write: (text: string | Uint8Array) => {
        out.text += text;
        return true;
      },
    },
    stderr: {
      isTTY: true,
      columns: 200,
      write: (text: string | Uint8Array) => {
        out.progress += text;
        if (until(String(text))) abort.abort();
        return true;
      },
    },
  });
  const plain = { quick: false, until: last, controls: false, rewardModel: false, seeds: 1 };
  const args = { ...plain, input, name, runs, steps, seed: 3, megabytes: 10, ...more };
  const folder = join(runs, name);
  try {
    await runSeeds(args, { recipe, terminal, signal: abort.signal });
    return { ...out, folder, error: undefined };
  } catch (error) {
    return { ...out, folder, error };
  }
}

/** Stages in their order, each with what it leaves in a run's folder, but for its marker. */
const STAGES: [name: string, ...left: string[]][] = [
  ["clean", "train.jsonl", "val.jsonl", "drops.jsonl"],
  ["tokenizer", "tokenizer.json"],
  ["shards", "tokens", "textbook"],
  ["baselines"],
  ["pretrain", "checkpoints", "log.jsonl", "model", "scores.json", "report.html"],
  ["sft", "sft"],
  ["exam-sft-validation"],
  ["rl", "rl"],
  ["exam-sft-test"],
  ["exam-rl-test"],
  ["compare"],
];

/** Copies a finished run as it was before a stage, so that a test pays only for what comes behind. */
export function copyBefore(stage: string, from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const first = STAGES.findIndex(([name]) => name === stage);
  if (first < 0) throw new Error(`there is no stage ${stage}`);
  for (const [name, ...left] of STAGES.slice(first)) {
    for (const file of [join("stages", `${name}.json`), ...left])
      rmSync(join(to, file), { recursive: true, force: true });
  }
}

/** What the command says of an error. */
export function messageOf(error: unknown): string {
  return (withWayOut(error) as Error).message;
}
