import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatBytes, formatCount, formatDuration } from "@llm/platform/terminal";
import { useEngine } from "@llm/tensor";
import type { Score } from "./baselines.js";
import { relaxed } from "./cleaning.js";
import type { RunArguments } from "./commands.js";
import { findInput } from "./input.js";
import type { ReportData } from "./report/data.js";
import { type Identity, RunFolder } from "./run-folder.js";
import type { Recipe } from "./settings.js";
import { readSplit } from "./shards.js";
import { windows } from "./split.js";
import { byteLength, measureBaselines } from "./stages/baselines.js";
import { clean } from "./stages/clean.js";
import { pretrain } from "./stages/pretrain.js";
import { openings, readTokenizer, trainTokenizer, writeShards } from "./stages/tokenizer.js";
import { writeReport } from "./stages/write-report.js";
import type { Terminal } from "./terminal.js";
import { scoreOn } from "./validate.js";
import { showFunnel, showScores } from "./view.js";

/** Counts up when the pipeline changes so that older runs cannot go on with it. */
const version = 1;

export interface RunOptions {
  recipe: Recipe;
  terminal: Terminal;
  signal: AbortSignal;
}

/** The whole pipeline: every stage that has not finished yet, one after the other. */
export async function run(args: RunArguments, { recipe, terminal, signal }: RunOptions): Promise<void> {
  const started = performance.now();
  const input = await findInput(args.input, args.megabytes * 1e6);
  const engine = await useEngine("auto");
  const identity: Identity = {
    version,
    input: `${input.title}, SHA-256 ${input.sha256}`,
    steps: args.steps,
    seed: args.seed,
    recipe: createHash("sha256").update(JSON.stringify(recipe)).digest("hex"),
    engine: engine.name,
  };
  const folder = await RunFolder.open(join(args.runs, args.name), identity);
  const work = { terminal, signal };
  try {
    terminal.heading("1. Documents");
    const left = input.left
      ? `, ${formatCount(input.left)} more left out (--megabytes ${args.megabytes})`
      : "";
    terminal.line(`  ${input.title}${left}`);
    const options = { files: input.files, validationShare: recipe.validationShare, ...work };
    const cleaned = await folder.stage("clean", () => clean(folder, options));
    showFunnel(terminal, cleaned.funnel);
    terminal.line(
      `  Kept: ${formatCount(cleaned.documents.train)} documents to train on (${formatBytes(cleaned.bytes.train)}), ${formatCount(cleaned.documents.val)} to validate (${formatBytes(cleaned.bytes.val)}).`,
    );
    for (const what of relaxed) terminal.dim(`  Relaxed for documentation: ${what}`);

    terminal.heading("2. Tokenizer");
    await folder.stage("tokenizer", () => trainTokenizer(folder, recipe.vocabSize, work));
    const { tokenizer, endOfText } = await readTokenizer(folder.file("tokenizer.json"));
    const tokens = await folder.stage("shards", () => writeShards(folder, tokenizer, work));
    const bytesPerToken = cleaned.bytes.train / tokens.train;
    terminal.line(
      `  ${formatCount(tokenizer.vocabSize)} tokens; ${formatCount(tokens.train)} to train on, ${formatCount(tokens.val)} to validate, ${bytesPerToken.toFixed(2)} bytes each.`,
    );

    terminal.heading("3. Baselines");
    const baselines = await folder.stage("baselines", () => measureBaselines(folder, tokenizer, recipe));
    for (const [name, score] of Object.entries(baselines)) {
      terminal.line(
        `  ${name.padEnd(8)} ${score.nats.toFixed(3)} nats per token, ${score.bitsPerByte.toFixed(3)} bits per byte`,
      );
    }

    terminal.heading("4. Model");
    const { model: shape, training } = recipe;
    terminal.line(
      `  GPT-2, ${shape.nLayer} layers, ${shape.nHead} heads, width ${shape.nEmbd}, context ${shape.blockSize}; ${formatCount(args.steps)} steps of ${training.batchSize} x ${shape.blockSize} tokens on the ${engine.name} engine.`,
    );
    const prompts = args.input.length ? await openings(folder, 4, recipe.prompts.length) : recipe.prompts;
    const pretrained = await folder.stage("pretrain", () =>
      pretrain(folder, {
        recipe,
        steps: args.steps,
        seed: args.seed,
        tokenizer,
        endOfText,
        prompts,
        ...work,
      }),
    );

    terminal.heading("5. Result, on documents it has never seen");
    const val = await readSplit(folder.file("tokens", "val"));
    const unseen = windows(val.tokens.length, shape.blockSize, recipe.evaluationWindows);
    const model: Score = scoreOn(pretrained.valLoss, val.tokens, unseen, byteLength(tokenizer));
    const scores = { ...baselines, model };
    showScores(terminal, scores);
    const facts: ReportData["facts"] = [
      ["input", input.title],
      [
        "documents",
        `${formatCount(cleaned.documents.train)} to train on, ${formatCount(cleaned.documents.val)} to validate`,
      ],
      ["tokens", `${formatCount(tokens.train)} to train on, ${formatCount(tokens.val)} to validate`],
      ["vocabulary", `${formatCount(tokenizer.vocabSize)} tokens, ${bytesPerToken.toFixed(2)} bytes each`],
      ["parameters", formatCount(pretrained.parameters)],
      [
        "layers, heads, width, context",
        `${shape.nLayer}, ${shape.nHead}, ${shape.nEmbd}, ${shape.blockSize}`,
      ],
      ["steps", `${formatCount(args.steps)} of ${training.batchSize} x ${shape.blockSize} tokens`],
      ["seed", String(args.seed)],
      ["engine", engine.name],
    ];
    const data = { name: args.name, input: input.title, facts, funnel: cleaned.funnel, relaxed, scores };
    const page = await writeReport(folder, tokenizer, data);

    terminal.line("");
    terminal.line(`  ${page}`);
    const name = args.name === "demo" ? "" : ` --name ${args.name}`;
    terminal.line(`  npm run demo -- sample "text"${name}`);
    terminal.dim(
      `  ${formatDuration((performance.now() - started) / 1000)} in all, at most ${formatBytes(process.resourceUsage().maxRSS * 1024)} of memory`,
    );
  } finally {
    folder.close();
  }
}
