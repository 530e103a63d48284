import { TokenizerFormatError } from "./errors.js";

/** An object of a JSON file. */
export type Json = Record<string, unknown>;

/** @throws TokenizerFormatError naming `what` if `value` is no object. */
export function asObject(value: unknown, what: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new TokenizerFormatError(
    `${what} is ${value === undefined ? "missing" : "not an object"}: this is no tokenizer file.`,
  );
}

/** JSON text, or what it says already. @throws TokenizerFormatError */
export function parseJson(json: unknown, what: string): Json {
  if (typeof json !== "string") return asObject(json, what);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new TokenizerFormatError(`${what} is not JSON: ${(cause as Error).message}.`);
  }
  return asObject(value, what);
}
