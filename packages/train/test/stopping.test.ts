// Training, evaluation and decoding give the event loop a turn between any two pieces of work, on every engine, so that a
// timer's signal is heard before the next piece begins. On libtensorflow: `npm run test:libtensorflow -w @llm/tensor`.
import { Gpt, type GptConfig } from "@llm/gpt";
import { generate, type LogitsModel, type Tokenizer } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { everyEngine } from "../../tensor/test/engines/every.js";
import { evaluate, tokenArray, train } from "../src/index.js";

const config: GptConfig = { vocabSize: 16, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 16 };
const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i) % 16));
const sizes = { batchSize: 2, blockSize: 8 };

/** How often the event loop has come round. */
let turns = 0;
let next: NodeJS.Immediate;
const turn = () => {
  turns++;
  next = setImmediate(turn);
};

// Whoever asks the clock finds that 25 ms have gone by: a turn of the event loop is due wherever one can be taken.
beforeEach(() => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 25));
  next = setImmediate(turn);
});
afterEach(() => {
  clearImmediate(next);
  vi.restoreAllMocks();
});

/** A log of pieces of work: which turn each began in, and whether the signal was aborted already. */
class Pieces {
  readonly #abort = new AbortController();
  readonly signal = this.#abort.signal;
  readonly began: { turn: number; late: boolean }[] = [];
  #timeout: AbortSignal | undefined;

  begin(): void {
    this.began.push({ turn: turns, late: this.signal.aborted });
    if (this.began.length < 3) return;
    this.#timeout ??= AbortSignal.timeout(10); // not before: the first ones may take long to prepare
    this.#timeout.onabort = () => this.#abort.abort(this.#timeout!.reason);
  }

  /** Each began in a turn of its own, and none after the signal. */
  check(): void {
    expect(this.signal.reason).toHaveProperty("name", "TimeoutError");
    expect(this.began.filter(({ late }) => late)).toEqual([]);
    expect(new Set(this.began.map(({ turn }) => turn)).size).toBe(this.began.length);
  }
}

/** A token is a letter. */
const letters: Tokenizer = {
  vocabSize: 16,
  encode: (text) => Uint32Array.from(text, (letter) => letter.charCodeAt(0) - 97),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(97 + id)).join(""),
  decoder: () => ({ write: (id) => String.fromCharCode(97 + id), end: () => "" }),
};

const engines = { ...(await everyEngine()), auto: () => useEngine("auto") };
describe.each(Object.entries(engines))("engine %s", (_, make) => {
  let model: Gpt;
  beforeAll(async () => {
    await useEngine(await make());
    model = Gpt.create(config, { seed: 1 });
  });

  const watched = (pieces: Pieces) => ({
    parameters: () => model.parameters(),
    loss(...given: Parameters<Gpt["loss"]>) {
      pieces.begin();
      return model.loss(...given);
    },
  });

  test("training stops between two batches of a step", async () => {
    const pieces = new Pieces();
    const plan = { ...sizes, steps: 1, accumulation: 5000, lr: 1e-3, signal: pieces.signal };
    for await (const _ of train(watched(pieces), data, plan)) throw new Error("the step came to its end");
    pieces.check();
  });

  test("evaluation stops between two batches", async () => {
    const pieces = new Pieces();
    const { signal } = pieces;
    const evaluated = evaluate(watched(pieces), data, { ...sizes, batches: 1e9, signal });
    await expect(evaluated).rejects.toHaveProperty("name", "TimeoutError");
    pieces.check();
  });

  test("generation stops between two tokens", async () => {
    const pieces = new Pieces();
    const { signal } = pieces;
    const { vocabSize, blockSize } = model;
    const session: LogitsModel["session"] = (rows) => {
      const made = model.session(rows);
      const step = made.step.bind(made);
      made.step = (...given) => {
        pieces.begin();
        return step(...given);
      };
      return made;
    };
    const on = { vocabSize, blockSize, session };
    const write = async () => {
      for await (const _ of generate(on, letters, "abc", { maxTokens: 1e9, overflow: "slide", signal }));
    };
    await expect(write()).rejects.toHaveProperty("name", "TimeoutError");
    pieces.check();
  });

  test("the event loop has a turn before each block of a prompt", async () => {
    const session = model.session();
    const before = turns;
    await session.step([{ row: 0, ids: [1, 2, 3, 4, 5, 6, 7, 8] }]);
    expect(turns - before).toBeGreaterThanOrEqual(config.nLayer);
    session.dispose();
  });
});
