import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { Command, decimalNumber, type Io, nonEmpty, wholeNumber, write } from "@llm/platform/command";
import { type ChatMessage, plainChat } from "../server/chat-prompt.js";
import { Scheduler } from "../serving/scheduler.js";
import { integerFrom, seedOf } from "./integers.js";
import { openModel } from "./model-folder.js";
import { dtypeOption, engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

/** `sample chat`: lines in, answers out. */
export const chatCommand = (io: Io) =>
  new Command("chat")
    .summary("a chat in the terminal: a line is a message")
    .argument("<model>", MODEL_FOLDER, nonEmpty)
    .option("--system-prompt <text>", "what the model is told before the chat", nonEmpty)
    .option("-n, --predict <n>", "tokens of an answer, at most", wholeNumber(1, 1_000_000))
    .option("--temp, --temperature <t>", "0 takes the best token", decimalNumber(0, 100), 0.8)
    .option("--top-k <k>", "draw from the k best tokens; 0 for all", wholeNumber(0, 1_000_000), 40)
    .option("--top-p <p>", "draw from the best tokens that add up to p", decimalNumber(0, 1), 0.95)
    .option("--min-p <p>", "draw from tokens at least so probable beside the best", decimalNumber(0, 1), 0.05)
    .option("-s, --seed <n>", "the same seed, the same answers; -1 for any", integerFrom(-1), -1)
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(dtypeOption)
    .addOption(tokenizerOption)
    .addHelpText("after", "\nExample:\n  sample SmolLM2-135M-Instruct chat --temp 0.7")
    .action(async (folder, { systemPrompt, predict, temperature, topK, topP, minP, ...options }) => {
      const {
        model,
        tokenizer,
        chat = plainChat(model, tokenizer),
        stopIds,
      } = await openModel(folder, options);
      const scheduler = new Scheduler(model, tokenizer, { rows: 1, keptRows: 1, queue: 1, stepIds: 256 });
      const seed = seedOf(options.seed);
      const messages: ChatMessage[] = systemPrompt ? [{ role: "system", content: systemPrompt }] : [];
      const prompt = () => write(io.stderr, io.stderr.isTTY ? "> " : "");
      try {
        await prompt();
        for await (const line of createInterface({ input: Readable.from(io.stdin), signal: io.signal })) {
          if (line.trim() !== "") {
            messages.push({ role: "user", content: line });
            const { ids, stop = [], stopIds: more = [] } = chat(messages, {});
            const job = scheduler.submit([ids], {
              samples: 1,
              seed,
              temperature,
              topK,
              topP,
              minP,
              stop,
              stopIds: [...stopIds, ...more],
              maxTokens: predict ?? Number.POSITIVE_INFINITY,
            });
            let answer = "";
            for await (const { event } of job) {
              io.signal.throwIfAborted();
              answer += event.text;
              await write(io.stdout, event.text);
            }
            await write(io.stdout, "\n");
            messages.push({ role: "assistant", content: answer });
          }
          await prompt();
        }
        io.signal.throwIfAborted();
      } finally {
        await scheduler.stop();
        model.dispose();
      }
    });
