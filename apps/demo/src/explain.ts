import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { explain, pipeline } from "@llm/dataset";
import { readFolder } from "@llm/dataset/node";
import { formatCount } from "@llm/platform/terminal";
import { cleaning, type InputKind, kindOf } from "./cleaning.js";
import type { ExplainArguments } from "./commands/arguments.js";
import { DemoError } from "./errors.js";
import { defaults } from "./settings.js";
import { readTokenizer } from "./stages/tokenizer.js";
import type { Terminal } from "./terminal.js";

/**
 * What every filter measures in the documents of a file, also behind the first that drops one. The rules are those of the run, or
 * where there is none, those for files of this kind.
 * @throws DemoError where a run was asked for that is not there
 */
export async function explainFile(args: ExplainArguments, terminal: Terminal): Promise<void> {
  const { file, name = defaults.name, runs = defaults.runs } = args;
  const folder = join(runs, name);
  const run = await readRun(folder);
  const isAsked = args.name !== undefined || args.runs !== undefined;
  if (!run && isAsked) {
    const way = "Name one that is there, or leave --name and --runs out to explain without a run.";
    throw new DemoError(`${folder} holds no run with a tokenizer. ${way}`);
  }
  const kind = run?.kind ?? kindOf([file]);
  if (kind === "documentation")
    terminal.line("Judged as documentation, by rules a little wider than FineWeb's.");
  const documents = pipeline(readFolder(file)).docs({
    onDrop: ({ document, verdict }) => {
      terminal.heading(document.id);
      terminal.line(`dropped while reading: ${verdict.reason} (${verdict.metric} ${verdict.value})`);
    },
  });
  for await (const document of documents) {
    terminal.heading(document.id);
    const explanation = await explain(cleaning(kind), document);
    terminal.line(String(explanation));
    if (!run) continue;
    const { text } = explanation.document;
    const tokens = run.tokenizer.count(text);
    terminal.line(
      `${formatCount(tokens)} tokens to the run "${name}", ${(Buffer.byteLength(text) / tokens).toFixed(2)} bytes each`,
    );
  }
}

/** What an earlier run left: its tokenizer, and how it judged. */
async function readRun(folder: string) {
  const tokenizer = join(folder, "tokenizer.json");
  if (!existsSync(tokenizer)) return undefined;
  const identity = JSON.parse(await readFile(join(folder, "run.json"), "utf8")) as { kind?: InputKind };
  return { ...(await readTokenizer(tokenizer)), kind: identity.kind ?? "documentation" };
}
