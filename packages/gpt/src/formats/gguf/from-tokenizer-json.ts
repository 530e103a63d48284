import { ConfigError } from "../../errors.js";
import { flattened, preTokenizerName } from "./pre-tokenizers.js";
import { TOKEN_TYPES } from "./token-types.js";
import type { GGUFTokenizer } from "./tokenizer.js";

/** What a vocabulary has to fit. */
interface ModelFacts {
  readonly vocabSize: number;
  readonly endOfText?: number | undefined;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
}

interface TokenizerFile {
  readonly added_tokens?: readonly AddedToken[];
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: unknown;
  readonly post_processor?: unknown;
  readonly model?: {
    readonly type?: string;
    readonly vocab?: Readonly<Record<string, number>>;
    readonly merges?: readonly (string | readonly [string, string])[];
    readonly byte_fallback?: boolean;
    readonly unk_token?: string | null;
  };
}

type Step = Readonly<Record<string, unknown>>;

const refuse = (what: string, way: string) => new ConfigError(`tokenizer.json: ${what}; ${way}`);

/** A tokenizer.json's content in llama.cpp's words. @throws {ConfigError} naming what llama.cpp has no words for */
export function fromTokenizerJson(text: string, facts: ModelFacts): GGUFTokenizer {
  const file = parsed(text);
  const { type, vocab, merges } = file.model ?? {};
  if ((type !== undefined && type !== "BPE") || !vocab || !merges) {
    throw refuse(`model is ${JSON.stringify(type)} ${merges ? "" : "without merges"}`, "BPE is written here");
  }
  const isByteLevel = flattened(file.pre_tokenizer).some((step) => step["type"] === "ByteLevel");
  const pairs = merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  const common = { ...tokensOf(file, facts.vocabSize), ...framing(file, facts) };
  return isByteLevel ? byteLevel(file, pairs, common) : sentencePiece(file, pairs, common);
}

function parsed(text: string): TokenizerFile {
  try {
    const file: unknown = JSON.parse(text);
    if (typeof file === "object" && file !== null) return file;
  } catch (cause) {
    throw new ConfigError("the option tokenizer is no JSON; give the text of a tokenizer.json", { cause });
  }
  throw new ConfigError("the option tokenizer holds no object; give the text of a tokenizer.json");
}

function tokensOf({ model, added_tokens = [] }: TokenizerFile, vocabSize: number) {
  const { normal, unknown, control, user, unused, byte } = TOKEN_TYPES;
  const tokens: string[] = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const types: number[] = Array(vocabSize).fill(unused);
  const put = (token: string, id: number, type: number) => {
    if (!(Number.isSafeInteger(id) && id >= 0 && id < vocabSize)) {
      throw refuse(
        `${JSON.stringify(token)} has the id ${id}, and the model's vocabulary ${vocabSize} rows`,
        "it is the tokenizer of another model, or the model needs resizeVocab",
      );
    }
    tokens[id] = token;
    types[id] = type;
  };
  for (const [token, id] of Object.entries(model!.vocab!)) {
    const isByte = model!.byte_fallback === true && /^<0x[0-9A-F]{2}>$/.test(token);
    put(token, id, token === model!.unk_token ? unknown : isByte ? byte : normal);
  }
  for (const { content, id, special } of added_tokens) {
    if (content !== model!.unk_token) put(content, id, special ? control : user);
  }
  const unknownId = tokens.indexOf(model!.unk_token ?? "\0");
  return { tokens, types, ...(unknownId >= 0 && { unknownId }) };
}

/** The tokens that begin and end texts, as the post-processor adds them; where it adds none, the model's own. */
function framing({ post_processor }: TokenizerFile, { endOfText }: ModelFacts) {
  const template = flattened(post_processor).find((step) => step["type"] === "TemplateProcessing");
  const single = ((template?.["single"] ?? []) as Step[]).map(
    (part) => (part["SpecialToken"] as { id: string } | undefined)?.id,
  );
  const idOf = (name: string | undefined): number | undefined =>
    name === undefined
      ? undefined
      : (template as { special_tokens: Record<string, { ids: number[] }> }).special_tokens[name]?.ids[0];
  const begin = idOf(single[0]);
  const end = single.length > 1 ? idOf(single.at(-1)) : undefined;
  const bosId = begin ?? endOfText ?? end;
  const eosId = endOfText ?? end ?? begin;
  return {
    ...(bosId !== undefined && { bosId }),
    ...(eosId !== undefined && { eosId }),
    addBos: begin !== undefined,
    addEos: end !== undefined,
  };
}

type Common = ReturnType<typeof tokensOf> & ReturnType<typeof framing>;

function byteLevel(file: TokenizerFile, merges: readonly string[], common: Common): GGUFTokenizer {
  const pre = preTokenizerName(file.pre_tokenizer);
  if (pre === undefined) {
    throw refuse(
      `llama.cpp has no name for pre_tokenizer ${JSON.stringify(file.pre_tokenizer)}`,
      "leave the option tokenizer out: tokens are then named by their ids",
    );
  }
  return { model: "gpt2", pre, merges, ...common };
}

const BLANK = "\u2581";

/** Whether a step that cuts text leaves every token whole. */
function cutsNone({ type, pattern, behavior }: Step, tokens: readonly string[]): boolean {
  const { Regex } = Object(pattern) as { Regex?: string };
  if (type !== "Split" || behavior !== "Isolated" || Regex === undefined) return false;
  try {
    const expression = new RegExp(Regex, "gu");
    return tokens.every((token) => (token.match(expression) ?? [token]).join("\0") === token);
  } catch {
    return false; // Oniguruma's words
  }
}

/** SentencePiece's BPE, whose merges llama.cpp derives from scores: better for what is merged earlier. */
function sentencePiece(file: TokenizerFile, merges: readonly string[], common: Common): GGUFTokenizer {
  const normalizers = flattened(file.normalizer);
  const cuts = flattened(file.pre_tokenizer);
  const isMetaspace = cuts.length === 1 && cuts[0]!["type"] === "Metaspace" && cuts[0]!["split"] === false;
  const isBlank = ({ type, content, pattern }: Step) =>
    type === "Replace" && content === BLANK && (pattern as { String?: string }).String === " ";
  const prepends = ({ type, prepend }: Step) => type === "Prepend" && prepend === BLANK;
  // NFC is left to the caller, as llama.cpp does with every vocabulary; and cuts, where no token reaches over one.
  const others = normalizers.filter((step) => !isBlank(step) && !prepends(step) && step["type"] !== "NFC");
  const isPlain = normalizers.some(isBlank) && cuts.every((cut) => cutsNone(cut, common.tokens));
  if (!(isMetaspace || isPlain) || others.length > 0) {
    const fault = others.length > 0 ? others : cuts;
    throw refuse(
      `llama.cpp has no words for ${JSON.stringify(fault)} in a vocabulary of characters`,
      "leave the option tokenizer out: tokens are then named by their ids",
    );
  }
  const scores: number[] = common.tokens.map(() => -merges.length);
  const ids = new Map(common.tokens.map((token, id) => [token, id]));
  for (let rank = merges.length - 1; rank >= 0; rank--) {
    const id = ids.get(merges[rank]!.replace(" ", ""));
    if (id !== undefined) scores[id] = -rank;
  }
  const addSpacePrefix =
    normalizers.some(prepends) || (isMetaspace && cuts[0]!["prepend_scheme"] !== "never");
  return { model: "llama", pre: "default", scores, addSpacePrefix, ...common };
}
