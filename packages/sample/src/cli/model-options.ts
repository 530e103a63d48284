import { nonEmpty, Option, wholeNumber } from "@llm/platform/command";

/** What the options of this file say. */
export interface ModelOptions {
  threads?: number | undefined;
  engine?: "auto" | "native" | "wasm" | "reference" | undefined;
  dtype?: "float32" | "bfloat16" | "int8" | "int4" | undefined;
  tokenizer?: string | undefined;
}

export const MODEL_FOLDER = "a folder with config.json, weights and a tokenizer, or a GGUF file";

export const threadsOption = new Option("-t, --threads <n>", "threads to compute with").argParser(
  wholeNumber(1, 256),
);
export const engineOption = new Option("--engine <name>", "what computes")
  .choices(["auto", "native", "wasm", "reference"] as const)
  .default("auto" as const);
export const dtypeOption = new Option("--dtype <type>", "what the weights are kept in")
  .choices(["float32", "bfloat16", "int8", "int4"] as const)
  .default("float32" as const);
export const tokenizerOption = new Option(
  "--tokenizer <path>",
  "tokenizer.json or another form; default: the one in the folder",
).argParser(nonEmpty);
