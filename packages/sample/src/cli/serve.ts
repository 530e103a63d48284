import { Command, decimalNumber, type Io, nonEmpty, Option, wholeNumber, write } from "@llm/platform/command";
import { serve } from "../server/serve.js";
import { openModel } from "./model-folder.js";
import { dtypeOption, engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

/** `sample serve`: a model over HTTP. */
export const serveCommand = (io: Io) =>
  new Command("serve")
    .summary("serves a model as OpenAI's API does, with a chat page")
    .argument("<model>", MODEL_FOLDER, nonEmpty)
    .option("--host <address>", "where to listen; 0.0.0.0 for other machines, too", nonEmpty, "127.0.0.1")
    .option("--port <n>", "0 for any that is free", wholeNumber(0, 65_535), 8080)
    .option(
      "--api-key <key>",
      "what clients have to show; also as SAMPLE_API_KEY, which no list of processes has",
      nonEmpty,
    )
    .option("-a, --alias <name>", "what clients call the model; default: the folder's name", nonEmpty)
    .option("--parallel <n>", "texts that are written at a time, at most", wholeNumber(1, 1024), 8)
    .option(
      "--cache-rows <n>",
      "finished texts that are kept for others that begin alike",
      wholeNumber(0, 1024),
      8,
    )
    .option("--queue <n>", "texts that may wait; others are refused", wholeNumber(0, 100_000), 128)
    .option(
      "--timeout <seconds>",
      "how long a client may read nothing of what is written for it, before its text ends",
      decimalNumber(0.001, 2_000_000),
      60,
    )
    .addOption(
      new Option(
        "--cors-origins <origins>",
        "pages from there may ask the server, such as http://localhost:3000; several with commas; * for all",
      ).argParser((text) => text.split(/ *, */)),
    )
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(dtypeOption)
    .addOption(tokenizerOption)
    .addHelpText("after", "\nExample:\n  sample SmolLM2-135M-Instruct serve --port 8080")
    .action(
      async (
        folder,
        { host, port, alias, parallel, cacheRows, queue, timeout, corsOrigins = [], ...options },
      ) => {
        const { name, model, engine, ...how } = await openModel(folder, options);
        const apiKey = options.apiKey ?? io.env["SAMPLE_API_KEY"];
        const { tokenizer, chat, encode, stopIds } = how;
        const server = await serve(model, tokenizer, {
          name: alias ?? name,
          host,
          port,
          encode,
          stopIds,
          ...(apiKey && { apiKey }),
          ...(chat && { chat }),
          maxRows: parallel,
          keptRows: cacheRows,
          maxQueue: queue,
          readTimeout: 1000 * timeout,
          origins: corsOrigins,
          onError: (error) => void write(io.stderr, `sample: ${(error as Error).stack ?? error}\n`),
        });
        await write(io.stderr, `${alias ?? name} (engine ${engine}) at ${server.url}\n`);
        await stopSignal(io.signal);
        await write(io.stderr, "finishing what is under way\n");
        await server.close();
        model.dispose();
        io.signal.throwIfAborted();
      },
    );

/** Resolves when the process is asked to end: by Ctrl-C, or by SIGTERM, after which the exit code is 0. */
function stopSignal(interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGTERM", stop);
      interrupt.removeEventListener("abort", stop);
      resolve();
    };
    process.once("SIGTERM", stop);
    interrupt.addEventListener("abort", stop);
    if (interrupt.aborted) stop();
  });
}
