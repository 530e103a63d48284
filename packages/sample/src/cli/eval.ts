import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { Command, type Io, Option, wholeNumber, write } from "@llm/platform/command";
import { formatTable, ProgressLine } from "@llm/platform/terminal";
import { evaluate } from "../evaluation/evaluate.js";
import { readTask, type Task } from "../evaluation/tasks.js";
import { openModel } from "./model-folder.js";
import { dtypeOption, engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

/** `sample eval`: tasks and texts, scored. */
export const evalCommand = (io: Io) =>
  new Command("eval")
    .summary("scores a model on tasks, and on texts")
    .usage("<model folder> <files...>")
    .description("Scores a model on tasks of JSON lines (.jsonl), and on plain texts by their perplexity.")
    .argument("<model>", MODEL_FOLDER)
    .argument("<files...>", "tasks and texts")
    .addOption(
      new Option("--limit <n>", "the first so many items of each task").argParser(
        wholeNumber(1, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option("--shots <n>", "solved items before each question; default: what the task says").argParser(
        wholeNumber(0, 1000),
      ),
    )
    .option("--delimiter <text>", "what stands between questions and answers; default: what the task says")
    .option("--json", 'a line each: {"task","kind","items","metrics"}')
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(dtypeOption)
    .addOption(tokenizerOption)
    .addHelpText("after", "\nExample:\n  sample eval SmolLM2-135M hellaswag.jsonl book.txt --limit 100")
    .action(async (folder, files, { limit, shots, delimiter, json, ...options }) => {
      const tasks: { name: string; task: Task }[] = [];
      for (const file of files) {
        const task = taskOf(file, await readFile(file, "utf8"), { shots, delimiter });
        tasks.push({ name: task.settings.name ?? basename(file), task });
      }
      const { model, tokenizer } = await openModel(folder, options);
      const progress = new ProgressLine(io);
      const table: string[][] = [];
      for (const { name, task } of tasks) {
        const result = await evaluate(model, tokenizer, task, {
          signal: io.signal,
          ...(limit !== undefined && { limit }),
          onProgress: ({ done, of }) => progress.show(() => `${name}: ${done} of ${of}`),
        });
        progress.clear();
        if (json) await write(io.stdout, `${JSON.stringify({ task: name, ...result })}\n`);
        for (const [metric, value] of Object.entries(result.metrics)) {
          table.push([name, String(result.items), metric, value.toFixed(4)]);
        }
      }
      if (json) return;
      const columns = [
        { title: "task" },
        { title: "items", align: "right" as const },
        { title: "metric" },
        { title: "value", align: "right" as const },
      ];
      for (const line of formatTable(columns, table)) await write(io.stdout, `${line}\n`);
    });

interface Given {
  shots: number | undefined;
  delimiter: string | undefined;
}

function taskOf(file: string, text: string, { shots, delimiter }: Given): Task {
  if (extname(file) !== ".jsonl") return { kind: "perplexity", items: [{ text }], settings: {} };
  const settings = { ...(shots !== undefined && { shots }), ...(delimiter !== undefined && { delimiter }) };
  try {
    return readTask(text, settings);
  } catch (error) {
    if (error instanceof Error) error.message = `${file}: ${error.message}`;
    throw error;
  }
}
