// How several processes stay one run. Before they share anything they meet, and each says how it is: the first meeting
// where one does not go on is the last, so that all end at the same step, and no process waits for one that is gone.
import type { Tensor } from "@llm/tensor";
import { OptionsError, ProcessError } from "../errors.js";
import { hash, hashOfBits } from "../hash.js";
import type { Processes } from "./processes.js";

const GOES_ON = 0;
const LEAVES = 1;
const FAILED = 2;

/** Characters of an error's message that the other processes are told. */
const LONGEST = 2000;

/** The processes of a run, seen from one of them. */
export class Team {
  readonly rank: number;
  readonly world: number;
  readonly #processes: Processes;
  #isOver = false;
  #isBroken = false; // the sums themselves fail

  constructor(processes: Processes) {
    this.#processes = processes;
    this.rank = processes.rank;
    this.world = processes.world;
  }

  /** Whether one of the processes has left: the others end as well. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Replaces each number by its sum over all processes.
   * @returns false, and leaves the numbers alone, when the run is over
   * @throws {ProcessError} with the message of a process that failed
   */
  async sum(...lists: (Float32Array | Float64Array)[]): Promise<boolean> {
    await this.#meet(GOES_ON);
    if (this.#isOver) return false;
    for (const list of lists) await this.#add(list);
    return true;
  }

  /** @throws {ProcessError} when values that must be equal in all processes are not */
  async compareSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const hashes = Object.entries(settings).map(
      ([name, value]) => [name, hash(JSON.stringify(value) ?? "")] as const,
    );
    await this.#compare(hashes, "as the run begins");
  }

  /** @throws {ProcessError} when a tensor differs in any bit */
  async compareTensors(tensors: Iterable<readonly [string, Tensor]>, step: number): Promise<void> {
    const hashes: [string, number][] = [["the number of steps done", step]];
    for (const [name, tensor] of tensors) hashes.push([name, hashOfBits(await tensor.data())]);
    await this.#compare(hashes, `at step ${step}`);
  }

  /**
   * The end of the run in this process: the others hear of it, `save` runs, and all leave when each has come here.
   * @param failure what this process fails with, if it does
   */
  async leave(failure: { error: unknown } | undefined, save: () => Promise<void>): Promise<void> {
    let others: { error: unknown } | undefined;
    try {
      if (!this.#isOver) await this.#meet(failure ? FAILED : LEAVES, failure?.error);
    } catch (error) {
      others = { error };
    }
    try {
      await save();
    } finally {
      await this.#add(new Float64Array(1));
    }
    if (others && !failure) throw others.error;
  }

  async #meet(state: number, own?: unknown): Promise<void> {
    const states = new Float64Array(this.world);
    states[this.rank] = state;
    await this.#add(states);
    this.#isOver = states.some((each) => each !== GOES_ON);
    const failed = states.indexOf(FAILED);
    if (failed < 0) return;
    const letters = new Float64Array(LONGEST);
    if (failed === this.rank) letters.set(Array.from({ length: LONGEST }, codesOf(String(own))));
    await this.#add(letters);
    if (state === FAILED) return;
    const message = String.fromCharCode(...letters.filter((code) => code > 0));
    throw new ProcessError(`process ${failed} of ${this.world} ended the run: ${message}`);
  }

  async #add(numbers: Float32Array | Float64Array): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.#processes.sum(numbers);
    } catch (error) {
      this.#isBroken = this.#isOver = true;
      throw error;
    }
  }

  /** Values are equal where each process holds their mean. */
  async #compare(hashes: readonly (readonly [name: string, hash: number])[], when: string): Promise<void> {
    const isEqual = async (own: readonly number[]) => {
      const sums = Float64Array.from(own);
      if (!(await this.sum(sums))) return -1;
      return sums.findIndex((sum, i) => sum !== own[i]! * this.world);
    };
    const names = hash(hashes.map(([name]) => name).join("\n"));
    if ((await isEqual([names])) >= 0) {
      throw new ProcessError(
        `the processes differ in what they train or are told ${when}: process ${this.rank} of ${this.world} has ${hashes.length} tensors or settings; start all with the same program`,
      );
    }
    const first = await isEqual(hashes.map(([, value]) => value));
    if (first < 0) return;
    throw new ProcessError(
      `${hashes[first]![0]} differs between the ${this.world} processes ${when} (this is process ${this.rank}); give all the same seed, options and checkpoint folder`,
    );
  }
}

/** @returns undefined for one process, which has nobody to agree with. @throws {OptionsError} */
export function teamOf(processes: Processes | undefined): Team | undefined {
  if (!processes) return undefined;
  const { rank, world } = processes;
  const isWhole = Number.isSafeInteger(rank) && Number.isSafeInteger(world);
  if (!(isWhole && rank >= 0 && rank < world)) {
    throw new OptionsError(
      `processes of train has rank ${rank} of world ${world}; it must be 0 to world - 1, both whole numbers`,
    );
  }
  return world > 1 ? new Team(processes) : undefined;
}

function codesOf(text: string): (_: unknown, index: number) => number {
  return (_, index) => text.charCodeAt(index) || 0;
}
