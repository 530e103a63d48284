import type { Kinds } from "@llm/platform/options";
import type { RenderChat } from "./chat-prompt.js";

/** Options of `serve`. */
export interface ServeOptions {
  /** What clients call the model. Default "model". */
  name?: string;
  /** Where to listen: by default 127.0.0.1, which other machines cannot reach. */
  host?: string;
  /** Default 8080; 0 for any that is free. */
  port?: number;
  /** What clients have to show as `Authorization: Bearer ..`. Default none: everyone is served who reaches the server. */
  apiKey?: string;
  /** Origins of pages elsewhere whose scripts may ask the server, such as `"https://chat.example"`; "*" for all. Default none. */
  origins?: Iterable<string>;
  /** The model's form of chat. Default: plain text, with "User: " and "Assistant: ". */
  chat?: RenderChat;
  /** How the text of a prompt becomes ids. Default: the tokenizer's `encodeOrdinary`. */
  encode?: (text: string) => ArrayLike<number>;
  /** Ids that end a text. By default the model's own end token. */
  stopIds?: Iterable<number>;
  /** Texts that are written at a time, at most. Default 8. */
  maxRows?: number;
  /** Rows of finished texts that are kept, so that a text which begins alike is read from there. Default 8. */
  keptRows?: number;
  /** Texts that may wait for a row: further ones are refused with 429. Default 128. */
  maxQueue?: number;
  /** Ids that the model reads in a step: every text that is being written has one, and a prompt the rest. Default 256. */
  stepIds?: number;
  /**
   * Milliseconds that a client may read nothing while 64 tokens wait for it: its texts then end with an error, and their rows are
   * free. Default 60,000; Infinity for any time.
   */
  readTimeout?: number;
  /** How large the body of a request may be. Default 4 MiB. */
  maxBodyBytes?: number;
  /** Called with each error that a client is told nothing of. Default: it is written to stderr. */
  onError?: (error: unknown) => void;
}

/** The kinds of {@link ServeOptions}. */
export const SERVE: Kinds<ServeOptions> = {
  name: "string",
  host: "string",
  port: "natural",
  apiKey: "string",
  origins: "iterable",
  chat: "function",
  encode: "function",
  stopIds: "iterable",
  maxRows: "count",
  keptRows: "natural",
  maxQueue: "natural",
  stepIds: "count",
  readTimeout: "number",
  maxBodyBytes: "count",
  onError: "function",
};
