import { stat } from "node:fs/promises";
import { Command, type Io, nonEmpty, write } from "@llm/platform/command";
import { formatBytes, formatCount, ProgressLine } from "@llm/platform/terminal";
import { decodeSafetensors, useEngine } from "@llm/tensor";
import { openModelFile } from "#files";
import { ConfigError, WeightsError } from "../errors.js";
import { sizeOf } from "../layout.js";
import { describeFolder, weightFiles } from "../model-folder.js";
import { WeightReader } from "../weight-files.js";
import { folderOf, openStored } from "./stored-model.js";

/** `gpt check`: whether a model is whole and fits itself, every number of it. */
export const checkCommand = (io: Io) =>
  new Command("check")
    .summary("reads every tensor: missing or foreign names, shapes, NaN, settings that are not computed")
    .argument("<model>", "a folder or a file, as for describe", nonEmpty)
    .option("--json", '{"model","faults":[],"tensors","numbers"}')
    .addHelpText(
      "after",
      "\nExample:\n  gpt check SmolLM2-135M && echo whole\n\nThe exit code is 1 where there is a fault.",
    )
    .action(async (path, { json }) => {
      const checking = new Checking(path, io);
      try {
        await checking.run();
      } catch (error) {
        // A fault like any other; what is not about the model is no result.
        if (!(error instanceof WeightsError || error instanceof ConfigError)) throw error;
        checking.faults.push(error.message);
      } finally {
        checking.progress.clear();
      }
      io.signal.throwIfAborted();
      const { faults, tensors, numbers } = checking;
      if (json) await write(io.stdout, `${JSON.stringify({ model: path, faults, tensors, numbers })}\n`);
      else for (const fault of faults) await write(io.stdout, `${fault}\n`);
      if (faults.length > 0) {
        throw new WeightsError(`${path} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}`);
      }
      await write(io.stderr, `${path}: whole, ${tensors} tensors, ${formatCount(numbers)} numbers\n`);
    });

class Checking {
  readonly faults: string[] = [];
  readonly progress: ProgressLine;
  tensors = 0;
  numbers = 0;
  readonly #path: string;
  readonly #folderPath: string;
  readonly #signal: AbortSignal;

  constructor(path: string, io: Io) {
    this.#path = path;
    this.#folderPath = folderOf(path);
    this.#signal = io.signal;
    this.progress = new ProgressLine(io);
  }

  async run(): Promise<void> {
    // A folder is looked at file by file, so that one fault does not hide the others.
    const found = await stat(this.#folderPath).catch(() => null);
    await (found?.isDirectory() ? this.#folder() : this.#file());
  }

  /** A file of another form: its reader compares names and shapes. */
  async #file(): Promise<void> {
    await useEngine("reference");
    const { model } = await (await openStored(this.#path)).load(this.#signal);
    for (const weight of model.parameters())
      this.#numbers(weight.name, (await weight.data()) as Float32Array);
    model.dispose();
  }

  async #folder(): Promise<void> {
    const { config, family } = await describeFolder(this.#folderPath);
    const { all, names, map } = await weightFiles(this.#folderPath);
    const reader = new WeightReader(config, family);
    let fits = true;
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        if (!(error instanceof WeightsError)) throw error;
        this.faults.push(error.message);
        fits = false;
      }
    };
    if (names) attempt(() => reader.check(names.map((name) => ({ name }))));
    for (const file of all) {
      await this.#shard(file, {
        infos: (infos) => {
          attempt(() => (names ? reader.checkShapes(infos) : reader.check(infos)));
          for (const { name } of infos) {
            if (names && map[name] !== file) {
              const where = map[name] === undefined ? "does not name it" : `says that it is in ${map[name]}`;
              this.faults.push(`${file}: it has ${name}, and the index ${where}`);
            }
          }
        },
        wants: (name) => reader.wants(name),
        tensor: (name, data) => {
          this.#numbers(name, data);
          if (fits) attempt(() => void reader.add(name, data as Float32Array));
        },
      });
    }
    if (fits && this.faults.length === 0) attempt(() => reader.end());
  }

  async #shard(
    file: string,
    on: {
      infos(infos: readonly { name: string; shape: readonly number[] }[]): void;
      wants(name: string): boolean;
      tensor(name: string, data: ArrayLike<number>): void;
    },
  ): Promise<void> {
    try {
      const chunks = await openModelFile(this.#folderPath, file);
      const { infos, tensors } = await decodeSafetensors(chunks, { wants: ({ name }) => on.wants(name) });
      on.infos(infos);
      const whole = infos.reduce((total, { bytes }) => total + bytes, 0);
      let read = 0;
      for await (const [name, { data, shape }] of tensors) {
        this.#signal.throwIfAborted();
        on.tensor(name, data);
        read += sizeOf(shape) * data.BYTES_PER_ELEMENT;
        this.progress.show(() => `${file}: ${formatBytes(read)} of ${formatBytes(whole)}`);
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      this.faults.push(`${file}: ${(error as Error).message}`);
    }
  }

  #numbers(name: string, data: ArrayLike<number>): void {
    this.tensors++;
    this.numbers += data.length;
    let wrong = 0;
    for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) wrong++;
    if (wrong > 0) this.faults.push(`${name}: ${wrong} of ${data.length} numbers are NaN or infinite`);
  }
}
