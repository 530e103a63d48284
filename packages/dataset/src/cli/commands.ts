import type { Arguments, OptionSpec } from "./arguments.js";
import { dedupCommand } from "./commands/dedup.js";
import { explainCommand } from "./commands/explain.js";
import { runPipeline } from "./commands/run.js";
import { statsCommand } from "./commands/stats.js";
import { tokenizeCommand } from "./commands/tokenize.js";
import { viewCommand } from "./commands/view.js";
import type { Io } from "./io.js";

/** One of the things that `dataset` does. */
export interface Command {
  summary: string;
  help: string;
  options: OptionSpec;
  run(options: Arguments, io: Io): Promise<void>;
}

const CONFIG_HELP =
  "The configuration is a TypeScript or JavaScript file whose default export is a pipeline(..).";

export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: "run a pipeline",
    help: `dataset run <config.ts>

${CONFIG_HELP} It can also be
defineConfig({ pipeline, logDir, tasks, workers }) of @llm/dataset/node. A pipeline that ends in a sink runs in tasks: after
Ctrl-C, or worse, the same command goes on where it was.

  --out <path>         where documents go: a .jsonl, .jsonl.gz or .jsonl.zst file; default: the sink, else stdout
  --log-dir <folder>   keeps statistics there, for "dataset stats", and which tasks are complete
  --tasks <n>          default: one for each file
  --workers <n>        threads; default: 1
  --html <path>        writes the report of "dataset stats"
  --json               {"documents","out","stats"} on stdout`,
    options: {
      out: "text",
      "log-dir": "text",
      tasks: "text",
      workers: "text",
      html: "text",
      json: "flag",
    },
    run: runPipeline,
  },
  explain: {
    summary: "what every check of a pipeline measures in documents",
    help: `dataset explain <config.ts> <file | folder | url | ->

${CONFIG_HELP}

  --id <id>            only the document with this id
  --limit <n>          only so many documents
  --url <url>          the address of the page, where it comes from stdin
  --json               one JSON object a document, with everything`,
    options: { id: "text", limit: "text", url: "text", json: "flag" },
    run: explainCommand,
  },
  stats: {
    summary: "where documents were lost: statistics of all tasks of a run",
    help: `dataset stats <log folder | file>

  --html <path>        a page with the funnel, histograms and samples of what was dropped
  --title <text>       the title of that page; default: the folder's name
  --json               the merged statistics on stdout as JSON

Of a run of several stages, how far each is and what its tasks counted.`,
    options: { html: "text", title: "text", json: "flag" },
    run: statsCommand,
  },
  dedup: {
    summary: "drop near-duplicates (MinHash)",
    help: `dataset dedup <in> <out folder>

In is a file, a folder or a pattern. One document of each cluster is kept. Four stages, which go on where they were when the
same command is given again.

  --policy <name>      which document of a cluster: first, longest or datatrove; default: first
  --tasks <n>          parts, and files that are written; default: 1
  --work <folder>      for signatures and pairs; default: .minhash in the out folder
  --ngram <n>          words a shingle; default: 5
  --buckets <n>        default: 14
  --hashes <n>         hashes a bucket; default: 8
  --seed <n>           default: 1
  --json               {"out","stages"} on stdout`,
    options: {
      policy: "text",
      tasks: "text",
      work: "text",
      ngram: "text",
      buckets: "text",
      hashes: "text",
      seed: "text",
      json: "flag",
    },
    run: dedupCommand,
  },
  tokenize: {
    summary: "documents to token shards",
    help: `dataset tokenize <in> <out> --tokenizer <file>

In is a file, a folder or a pattern, out a folder for shards and their manifest.json. Needs @llm/bpe.

  --tokenizer <file>   a tokenizer.json, or a folder with it
  --separator <token>  written after every document, or none; default: <|endoftext|>
  --shard-tokens <n>   tokens after which a shard is closed; default: 134217728
  --json               the manifest on stdout as JSON`,
    options: { tokenizer: "text", separator: "text", "shard-tokens": "text", json: "flag" },
    run: tokenizeCommand,
  },
  view: {
    summary: "read the documents in a file",
    help: `dataset view <file | folder | url | ->

On a terminal through $PAGER, or less.

  --grep <pattern>     only documents whose id, url or text has it: a regular expression, case does not matter
  --limit <n>          only so many documents
  --json               one JSON object a document`,
    options: { grep: "text", limit: "text", json: "flag" },
    run: viewCommand,
  },
};
