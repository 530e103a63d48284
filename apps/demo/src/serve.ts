import { join } from "node:path";
import type { ChatMessage } from "@llm/bpe";
import { type Io, write } from "@llm/platform/command";
import { serve } from "@llm/sample/node";
import { useEngine } from "@llm/tensor";
import { Assistant, chooseModel } from "./assistant.js";
import type { ServeArguments } from "./commands/arguments.js";
import { DemoError } from "./errors.js";
import { defaults } from "./settings.js";

/** Serves a run's model: a page to talk to it, and OpenAI's API. Ends with Ctrl-C. */
export async function serveRun({ host, port, ...args }: ServeArguments, io: Io): Promise<void> {
  const folder = join(args.runs, args.name);
  const name = chooseModel(folder, args.name, args.model);
  await useEngine("auto");
  const assistant = await Assistant.open(folder, name);
  const { tokenizer, endOfText, endOfAnswer } = assistant.tokens;
  try {
    const server = await serve(assistant.model, tokenizer, {
      ...{ name: `${args.name}-${name}`, host, port },
      encode: (text) => Uint32Array.of(endOfText, ...tokenizer.encodeOrdinary(text)),
      stopIds: [name === "base" ? endOfText : endOfAnswer],
      chat: (messages) => assistant.ask(messages as ChatMessage[], defaults.chatTokens),
      onError: (error) => void write(io.stderr, `demo: ${(error as Error).stack ?? error}\n`),
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      throw new DemoError(
        `Something listens at port ${port} already: give another --port, or 0 for any that is free`,
      );
    });
    await write(io.stdout, `${server.url}\n`);
    await write(
      io.stderr,
      `The ${name} model of ${folder}; open the address in a browser. Ctrl-C ends it.\n`,
    );
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener("abort", () => resolve());
    });
    await server.close();
  } finally {
    assistant.dispose();
  }
}
