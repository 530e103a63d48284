import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { comparePaired } from "@llm/sample/evaluation";
import { reading } from "./reading.js";
import type { ExamGain, ExamRow } from "./report/data.js";
import type { RunFolder } from "./run-folder.js";
import type { ExamResult } from "./stages/exam.js";

/** A model whose test is shown beside others', and its folder in the run's. */
export interface Examined {
  name: string;
  folder: string;
}

/** What the models of a run could do in the test. */
export async function examRows(folder: RunFolder, models: readonly Examined[]): Promise<ExamRow[]> {
  return Promise.all(
    models.map(async (model) => {
      const { sums, ...rest } = await readExam(folder.file(model.folder));
      return { name: model.name, passAt1: sums.passAt[1]!, greedy: sums.greedy.mean, ...rest };
    }),
  );
}

/** How much more often one model is right than another, by the same sums, for each pair of them. */
export async function examGains(
  folder: RunFolder,
  pairs: readonly (readonly [Examined, Examined])[],
): Promise<ExamGain[]> {
  return Promise.all(
    pairs.map(async ([one, other]) => {
      const [a, b] = [await readExam(folder.file(one.folder)), await readExam(folder.file(other.folder))];
      return { name: one.name, over: other.name, gain: comparePaired(a.sums, b.sums).passAt[1]! };
    }),
  );
}

/** What the model in a folder answered in the test. */
export async function readExam(folder: string): Promise<ExamResult> {
  const path = join(folder, "test.json");
  return reading(path, async () => JSON.parse(await readFile(path, "utf8")) as ExamResult);
}
