import { testMistakes } from "../../../.config/mistakes.js";
import {
  complete,
  distribution,
  draw,
  generate,
  InvalidOptionError,
  type LogitsModel,
  loglikelihood,
  modelOf,
  type Tokenizer,
  uniform,
} from "../src/index.js";

const model = {
  vocabSize: 4,
  blockSize: 4,
  session() {
    throw new Error("must not come to this");
  },
} as LogitsModel;
const tokenizer = {
  vocabSize: 4,
  encode: () => Uint32Array.of(1),
  decode: () => "",
} as unknown as Tokenizer;
const generated = (options: object, prompt: unknown = "a", on: unknown = model, by: unknown = tokenizer) =>
  generate(on as LogitsModel, by as Tokenizer, prompt as string, options).next();
const scored = (options: object, context: unknown = "a") =>
  loglikelihood(model, tokenizer, context as string, "b", options);

testMistakes(InvalidOptionError, [
  ["generate", () => generated({ top_p: 0.9 }), 'generate has no option "top_p": did you mean "topP"?'],
  ["generate", () => generated({ maxToken: 9 }), 'did you mean "maxTokens"?'],
  [
    "generate",
    () => generated({ temperature: "0.7" }),
    'temperature of generate is "0.7": it must be a number.',
  ],
  [
    "generate",
    () => generated({ overflow: "slid" }),
    'overflow of generate is "slid": did you mean "slide"?',
  ],
  ["generate", () => generated({ stop: 5 }), "stop of generate is 5: it must be a string or an array."],
  [
    "generate",
    () => generated({ signal: {} }),
    "signal of generate is an object: it must be an AbortSignal.",
  ],
  ["generate", () => generated(5 as unknown as object), "the options of generate are 5"],
  ["generate", () => generated({}, 5), "prompt of generate is 5"],
  ["generate", () => generated({}, "a", "gpt2"), 'model of generate is "gpt2", which has no session()'],
  [
    "generate",
    () => generated({}, "a", model, {}),
    "tokenizer of generate is an object, which has no encode()",
  ],
  [
    "complete",
    () => complete(model, tokenizer, "a", { topp: 1 } as object),
    'complete has no option "topp": did you mean "topP"?',
  ],
  ["distribution", () => distribution([0], { top_k: 3 } as object), 'did you mean "topK"?'],
  ["distribution", () => distribution([0], { topK: "3" } as object), 'topK of distribution is "3"'],
  [
    "distribution",
    () => distribution([0], {}, "abc" as never),
    'history of distribution is "abc": it must be',
  ],
  [
    "distribution",
    () => distribution([0], {}, { prompt: [0] } as never),
    "output in the history of distribution is undefined: it must be a list of numbers.",
  ],
  [
    "distribution",
    () => distribution([0], {}, [], Number.NaN),
    "chance of distribution is NaN: it must be a number from 0 to 1",
  ],
  [
    "draw",
    () => draw({ ids: Uint32Array.of(3), probabilities: Float64Array.of(1) }, 1),
    "u of draw is 1: it must be a number from 0 to 1, and less than 1",
  ],
  [
    "stopIds",
    () => generated({ stopIds: (async function* () {})() }),
    "stopIds comes later: wait for it, and pass a list",
  ],
  ["loglikelihood", () => scored({ signals: undefined, sinal: 3 }), 'did you mean "signal"?'],
  ["loglikelihood", () => scored({ signal: 3 }), "signal of loglikelihood is 3"],
  [
    "loglikelihood",
    () => scored({}, ["a"]),
    "context of loglikelihood is an array of 1: it must be a string.",
  ],
  ["modelOf", () => modelOf(5 as never, { vocabSize: 4, blockSize: 4 }), "next of modelOf is 5"],
  ["modelOf", () => modelOf(() => [], { vocabsize: 4, blockSize: 4 } as never), 'did you mean "vocabSize"?'],
  ["uniform", () => uniform({ seed: 1, pos: 3 } as never), 'uniform has no option "pos"'],
  ["uniform", () => uniform({ seed: 1.5, position: 3 }), "seed of uniform is 1.5"],
  ["uniform", () => uniform({ seed: 1 } as never), "uniform needs the option position"],
]);
