// A contestant at work on one model, in a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Turn } from "./contender.js";
import type { Contestant } from "./contestants.js";
import type { Model } from "./model.js";

/** A step that takes longer than this is not waited for. */
const PATIENCE = 120;

export class Entrant {
  readonly name: string;
  /** Of all its steps. */
  readonly seconds: number[] = [];
  readonly losses: number[] = [];
  /** Why it gave up. */
  failure: string | undefined;
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = "";

  constructor({ name, command, environment }: Contestant, model: Model) {
    this.name = name;
    const [program, ...rest] = command(model);
    this.#process = spawn(program!, rest, { env: { ...process.env, ...environment } });
    this.#process.stderr!.on("data", (text) => {
      this.#errors = (this.#errors + text).slice(-20_000);
    });
    this.#process.on("error", (error) => {
      this.failure = error.message;
    });
    this.#process.stdin!.on("error", () => {}); // it has ended, which its output tells as well
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** How long it has trained, in seconds, but for the first step, which may compile. */
  get spent(): number {
    return this.seconds.slice(1).reduce((a, b) => a + b, 0);
  }

  /** Trains for so many seconds, one step at least. */
  async turn(seconds: number): Promise<void> {
    if (this.failure) return;
    const patience = setTimeout(() => {
      this.failure = `no step in ${PATIENCE} s`;
      this.stop();
    }, 1000 * PATIENCE);
    this.#process.stdin!.write(`${seconds}\n`);
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) {
        this.failure ??= /^\w*Error: .*/m.exec(this.#errors)?.[0] ?? "it ended without a word";
        break;
      }
      if (!value.startsWith('{"seconds"')) continue; // a peer's greeting
      const turn = JSON.parse(value.replaceAll("NaN", "null")) as Turn;
      this.seconds.push(...turn.seconds);
      this.losses.push(...turn.losses);
      break;
    }
    clearTimeout(patience);
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }
}
