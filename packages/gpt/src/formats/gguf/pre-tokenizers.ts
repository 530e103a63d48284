// llama.cpp's names for how a text is cut into words before its bytes are merged, and the same in tokenizer.json.

type Step = Readonly<Record<string, unknown>>;

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const gpt4 = (digits: string) =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const LLAMA3 = gpt4(String.raw`\p{N}{1,3}`);
const QWEN2 = gpt4(String.raw`\p{N}`);
/** The same cuts in other words that files have. */
const SYNONYMS: Readonly<Record<string, string>> = {
  [String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`]: GPT2,
  [String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`]:
    LLAMA3,
};

const byteLevel = (use_regex: boolean): Step => ({
  type: "ByteLevel",
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const split = (Regex: string): readonly Step[] => [
  { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
  byteLevel(false),
];

/** The steps of each way; of names that mean the same the first is the one written. */
const WAYS: readonly (readonly [names: readonly string[], steps: readonly Step[]])[] = [
  [["gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "roberta-bpe"], [byteLevel(true)]],
  [
    ["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone"],
    [{ type: "Digits", individual_digits: true }, byteLevel(true)],
  ],
  [["llama-bpe", "llama3", "llama-v3", "falcon3", "dbrx", "smaug-bpe"], split(LLAMA3)],
  [["qwen2", "stablelm2", "deepseek-r1-qwen"], split(QWEN2)],
];

/** The pre-tokenizer of tokenizer.json for llama.cpp's name; undefined for a name not known here. */
export function preTokenizerOf(name: string): Step | undefined {
  const steps = WAYS.find(([names]) => names.includes(name))?.[1];
  if (!steps) return undefined;
  return steps.length === 1 ? steps[0] : { type: "Sequence", pretokenizers: steps };
}

/** llama.cpp's name for the pre-tokenizer of a tokenizer.json; undefined where it has none. */
export function preTokenizerName(preTokenizer: unknown): string | undefined {
  const key = keyOf(flattened(preTokenizer));
  return WAYS.find(([, steps]) => keyOf(steps) === key)?.[0][0];
}

/** Steps within steps as one list. */
export function flattened(step: unknown): readonly Step[] {
  if (typeof step !== "object" || step === null) return [];
  const { type, pretokenizers, normalizers, processors } = step as Step;
  if (type !== "Sequence") return [step as Step];
  return [pretokenizers ?? normalizers ?? processors].flat().flatMap(flattened);
}

/** What cuts, in one way for all that cut alike. */
function keyOf(steps: readonly Step[]): string {
  const key = steps.flatMap((step) => {
    if (step["type"] === "ByteLevel") {
      const blank = step["add_prefix_space"] === true ? ["blank"] : [];
      return step["use_regex"] === false ? blank : [...blank, GPT2];
    }
    if (step["type"] === "Split" && step["behavior"] === "Isolated" && step["invert"] !== true) {
      const { Regex } = Object(step["pattern"]) as { Regex?: string };
      const source = String(Regex).replaceAll("\r", "\\r").replaceAll("\n", "\\n");
      return [SYNONYMS[source] ?? source];
    }
    return [JSON.stringify(Object.entries(step).sort())];
  });
  return JSON.stringify(key);
}
