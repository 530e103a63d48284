import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ChatMessage } from "@llm/bpe";
import { type Io, write } from "@llm/platform/command";
import { generate } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { Assistant, chooseModel, MODELS, type ModelName, modelsOf } from "./assistant.js";
import type { ChatArguments } from "./commands/arguments.js";
import { withWayOut } from "./errors.js";

const HELP = `/model base|sft|rl   talk to another model of the run
/temperature <t>     0 for the likeliest answer, 1 for the model's own spread
/seed <n>            another seed, another answer (above temperature 0)
/new                 forget what was said
/exit                or Ctrl-D
`;

/** A chat in the terminal: answers on stdout as they come, all else on stderr. */
export async function chat(args: ChatArguments, io: Io): Promise<void> {
  const folder = join(args.runs, args.name);
  const model = chooseModel(folder, args.name, args.model);
  await useEngine("auto");
  const talk = new Talk(folder, await Assistant.open(folder, model), args, io);
  try {
    if (args.question !== undefined) return await talk.answer(args.question);
    await write(io.stderr, `The ${model} model of ${folder}. /help lists what there is beside asking.\n`);
    const prompt = () => write(io.stderr, io.stderr.isTTY ? "> " : "");
    await prompt();
    for await (const line of createInterface({ input: Readable.from(io.stdin), signal: io.signal })) {
      const text = line.trim();
      if (text === "/exit") break;
      if (text.startsWith("/")) await write(io.stderr, `${await talk.command(text)}\n`);
      else if (text !== "") await talk.answer(text);
      await prompt();
    }
    io.signal.throwIfAborted();
  } catch (error) {
    throw withWayOut(error);
  } finally {
    talk.dispose();
  }
}

/** One chat: what was said, to which model, and how it answers. */
class Talk {
  readonly #folder: string;
  #assistant: Assistant;
  readonly #io: Io;
  readonly #tokens: number;
  #temperature: number;
  #seed: number;
  #messages: ChatMessage[] = [];

  constructor(folder: string, assistant: Assistant, { tokens, temperature, seed }: ChatArguments, io: Io) {
    this.#folder = folder;
    this.#assistant = assistant;
    this.#io = io;
    this.#tokens = tokens;
    this.#temperature = temperature;
    this.#seed = seed;
  }

  /** Answers a message, token by token. */
  async answer(text: string): Promise<void> {
    const { stdout, signal } = this.#io;
    const { model, tokens } = this.#assistant;
    this.#messages.push({ role: "user", content: text });
    const { ids, stopIds } = this.#assistant.ask(this.#messages, this.#tokens);
    const options = {
      temperature: this.#temperature,
      seed: this.#seed,
      maxTokens: this.#tokens,
      stopIds,
      signal,
    };
    let answer = "";
    for await (const event of generate(model, tokens.tokenizer, ids, { ...options, overflow: "slide" })) {
      answer += event.text;
      await write(stdout, event.text);
    }
    await write(stdout, "\n");
    this.#messages.push({ role: "assistant", content: answer || "…" });
  }

  /** Does what a line that begins with "/" asks for, and answers what to say of it. */
  async command(line: string): Promise<string> {
    const [name, value = ""] = line.split(/\s+/, 2);
    switch (name) {
      case "/model": {
        const there = modelsOf(this.#folder);
        if (!there.includes(value as ModelName)) {
          const missing = MODELS.includes(value as ModelName) ? `The run has no ${value} model yet. ` : "";
          return `${missing}/model ${there.join(", /model ")}`;
        }
        const next = await Assistant.open(this.#folder, value as ModelName);
        this.#assistant.dispose();
        this.#assistant = next;
        this.#messages = [];
        return `Now the ${value} model, which has heard nothing yet.`;
      }
      case "/temperature": {
        const temperature = Number(value);
        if (value === "" || !(temperature >= 0 && temperature <= 100))
          return "/temperature takes a number from 0 to 100";
        this.#temperature = temperature;
        return `Temperature ${temperature}.`;
      }
      case "/seed": {
        if (!/^\d{1,10}$/.test(value)) return "/seed takes a whole number";
        this.#seed = Number(value);
        return `Seed ${value}.`;
      }
      case "/new":
        this.#messages = [];
        return "All is forgotten.";
      case "/help":
        return HELP.trimEnd();
      default:
        return `There is no ${name}.\n${HELP.trimEnd()}`;
    }
  }

  dispose(): void {
    this.#assistant.dispose();
  }
}
