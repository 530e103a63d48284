import { formatBytes, formatCount } from "@llm/platform/terminal";
import { relaxed } from "../cleaning.js";
import type { ReportData } from "../report/data.js";
import { readSplit } from "../shards.js";
import { windows } from "../split.js";
import { byteLength, measureBaselines } from "../stages/baselines.js";
import { clean } from "../stages/clean.js";
import { pretrain } from "../stages/pretrain.js";
import { openings, readTokenizer, trainTokenizer, writeShards } from "../stages/tokenizer.js";
import { scoreOn } from "../validate.js";
import { showFunnel, showScores } from "../view.js";
import type { BaseResult, Story } from "./story.js";

/** From raw documents to a base model: one that writes on as its documents would. */
export async function learnBase(story: Story): Promise<BaseResult> {
  const { args, recipe, input, engine, folder, terminal, signal } = story;
  const work = { recipe, seed: args.seed, terminal, signal };

  terminal.heading("1. Documents");
  terminal.dim(
    "  Raw pages are full of menus, lists and copies. A chain of filters keeps what reads like text.",
  );
  terminal.line(`  ${input.title}`);
  const { kind } = input;
  const titles = args.input.length ? "headings" : "packages";
  const cleaned = await folder.stage("clean", () =>
    clean(folder, { ...work, files: input.files, kind, titles, validationShare: recipe.validationShare }),
  );
  showFunnel(terminal, cleaned.funnel);
  terminal.line(
    `  Kept: ${formatCount(cleaned.documents.train)} documents to train on (${formatBytes(cleaned.bytes.train)}), ${formatCount(cleaned.documents.val)} to validate (${formatBytes(cleaned.bytes.val)}).`,
  );
  terminal.dim(
    kind === "documentation"
      ? "  Most files are Markdown: judged as documentation, by rules a little wider than FineWeb's."
      : "  Most files are no Markdown: judged as web pages, by FineWeb's own rules.",
  );
  for (const what of relaxed(kind)) terminal.dim(`  Relaxed for documentation: ${what}`);

  terminal.heading("2. Tokenizer");
  terminal.dim(
    "  A model reads numbers, so text becomes tokens: the pieces that occur most. Digits stay apart, which sums need.",
  );
  await folder.stage("tokenizer", () => trainTokenizer(folder, work));
  const tokens = await readTokenizer(folder.file("tokenizer.json"));
  const { tokenizer, endOfText } = tokens;
  const counts = await folder.stage("shards", () => writeShards(folder, tokenizer, work));
  const bytesPerToken = cleaned.bytes.train / counts.train;
  terminal.line(
    `  ${formatCount(tokenizer.vocabSize)} tokens; ${formatCount(counts.train)} to train on, ${formatCount(counts.val)} to validate, ${bytesPerToken.toFixed(2)} bytes each.`,
  );
  terminal.line(`  A textbook of worked sums, written by a program, adds ${formatCount(counts.textbook)}.`);

  terminal.heading("3. Baselines");
  terminal.dim("  What counting alone can do. A model that does not beat it has learned nothing.");
  const baselines = await folder.stage("baselines", () => measureBaselines(folder, tokenizer, recipe));
  for (const [name, score] of Object.entries(baselines)) {
    terminal.line(
      `  ${name.padEnd(8)} ${score.nats.toFixed(3)} nats per token, ${score.bitsPerByte.toFixed(3)} bits per byte`,
    );
  }

  terminal.heading("4. Base model");
  terminal.dim(
    "  It learns to predict the next token, again and again. Look at the loss, which falls, and at what it writes.",
  );
  const { model: shape, training } = recipe;
  terminal.line(
    `  ${shape.nLayer} layers, ${shape.nHead} heads, width ${shape.nEmbd}, context ${shape.blockSize}; ${formatCount(args.steps)} steps of ${training.batchSize} x ${shape.blockSize} tokens on the ${engine} engine.`,
  );
  const prompts = args.input.length ? await openings(folder, 4, recipe.prompts.length) : recipe.prompts;
  const pretrained = await folder.stage("pretrain", () =>
    pretrain(folder, { ...work, steps: args.steps, tokenizer, endOfText, prompts }),
  );

  terminal.heading("5. The base model, on documents it has never seen");
  const val = await readSplit(folder.file("tokens", "val"));
  const unseen = windows(val.tokens.length, shape.blockSize, recipe.evaluationWindows);
  const model = scoreOn(pretrained.valLoss, val.tokens, unseen, byteLength(tokenizer));
  const scores = { ...baselines, model };
  showScores(terminal, scores);
  const facts: ReportData["facts"] = [
    ["input", input.title],
    [
      "documents",
      `${formatCount(cleaned.documents.train)} to train on, ${formatCount(cleaned.documents.val)} to validate`,
    ],
    [
      "tokens",
      `${formatCount(counts.train)} to train on, ${formatCount(counts.val)} to validate, ${formatCount(counts.textbook)} of the textbook`,
    ],
    ["vocabulary", `${formatCount(tokenizer.vocabSize)} tokens, ${bytesPerToken.toFixed(2)} bytes each`],
    ["parameters", formatCount(pretrained.parameters)],
    ["layers, heads, width, context", `${shape.nLayer}, ${shape.nHead}, ${shape.nEmbd}, ${shape.blockSize}`],
    ["steps", `${formatCount(args.steps)} of ${training.batchSize} x ${shape.blockSize} tokens`],
    ["seed", String(args.seed)],
    ["engine", engine],
  ];
  return { ...tokens, report: { facts, funnel: cleaned.funnel, relaxed: relaxed(kind), scores } };
}
