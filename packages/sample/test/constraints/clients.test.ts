import { complete, modelOf } from "@llm/sample";
import { jsonSchema } from "@llm/sample/constraints";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect, test } from "vitest";
import schemas from "../golden/client-schemas.json" with { type: "json" };
import { accepts, tokenizerOf } from "./texts.js";

const tokenizer = tokenizerOf(['{"', '":', '","', '"}', "true", "null"]);
const logits = Float32Array.from({ length: tokenizer.vocabSize }, (_, id) => {
  return /^["}\]]/.test(tokenizer.decode([id])) ? 4 : id < 32 || id > 126 ? -3 : 0;
});
const model = modelOf(() => logits, {
  vocabSize: tokenizer.vocabSize,
  blockSize: 4096,
  endOfText: tokenizer.end,
});

const strict = {
  name: "Ada",
  age: 36,
  score: 9.5,
  email: "ada@example.org",
  when: "2024-02-29T12:00:00.5Z",
  day: "2000-02-29",
  at: "23:59:59.999",
  id: "123e4567-e89b-12d3-a456-426614174000",
  address: "192.168.0.1",
  code: "007",
  label: "é😀abc",
  tags: ["x", "y"],
  kind: "b",
  three: 3,
  note: null,
  maybe: { a: '"' },
  either: { x: false },
  tagged: { type: "square", side: 89 },
  joined: { a: "1", b: "2" },
};
const loose = {
  ...strict,
  optional: "o",
  otherwise: "x",
  pair: ["p", -2147483648],
  record: { "a b": 1e-7, "": 2 },
  marks: { x: true, y: false },
  anything: [{ deep: [null] }],
};
const tree = { value: "v", children: [{ value: "w", children: [] }] };
const examples: Record<keyof typeof schemas, unknown> = {
  zod: loose,
  "zod, draft 7": loose,
  "zod, a tree": tree,
  zodResponseFormat: strict,
  "zodResponseFormat, a tree": tree,
  zodTextFormat: { steps: [{ text: "one" }] },
  "Output.object": loose,
  "Output.object, a tree": tree,
  "Output.array": { elements: [{ name: "n" }] },
  "Output.choice": { result: "rainy" },
};

test.each(Object.entries(examples))("what clients send: %s", async (name, example) => {
  const schema = schemas[name as keyof typeof schemas] as { $schema: string };
  const Validator = schema.$schema.includes("draft-07") ? Ajv : Ajv2020;
  const validator = new Validator({ strict: false });
  formats.default(validator);
  const isValid = validator.compile(schema);
  expect(isValid(example), JSON.stringify(isValid.errors)).toBe(true);

  const constraint = jsonSchema(schema);
  expect(accepts(constraint, JSON.stringify(example))).toBe("whole");
  expect(accepts(constraint, JSON.stringify(example, undefined, 1))).toBe("whole");
  for (let seed = 0; seed < 3; seed++) {
    const { text, finishReason } = await complete(model, tokenizer, "a", {
      constraint,
      seed,
      maxTokens: 4000,
    });
    expect(finishReason).toBe("stop");
    expect(isValid(JSON.parse(text)), `${text}: ${JSON.stringify(isValid.errors)}`).toBe(true);
  }
});
