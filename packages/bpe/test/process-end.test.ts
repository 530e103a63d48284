import { expect, test } from "vitest";
import { runToEnd } from "../../../.config/process.js";

test.each([
  ["training", ""],
  ["training and encoding a batch", `await tokenizer.encodeBatch(["hello"], { workers: 2 });`],
  [
    "a batch that was given up",
    `await tokenizer
       .encodeBatch(["hello"], { workers: 2, signal: AbortSignal.abort() })
       .catch(({ name }) => console.log(name));`,
  ],
])(
  "a process ends by itself after %s on workers",
  async (_, code) => {
    const printed = await runToEnd(`
    import { train } from "@llm/bpe";
    const tokenizer = await train(["hello hello hello"], { vocabSize: 257, workers: 2 });
    ${code}
    console.log("end");
  `);
    expect(printed.split("\n").at(-2)).toBe("end");
  },
  60_000,
);
