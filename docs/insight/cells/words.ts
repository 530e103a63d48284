import type { Overview } from "../engine/inside.js";
import { STATISTIC } from "../statistics.js";
import { visible } from "../token-line.js";

/** What an axis of a tensor counts, in words, and the tokens that these are, if any. */
export interface Axis {
  readonly counts: string;
  /** What it counts where several heads of queries share one of keys and values. */
  readonly grouped?: string;
  readonly of?: keyof TokenTexts;
}

/** Tokens as they are written. */
export interface TokenTexts {
  /** Those of the text, position by position. */
  readonly text: readonly string[];
  /** All that the model knows, by their ids. */
  readonly vocabulary: readonly string[];
}

/** What a place in a pass is told by. */
export interface PassTexts extends TokenTexts {
  /** Whether several heads of queries share one of keys and values. */
  readonly isGrouped?: boolean;
}

/** The tokens of a pass, and those that its model knows. */
export function textsOf(
  { ids, attention, pictures }: Pick<Overview, "ids" | "attention" | "pictures">,
  { tokens }: { readonly tokens: readonly string[] },
): PassTexts {
  const isGrouped = pictures["h.0.attn.k"]!.planes < attention[0]!.heads;
  return { text: ids.map((id) => tokens[id]!), vocabulary: tokens, isGrouped };
}

const BATCH: Axis = { counts: "text" };
const HEAD: Axis = { counts: "head" };
const [KEYS, VALUES] = ["key head", "value head"].map((grouped) => ({ ...HEAD, grouped })) as [Axis, Axis];
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
  [/^attn\.k_norm\./, [BATCH, KEYS, POSITION, ONE]],
  [STATISTIC, [BATCH, HEAD, POSITION, ONE]],
  [STATISTIC, [BATCH, POSITION, ONE]],
  [/^attn\.q(_(rotated|norm))*$/, [BATCH, HEAD, POSITION, CHANNEL]],
  [/^attn\.k(_(rotated|norm))*$/, [BATCH, KEYS, POSITION, CHANNEL]],
  [/^attn\.v(_embedded)?$/, [BATCH, VALUES, POSITION, CHANNEL]],
  [/^attn\.value_gate(\.raw|\.open)?$/, [BATCH, POSITION, VALUES]],
  [/^attn\.value_gate\.weight$/, [INPUT, VALUES]],
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

/** What an axis counts in a pass. */
export const countsOf = ({ counts, grouped = counts }: Axis, { isGrouped }: PassTexts) =>
  isGrouped ? grouped : counts;

/** A place on an axis, such as `position 3 ("␣is")`. */
export function placeWords(axis: Axis, at: number, tokens: PassTexts): string {
  const token = tokenAt(axis, at, tokens);
  return `${countsOf(axis, tokens)} ${at}${token === undefined ? "" : ` ("${token}")`}`;
}

/** Where a cell is, such as `head 0: "␣trained" (3) looks at "␣model" (1)` or `position 3 ("␣is"), channel 17`. */
export function cellWords(tensor: string, index: readonly number[], tokens: PassTexts): string {
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
