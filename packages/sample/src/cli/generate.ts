import { readFile } from "node:fs/promises";
import { Command, decimalNumber, type Io, Option, repeated, UsageError, write } from "@llm/platform/command";
import { generate } from "../generate.js";
import { integerFrom, seedOf } from "./integers.js";
import { openModel } from "./model-folder.js";
import { dtypeOption, engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

const MAX = Number.MAX_VALUE;
const number = <F extends string>(flags: F, description: string, low: number, high: number, usual: number) =>
  new Option(flags, description).argParser(decimalNumber(low, high)).default(usual);
const integer = <F extends string>(flags: F, description: string, low: number, usual: number) =>
  new Option(flags, description).argParser(integerFrom(low)).default(usual);

/** `sample generate`: writes on from a prompt, with llama.cpp's flags, order of stages and defaults. */
export const generateCommand = (io: Io) =>
  new Command("generate")
    .summary("writes on from a prompt")
    .usage("<model folder> [-p <text>] [options]")
    .description(
      "Writes on from a prompt: the text goes to stdout as it comes. Flags mean what llama.cpp's mean.",
    )
    .argument("<model>", MODEL_FOLDER)
    .option("-p, --prompt <text>", "the prompt; without it and -f it is read from stdin")
    .option("-f, --file <path>", "a file with the prompt")
    .addOption(integer("-n, --predict <n>", "tokens at most; -1 for as many as there is room for", -1, -1))
    .addOption(
      integer("-s, --seed <n>", "equal seeds write equal texts; -1 for any", -Number.MAX_SAFE_INTEGER, 0),
    )
    .addOption(number("--temp, --temperature <t>", "0 takes the best token", 0, MAX, 0.8))
    .addOption(integer("--top-k <k>", "0 for all", 0, 40))
    .addOption(number("--top-p <p>", "1 for all", 0, 1, 0.95))
    .addOption(number("--min-p <p>", "0 for all", 0, 1, 0.05))
    .addOption(number("--typical, --typical-p <p>", "locally typical sampling; 1 for all", 0, 1, 1))
    .addOption(number("--top-nsigma, --top-n-sigma <n>", "0 for all", 0, MAX, 0))
    .addOption(number("--xtc-probability <p>", "how often top choices are excluded", 0, 1, 0))
    .addOption(number("--xtc-threshold <p>", "what is a top choice", 0, 1, 0.1))
    .addOption(number("--repeat-penalty <r>", "1 for none", Number.MIN_VALUE, MAX, 1))
    .addOption(integer("--repeat-last-n <n>", "tokens that penalties look at; -1 for all", -1, 64))
    .addOption(number("--frequency-penalty <a>", "for each time a token is there", -MAX, MAX, 0))
    .addOption(number("--presence-penalty <a>", "for a token that is there", -MAX, MAX, 0))
    .addOption(number("--dry-multiplier <a>", "penalty of repeated sequences; 0 for none", 0, MAX, 0))
    .addOption(number("--dry-base <b>", "how it grows with their length", 1, MAX, 1.75))
    .addOption(integer("--dry-allowed-length <n>", "repetitions that cost nothing", 0, 2))
    .addOption(
      new Option("-r, --reverse-prompt <text>", "the text ends before this; may be given again").argParser(
        repeated,
      ),
    )
    .option("--ignore-eos", "go on behind the model's end token")
    .option("--context-shift", "go on when the model's context is full, without its older half")
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(dtypeOption)
    .addOption(tokenizerOption)
    .addHelpText("after", '\nExample:\n  sample generate SmolLM2-135M -p "The sky is" -n 40 --temp 0')
    .action(async (folder, options) => {
      const prompt = await promptOf(options, io);
      const { model, tokenizer, encode, stopIds, engine } = await openModel(folder, options);
      const ids = encode(prompt);
      const { signal } = io;
      let tokens = 0;
      const start = performance.now();
      let first = start;
      for await (const event of generate(model, tokenizer, ids.length > 0 ? ids : "", {
        chain: "llamacpp",
        maxTokens: options.predict < 0 ? Number.POSITIVE_INFINITY : options.predict,
        seed: seedOf(options.seed),
        temperature: options.temperature,
        topK: options.topK,
        topP: options.topP,
        minP: options.minP,
        typicalP: options.typicalP,
        topNSigma: options.topNSigma,
        xtcProbability: options.xtcProbability,
        xtcThreshold: options.xtcThreshold,
        repetitionPenalty: options.repeatPenalty,
        penaltyWindow: options.repeatLastN < 0 ? Number.POSITIVE_INFINITY : options.repeatLastN,
        frequencyPenalty: options.frequencyPenalty,
        presencePenalty: options.presencePenalty,
        dryMultiplier: options.dryMultiplier,
        dryBase: options.dryBase,
        dryAllowedLength: options.dryAllowedLength,
        stop: options.reversePrompt ?? [],
        stopIds: options.ignoreEos ? [] : stopIds,
        overflow: options.contextShift ? "slide" : "stop",
        signal,
      })) {
        if (tokens++ === 0) first = performance.now();
        await write(io.stdout, event.text);
      }
      const rate = (1000 * (tokens - 1)) / (performance.now() - first);
      const speed = tokens > 1 ? `, ${rate.toFixed(1)} tokens/s` : "";
      await write(
        io.stderr,
        `\n${tokens} tokens${speed}, the first after ${((first - start) / 1000).toFixed(2)} s (${engine})\n`,
      );
    });

async function promptOf(options: { prompt?: string; file?: string }, io: Io): Promise<string> {
  if (options.prompt !== undefined && options.file !== undefined) {
    throw new UsageError("both -p and -f give a prompt: leave one out");
  }
  if (options.prompt !== undefined) return options.prompt;
  if (options.file !== undefined) return readFile(options.file, "utf8");
  const utf8 = new TextDecoder();
  let text = "";
  for await (const part of io.stdin) text += utf8.decode(part, { stream: true });
  return text + utf8.decode();
}
