import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { comparePaired } from "@llm/sample/evaluation";
import type { ExamRow } from "./report/data.js";
import type { RunFolder } from "./run-folder.js";
import type { ExamResult } from "./stages/exam.js";

/** A model whose test is shown beside others', and its folder in the run's. */
export interface Examined {
  name: string;
  folder: string;
}

/** What the models of a run could do in the test; the first is what the others are compared with. */
export async function examRows(folder: RunFolder, models: readonly Examined[]): Promise<ExamRow[]> {
  const exams = await Promise.all(models.map((model) => readExam(folder.file(model.folder))));
  return exams.map(({ sums, worked, length, unknown }, i) => ({
    name: models[i]!.name,
    passAt1: sums.passAt[1]!,
    greedy: sums.greedy.mean,
    ...{ worked, length, unknown },
    ...(i > 0 && { gain: comparePaired(sums, exams[0]!.sums).passAt[1]! }),
  }));
}

/** What the model in a folder answered in the test. */
export async function readExam(folder: string): Promise<ExamResult> {
  return JSON.parse(await readFile(join(folder, "test.json"), "utf8")) as ExamResult;
}
