import { STATISTIC } from "../statistics.js";
import { visible } from "../token-line.js";

/** What an axis of a tensor counts, in words, and the tokens that these are, if any. */
export interface Axis {
  readonly counts: string;
  readonly of?: keyof TokenTexts;
}

/** Tokens as they are written. */
export interface TokenTexts {
  /** Those of the text, position by position. */
  readonly text: readonly string[];
  /** All that the model knows, by their ids. */
  readonly vocabulary: readonly string[];
}

/** The tokens of a pass, and those that its model knows. */
export function textsOf(
  { ids }: { readonly ids: readonly number[] },
  { tokens }: { readonly tokens: readonly string[] },
): TokenTexts {
  return { text: ids.map((id) => tokens[id]!), vocabulary: tokens };
}

const BATCH: Axis = { counts: "text" };
const HEAD: Axis = { counts: "head" };
const POSITION: Axis = { counts: "position", of: "text" };
const TOKEN: Axis = { counts: "token", of: "vocabulary" };
const CHANNEL: Axis = { counts: "channel" };
const INPUT: Axis = { counts: "input" };
const OUTPUT: Axis = { counts: "output" };
/** Of what is one number for each row. */
const ONE: Axis = { counts: "number" };

const LOOK = /\.(scores|capped|masked|weights)$/;

/** The axes of tensors by their names, the layer left out; the first that fits. */
const AXES: readonly (readonly [name: RegExp, axes: readonly Axis[]])[] = [
  [LOOK, [BATCH, HEAD, POSITION, POSITION]],
  [STATISTIC, [BATCH, HEAD, POSITION, ONE]],
  [STATISTIC, [BATCH, POSITION, ONE]],
  [/^attn\.[qkv](_(rotated|norm|embedded))*$/, [BATCH, HEAD, POSITION, CHANNEL]],
  [/^attn\.value_gate(\.raw|\.open)?$/, [BATCH, POSITION, HEAD]],
  [/^attn\.value_gate\.weight$/, [INPUT, HEAD]],
  [/^attn\.rope$/, [POSITION, { counts: "column" }]],
  [/^(logits(\.raw)?|probabilities)$/, [BATCH, POSITION, TOKEN]],
  [/^(wte|lm_head|attn\.value_embedding)\.weight$/, [TOKEN, CHANNEL]],
  [/^lm_head\.bias$/, [TOKEN]],
  // The table has positions that the text may not reach.
  [/^wpe\.weight$/, [{ counts: "position" }, CHANNEL]],
  [/(ln_\w+|_norm)\.(weight|bias)$/, [CHANNEL]],
  [/\.bias$/, [OUTPUT]],
  [/\.weight$/, [INPUT, OUTPUT]],
  [/lambda$/, [{ counts: "number" }]],
];

/** What the axes of a tensor count: its name says it, as two lengths may be equal by chance. */
export function axesOf(tensor: string, rank: number): readonly Axis[] {
  const name = tensor.replace(/^h\.\d+\./, "");
  const found = AXES.find(([pattern, axes]) => axes.length === rank && pattern.test(name))?.[1];
  // All others are activations.
  return found ?? [BATCH, POSITION, CHANNEL].slice(0, rank);
}

/** The token that a place on an axis stands for. */
export function tokenAt({ of }: Axis, at: number, tokens: TokenTexts): string | undefined {
  const token = of && tokens[of][at];
  return token === undefined ? undefined : visible(token);
}

/** A place on an axis, such as `position 3 ("␣is")`. */
export function placeWords(axis: Axis, at: number, tokens: TokenTexts): string {
  const token = tokenAt(axis, at, tokens);
  return `${axis.counts} ${at}${token === undefined ? "" : ` ("${token}")`}`;
}

/** Where a cell is, such as `head 0: "␣trained" (3) looks at "␣model" (1)` or `position 3 ("␣is"), channel 17`. */
export function cellWords(tensor: string, index: readonly number[], tokens: TokenTexts): string {
  if (LOOK.test(tensor)) {
    const [, head, query, key] = index as [number, number, number, number];
    const isBeforeMask = !/(masked|weights)$/.test(tensor);
    return `head ${head}: ${lookWords(query, key, tokens.text, isBeforeMask)}`;
  }
  const axes = axesOf(tensor, index.length);
  return index
    .map((at, axis) => ![BATCH, ONE].includes(axes[axis]!) && placeWords(axes[axis]!, at, tokens))
    .filter(Boolean)
    .join(", ");
}

/** Who looks at whom; a score is there before the mask takes it out. */
export function lookWords(query: number, key: number, text: readonly string[], isBeforeMask = false): string {
  const name = (at: number) => (text[at] === undefined ? `position ${at}` : `"${visible(text[at])}" (${at})`);
  if (key <= query) return `${name(query)} looks at ${name(key)}`;
  return `${name(query)} ${isBeforeMask ? "will" : "does"} not see ${name(key)}: it comes later`;
}
