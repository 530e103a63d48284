import { Command, decimalNumber, type Io, nonEmpty, Option, wholeNumber } from "@llm/platform/command";
import { MODELS } from "../assistant.js";
import { defaults } from "../settings.js";
import type { ChatArguments, SampleArguments, ServeArguments, ViewArguments } from "./arguments.js";
import { nameOption, runsOption, seedOption } from "./options.js";

const modelOption = new Option("--model <model>", "which of the run's models; default: the last").choices(
  MODELS,
);

export const sampleCommand = (sample: (args: SampleArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("sample")
    .summary("let the base model write on")
    .addHelpText("after", '\nExample:\n  npm run demo -- sample "To install" --temperature 0.5')
    .argument("<text>", "what it goes on from")
    .addOption(nameOption)
    .option("--tokens <n>", "how much to write", wholeNumber(1, 100_000), defaults.tokens as number)
    .option(
      "--temperature <t>",
      "0 always takes the likeliest token",
      decimalNumber(0, 100),
      defaults.temperature as number,
    )
    .option(
      "--top-p <p>",
      "only from the likeliest tokens that make up this share",
      decimalNumber(0, 1),
      defaults.topP as number,
    )
    .addOption(seedOption)
    .addOption(runsOption)
    .action((text, options) => sample({ text, ...options }, io));

export const chatCommand = (chat: (args: ChatArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("chat")
    .summary("talk to the assistant in the terminal")
    .addHelpText(
      "after",
      '\nExamples:\n  npm run demo -- chat\n  npm run demo -- chat "What is 47+38?" --model sft',
    )
    .argument("[question]", "answer this one, and end")
    .addOption(nameOption)
    .addOption(modelOption)
    .option("--tokens <n>", "of an answer, at most", wholeNumber(1, 100_000), defaults.chatTokens as number)
    .option(
      "--temperature <t>",
      "0 always takes the likeliest token",
      decimalNumber(0, 100),
      defaults.chatTemperature as number,
    )
    .addOption(seedOption)
    .addOption(runsOption)
    .action((question, { model, ...options }) =>
      chat({ ...options, ...(question !== undefined && { question }), ...(model && { model }) }, io),
    );

export const serveCommand = (serve: (args: ServeArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("serve")
    .summary("talk to the assistant in a browser, or through OpenAI's API")
    .addHelpText("after", "\nExample:\n  npm run demo -- serve --port 8080")
    .addOption(nameOption)
    .addOption(modelOption)
    .option("--host <address>", "where to listen; 0.0.0.0 for other machines, too", nonEmpty, "127.0.0.1")
    .option("--port <n>", "0 for any that is free", wholeNumber(0, 65_535), defaults.port as number)
    .addOption(runsOption)
    .action(({ model, ...options }) => serve(model ? { ...options, model } : options, io));

export const viewCommand = (view: (args: ViewArguments, io: Io) => Promise<void>, io: Io) =>
  new Command("view")
    .summary("look into a run in a browser: its data, tokens, training, network and sampling")
    .addHelpText("after", "\nExample:\n  npm run demo -- view --name demo")
    .addOption(nameOption)
    .option("--port <n>", "0 for any that is free", wholeNumber(0, 65_535), defaults.port as number)
    .addOption(runsOption)
    .action((options) => view(options, io));
