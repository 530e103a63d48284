import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatBytes, formatCount, formatDuration } from "@llm/platform/terminal";
import { useEngine } from "@llm/tensor";
import { learnAssistant } from "./acts/assistant.js";
import { learnBase } from "./acts/base.js";
import type { RunArguments } from "./commands/arguments.js";
import { findInput, type Input } from "./input.js";
import { readConversations } from "./own-conversations.js";
import { type Identity, RunFolder } from "./run-folder.js";
import type { Recipe } from "./settings.js";
import { writeReport } from "./stages/write-report.js";
import type { Terminal } from "./terminal.js";

/** Counts up when the pipeline changes so that older runs cannot go on with it. */
const version = 3;

export interface RunOptions {
  recipe: Recipe;
  terminal: Terminal;
  signal: AbortSignal;
}

/** The whole story: every stage that has not finished yet, one after the other. */
export async function run(args: RunArguments, { recipe, terminal, signal }: RunOptions): Promise<void> {
  const started = performance.now();
  const input = await findInput(args.input, args.megabytes * 1e6);
  const conversations = args.conversations ? await readConversations(args.conversations) : undefined;
  const engine = await useEngine("auto");
  const identity: Identity = {
    version,
    input: `${input.title}, SHA-256 ${input.sha256}`,
    kind: input.kind,
    steps: args.steps,
    seed: args.seed,
    recipe: hashOf(recipe),
    engine: engine.name,
    ...(conversations && { conversations: hashOf(conversations) }),
  };
  const folder = await RunFolder.open(join(args.runs, args.name), identity);
  try {
    if (input.partOf) sayItIsAPart(terminal, input, args);
    const story = { args, recipe, conversations, input, engine: engine.name, folder, terminal, signal };
    const base = await learnBase(story);
    const assistant = args.until === "end" ? await learnAssistant(story, base) : undefined;
    const page = await writeReport(folder, base.tokenizer, {
      ...{ name: args.name, input: titleOf(input), ...base.report },
      ...(assistant && { assistant }),
    });

    terminal.line("");
    terminal.line(`  ${page}`);
    const name = args.name === "demo" ? "" : ` --name ${args.name}`;
    if (args.until === "end") {
      terminal.line(`  npm run demo -- chat${name}     talk to it here`);
      terminal.line(`  npm run demo -- serve${name}    talk to it in a browser, or through OpenAI's API`);
    } else {
      terminal.line(`  npm run demo -- sample "text"${name}`);
    }
    terminal.dim(
      `  ${formatDuration((performance.now() - started) / 1000)} in all, at most ${formatBytes(process.resourceUsage().maxRSS * 1024)} of memory`,
    );
  } finally {
    folder.close();
  }
}

/** The part that is read is a choice nobody made: it has to be seen. */
function sayItIsAPart(
  terminal: Terminal,
  { files, bytes, partOf }: Input,
  { megabytes }: RunArguments,
): void {
  const all = partOf!;
  terminal.warn("");
  terminal.warn(
    `ONLY A PART IS READ: ${formatCount(files.length)} of ${formatCount(all.files)} files, ${formatBytes(bytes)} of ${formatBytes(all.bytes)}, because --megabytes is ${megabytes}.`,
  );
  terminal.warn(`To read all of it: --megabytes ${Math.ceil(all.bytes / 1e6)}`);
}

/** What was read, in words; a part is called one. */
function titleOf({ title, partOf }: Input): string {
  return partOf
    ? `${title}, a part of ${formatCount(partOf.files)} files (${formatBytes(partOf.bytes)})`
    : title;
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
