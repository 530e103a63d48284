import { type Constraint, complete, modelOf, type Tokenizer } from "@llm/sample";
import { choices, jsonSchema, regex } from "@llm/sample/constraints";

// Characters are tokens, and the last one is the end token.
const characters = [...' {}[]":,.-_0123456789abcdefghijklmnopqrstuvwxyz', "<|endoftext|>"];
const endOfText = characters.length - 1;
const tokenizer: Tokenizer = {
  vocabSize: characters.length,
  encode: (text) => Uint32Array.from(text, (character) => characters.indexOf(character)),
  decode: (ids) => Array.from(ids, (id) => characters[id]).join(""),
  decoder: () => ({ write: (id) => characters[id]!, end: () => "" }),
  specialTokens: new Map([["<|endoftext|>", endOfText]]),
};

// A model that knows nothing, but that quotation marks and brackets are somewhat more probable than letters.
const model = modelOf(() => characters.map((character) => (/["}\]]/.test(character) ? 2 : 0)), {
  vocabSize: characters.length,
  blockSize: 1024,
  endOfText,
});
const write = async (constraint: Constraint) =>
  (await complete(model, tokenizer, "a", { constraint, seed: 15 })).text;

console.log(await write(choices(["yes", "no", "maybe"])));
console.log(await write(regex(/(0[1-9]|1[0-2]):[0-5]\d (am|pm)/)));

// What z.toJSONSchema of zod makes of an object, for instance. Properties are written in this order.
const person = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 8 },
    born: { type: "string", format: "date" },
    children: { type: "array", items: { $ref: "#" }, maxItems: 2 },
  },
  required: ["name", "born", "children"],
  additionalProperties: false,
};
console.log(await write(jsonSchema(person, { maxBlanks: 0 })));

// What cannot be kept is refused, by its name and place.
try {
  jsonSchema({ type: "object", properties: { age: { type: "integer", multipleOf: 5 } } });
} catch (error) {
  console.log(String(error));
}

// Output:
// maybe
// 04:36 am
// {"name":"c]8]]u}s","born":"2505-11-22","children":[{"name":"w3},}0}d","born":"0223-06-10","children":[]},{"name":"03a4]i,4","born":"6393-04-11","children":[]}]}
// ConstraintError: #/properties/age: multipleOf is not supported: write enum for few values, or check the value afterwards
