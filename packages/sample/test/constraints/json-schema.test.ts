import { complete, modelOf } from "@llm/sample";
import { jsonSchema } from "@llm/sample/constraints";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { type Made, SchemaGenerator } from "./schema-generator.js";
import { accepts, tokenizerOf } from "./texts.js";

const validator = new Ajv({ strict: false });
formats.default(validator);

/** Words that go across the tokens of JSON. */
const words = [
  '{"',
  '":',
  '": "',
  '", "',
  '"}',
  '"},{"',
  '":[',
  "]}",
  "}}",
  ',"',
  "null",
  "true",
  "12",
  "0.",
  "ab",
  "é",
  "\\u",
  "  ",
];
const tokenizer = tokenizerOf(words);
/** A model that likes to end strings, lists and texts, and finds letters more probable than other bytes. */
const logits = Float32Array.from({ length: tokenizer.vocabSize }, (_, id) => {
  if (id >= 256) return id === tokenizer.end ? 3 : 1;
  const character = String.fromCharCode(id);
  if (/["}\]]/.test(character)) return 4;
  return /[ -~]/.test(character) ? 0 : -2.5;
});
const model = modelOf(() => logits, {
  vocabSize: tokenizer.vocabSize,
  blockSize: 1024,
  endOfText: tokenizer.end,
});

/** Texts that differ from one by a value that was put in another's place. */
function changed(value: unknown): string[] {
  const text = JSON.stringify(value);
  const swaps: [RegExp, string][] = [
    [/\d+/, "-1"],
    [/\d+/, "99999"],
    [/true|null/, "false"],
    [/"[^"\\]*"(?!:)/, '"\u0000"'],
    [/"[^"\\]*"(?!:)/, '"abcdefghijklmnopqrstuvwxyz"'],
    [/"[^"\\]*"(?=:)/, '"other"'],
    [/,"[^"\\]*":[^,{}[\]]*/, ""],
    [/\]$/, ",null]"],
    [/\}$/, ',"extra":{}}'],
    [/\[/, "[[],"],
  ];
  return swaps
    .map(([from, to]) => text.replace(from, to.replace("\u0000", "\\u0000")))
    .filter((each) => each !== text);
}

const ROUNDS = 30;
const corpus = Array.from({ length: ROUNDS }, (_, round) => {
  const generator = new SchemaGenerator(round);
  return Array.from({ length: 10 }, () => generator.root());
});

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

let finished = 0;

async function check({ schema, value }: Made, seed: number): Promise<void> {
  const isValid = validator.compile(schema);
  const constraint = jsonSchema(schema);
  for (let row = 0; row < 3; row++) {
    const options = { constraint, seed, row, maxTokens: 300 };
    const { text, finishReason } = await complete(model, tokenizer, "a", options);
    if (finishReason !== "stop") continue;
    finished++;
    expect(isValid(JSON.parse(text)), `${text} of ${JSON.stringify(schema)}`).toBe(true);
  }
  for (let i = 0; i < 4; i++) {
    const example = value();
    const text = JSON.stringify(example);
    const about = `${text} of ${JSON.stringify(schema)}`;
    expect(isValid(example), about).toBe(true);
    expect(accepts(constraint, text), about).toBe("whole");
    for (const other of changed(example)) {
      if (accepts(constraint, other) !== "whole") continue;
      const parsed = parse(other);
      expect(parsed && isValid(parsed.value), `${other} of ${JSON.stringify(schema)}`).toBe(true);
    }
  }
}

describe("random completions are valid, and valid values are accepted", () => {
  test.each(corpus.map((all, round) => [round, all] as const))("schemas of seed %i", async (round, all) => {
    for (const made of all) await check(made, round);
  });

  test("most completions came to an end", () => {
    expect(finished).toBeGreaterThan(0.9 * 3 * corpus.flat().length);
  });
});
