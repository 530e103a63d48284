import { beforeAll } from "vitest";
import { testMistakes } from "../../../.config/mistakes.js";
import {
  loadTiktoken,
  OptionsError,
  renderChat,
  splitByTokens,
  Tokenizer,
  TrainingError,
  tokenStatistics,
  train,
  VocabularyError,
} from "../src/index.js";
import { load, loadVocabBpe, save, trainFiles } from "../src/node.js";
import { chatTemplate } from "../src/template.js";

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await train("a text", { vocabSize: 258 });
});
/** What a program without types may pass. */
const wrong = (value: unknown) => value as never;

testMistakes(TrainingError, [
  [
    "train",
    () => train("a", wrong({ vocabsize: 300 })),
    'train has no option "vocabsize": did you mean "vocabSize"?',
  ],
  ["train", () => train("a", wrong({})), "train needs the option vocabSize"],
  ["train", () => train("a", wrong(undefined)), "train needs its options"],
  ["train", () => train("a", wrong({ vocabSize: "300" })), 'vocabSize of train is "300"'],
  ["train", () => train("a", { vocabSize: 300, onMerge: wrong(true) }), "onMerge of train is true"],
  [
    "train",
    () => train("a", { vocabSize: 300, specialTokens: wrong("<s>") }),
    'specialTokens of train is "<s>"',
  ],
  [
    "train",
    () => train(wrong(5), { vocabSize: 300 }),
    "texts of train is 5: it must be a string or an iterable.",
  ],
  ["trainFiles", () => trainFiles("a.txt", wrong({ vocabSize: 300, line: true })), 'did you mean "lines"?'],
  ["trainFiles", () => trainFiles("a.txt", { vocabSize: 300, lines: wrong(1) }), "lines of trainFiles is 1"],
]);

testMistakes(VocabularyError, [
  ["encoding", () => Tokenizer.fromTiktoken("", wrong("cl10k")), 'did you mean "cl100k"?'],
]);

const ranks = "";
testMistakes(OptionsError, [
  ["encode", () => tokenizer.encode(wrong(5)), "text of encode is 5: it must be a string."],
  ["encode", () => tokenizer.encode("a", wrong({ allowedspecial: "all" })), 'did you mean "allowedSpecial"?'],
  ["encode", () => tokenizer.encode("a", wrong(1)), "the options of encode are 1"],
  [
    "encode",
    () => tokenizer.encode("a", { allowedSpecial: "<|endoftext|>" }),
    'allowedSpecial of encode is "<|endoftext|>": it must be "all" or a list of tokens, such as ["<|endoftext|>"].',
  ],
  ["encodeOrdinary", () => tokenizer.encodeOrdinary(wrong(["a"])), "text of encodeOrdinary is an array of 1"],
  ["encodeInto", () => tokenizer.encodeInto(wrong(null), new Uint32Array(4)), "text of encodeInto is null"],
  [
    "encodeInto",
    () => tokenizer.encodeInto("a", new Uint32Array(4), 0, wrong({ allowSpecial: [] })),
    "did you mean",
  ],
  [
    "encodeWithOffsets",
    () => tokenizer.encodeWithOffsets(wrong(undefined)),
    "is undefined: it must be a string.",
  ],
  [
    "encodeWithOffsets",
    () => tokenizer.encodeWithOffsets("a", wrong({ disallowed: [] })),
    "it takes allowedSpecial",
  ],
  [
    "encodeBatch",
    () => tokenizer.encodeBatch(wrong("hello")),
    'texts of encodeBatch is "hello": it must be an iterable.',
  ],
  ["encodeBatch", () => tokenizer.encodeBatch(["a", wrong(7)]), "text of encodeBatch is 7"],
  ["encodeBatch", () => tokenizer.encodeBatch(["a", wrong(7)], { workers: 1 }), "text of encodeBatch is 7"],
  ["encodeBatch", () => tokenizer.encodeBatch(["a"], wrong({ worker: 2 })), 'did you mean "workers"?'],
  ["count", () => tokenizer.count(wrong(5)), "text of count is 5"],
  ["count", () => tokenizer.count("a", wrong({ limits: 5 })), 'did you mean "limit"?'],
  ["split", () => tokenizer.split(wrong(5)), "text of split is 5"],
  ["trace", () => tokenizer.trace(wrong(5)), "piece of trace is 5"],
  ["decode", () => tokenizer.decode(wrong(5)), "ids of decode is 5: it must be a list of numbers."],
  ["decode", () => tokenizer.decode(wrong("5")), 'ids of decode is "5"'],
  ["fromTiktoken", () => Tokenizer.fromTiktoken(ranks, wrong({ patern: "gpt2" })), 'did you mean "pattern"?'],
  ["fromTiktoken", () => Tokenizer.fromTiktoken(ranks, wrong({})), "fromTiktoken needs the option pattern"],
  ["fromTiktoken", () => Tokenizer.fromTiktoken(ranks, { pattern: wrong("gpt-2") }), 'did you mean "gpt2"?'],
  [
    "fromVocabBpe",
    () => Tokenizer.fromVocabBpe({}, "", wrong({ special_tokens: [] })),
    'did you mean "specialTokens"?',
  ],
  [
    "fromVocabBpe",
    () => Tokenizer.fromVocabBpe({}, "", { pattern: wrong("gpt3") }),
    'pattern of fromVocabBpe is "gpt3"',
  ],
  ["loadTiktoken", () => loadTiktoken(wrong(5), "gpt2"), "source of loadTiktoken is 5"],
  ["loadTiktoken", () => loadTiktoken("a", "gpt2", wrong({ sginal: 1 })), 'did you mean "signal"?'],
  ["splitByTokens", () => splitByTokens(tokenizer, "a", wrong({ budgets: 5 })), 'did you mean "budget"?'],
  ["splitByTokens", () => splitByTokens(tokenizer, "a", wrong({})), "splitByTokens needs the option budget"],
  [
    "splitByTokens",
    () => splitByTokens(tokenizer, wrong(["a"]), { budget: 5 }),
    "text of splitByTokens is an array",
  ],
  [
    "tokenStatistics",
    () => tokenStatistics(tokenizer, "a", wrong({ mostfrequent: 5 })),
    'did you mean "mostFrequent"?',
  ],
  ["tokenStatistics", () => tokenStatistics(tokenizer, wrong(5)), "texts of tokenStatistics is 5"],
  ["renderChat", () => renderChat(tokenizer, [], wrong({ completions: true })), 'did you mean "completion"?'],
  [
    "renderChat",
    () => renderChat(tokenizer, [], wrong({ maxTokens: "9" })),
    'maxTokens of renderChat is "9"',
  ],
  ["renderChat", () => renderChat(tokenizer, wrong("hello")), 'messages of renderChat is "hello"'],
  ["chatTemplate", () => chatTemplate("", wrong({ bos_token: "<s>" })), 'did you mean "bosToken"?'],
  ["chatTemplate", () => chatTemplate(wrong({})), "source of chatTemplate is an object"],
  [
    "render",
    () => chatTemplate("").render([], wrong({ add_generation_prompt: true })),
    'did you mean "addGenerationPrompt"?',
  ],
  ["render", () => chatTemplate("").render(wrong("hello")), 'messages of render is "hello"'],
  ["encode", () => chatTemplate("").encode(tokenizer, [], wrong({ tool: [] })), 'did you mean "tools"?'],
  [
    "encode",
    () => chatTemplate("").encode(tokenizer, [], { tools: wrong("weather") }),
    'tools of encode is "weather"',
  ],
  ["save", () => save(tokenizer, "nowhere", wrong({ fromat: "hf" })), 'did you mean "format"?'],
  ["save", () => save(tokenizer, "nowhere", { format: wrong("tiktokens") }), 'did you mean "tiktoken"?'],
  ["load", () => load("nowhere", wrong({ special: {} })), "it takes pattern, specialTokens, normalizer"],
  ["load", () => load(wrong(5)), "path of load is 5"],
  ["loadVocabBpe", () => loadVocabBpe("a", "b", wrong({ patterns: "gpt2" })), 'did you mean "pattern"?'],
  [
    "loadVocabBpe",
    () => loadVocabBpe("a", "b", { normalizer: "NFC", pattern: wrong(5) }),
    "pattern of loadVocabBpe is 5",
  ],
]);
