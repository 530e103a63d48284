import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Gpt } from "@llm/gpt";
import { DemoError } from "./errors.js";

/** Reads what a stage left. What is damaged is named, with the way out; what the system refuses names itself. */
export async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).path) throw cause;
    throw new DemoError(
      `${path} cannot be used: ${(cause as Error).message}\nDelete it and give npm run demo the run's settings again: the stage that made it is done again.`,
      { cause },
    );
  }
}

/** A model of a run, by its folder in the run's. @throws DemoError where it is damaged, or another run's */
export async function openModel(run: string, place: string): Promise<Gpt> {
  const folder = join(run, place);
  return reading(folder, async () => {
    const model = await Gpt.load(folder);
    const [runs, its] = await Promise.all(
      [run, folder].map((where) => readFile(join(where, "tokenizer.json"))),
    );
    if (runs!.equals(its!)) return model;
    model.dispose();
    throw new DemoError("its tokenizer is not the run's, so it is a model of another run.");
  });
}
