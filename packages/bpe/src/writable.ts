import { stepsOf } from "./normalizer.js";
import type { TokenizerParts } from "./parts.js";

/** With what `toHF` needs for expressions of the user's. */
export async function writable(parts: TokenizerParts): Promise<TokenizerParts> {
  const patterns: unknown[] = [parts, ...stepsOf(parts.normalizer)].map((of) => Object(of).pattern);
  if (!patterns.some((pattern) => pattern instanceof RegExp)) return parts;
  const { expressions } = await import("./expressions.js");
  return { ...parts, writeExpression: expressions.write };
}
