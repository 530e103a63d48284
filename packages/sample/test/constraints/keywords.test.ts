import { ConstraintError, jsonSchema } from "@llm/sample/constraints";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { accepts } from "./texts.js";

/** What is whole of these texts. */
function whole(schema: object | boolean, texts: readonly string[], maxBlanks = 8): string[] {
  const constraint = jsonSchema(schema as object, { maxBlanks });
  return texts.filter((text) => accepts(constraint, text) === "whole");
}

const closed = { additionalProperties: false };

describe("what a keyword lets through", () => {
  test.each<[string, object | boolean, string[], string[]]>([
    ["type", { type: "integer" }, ["0", "-12", "-0"], ["1.0", "01", "+1", "1e2", "true", '"1"', ""]],
    [
      "number",
      { type: "number" },
      ["0.5", "-1e-7", "1E+21", "1.7976931348623157e+308"],
      [".5", "1.", "1e309", "1.8e308", "NaN"],
    ],
    ["a list of types", { type: ["string", "null"] }, ['""', "null"], ["0"]],
    ["integer beside number", { type: ["integer", "number"] }, ["1", "1.5"], []],
    ["true", true, ["[1]", '{"a":null}', "false"], ["[1,]", "{a:1}"]],
    [
      "minLength in code points",
      { type: "string", minLength: 2, maxLength: 2 },
      ['"😀é"', '"\\n\\u0001"', '"ab"'],
      ['"😀"', '"abc"', '"\\n"'],
    ],
    [
      "strings are escaped where they must be",
      { type: "string" },
      ['"\\""', '"\\\\"', '"\u007f"'],
      ['"a\nb"', '"\\x"', '"\\ud800"', '"""', '"\\u0041"'],
    ],
    [
      "pattern, anywhere in the text",
      { type: "string", pattern: "a|b" },
      ['"xay"', '"b"', '"\\nb"'],
      ['"xy"'],
    ],
    [
      "pattern with what JSON escapes",
      { type: "string", pattern: '^["\\\\\\n]$' },
      ['"\\""', '"\\\\"', '"\\n"'],
      ['"""', '"\\u000a"', '"n"'],
    ],
    ["pattern and maxLength", { type: "string", pattern: "^a+$", maxLength: 3 }, ['"aaa"'], ['"aaaa"']],
    [
      "format and pattern",
      { type: "string", format: "date", pattern: "^2" },
      ['"2024-02-29"'],
      ['"1999-01-01"', '"2023-02-29"'],
    ],
    [
      "two patterns",
      { allOf: [{ type: "string", pattern: "a" }, { pattern: "^.b" }] },
      ['"ab"', '"bba"'],
      ['"ba"', '"bb"'],
    ],
    [
      "a lookahead, as zod's older e-mail has",
      {
        type: "string",
        format: "email",
        pattern:
          "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
      },
      ['"a.b@c.de"'],
      ['"a..b@c.de"', '".a@c.de"', '"a@c"'],
    ],
    ["format of what is no string", { format: "date" }, ["1", '"2024-01-31"'], ['"x"']],
    [
      "integer bounds",
      { type: "integer", minimum: 3, maximum: 117 },
      ["3", "9", "10", "99", "100", "117"],
      ["2", "118", "-5", "1000", "03"],
    ],
    [
      "bounds below zero",
      { type: "integer", exclusiveMinimum: -12, maximum: -3 },
      ["-11", "-3"],
      ["-12", "-2", "3", "0"],
    ],
    ["bounds of halves", { type: "integer", minimum: 1.5, exclusiveMaximum: 4 }, ["2", "3"], ["1", "4"]],
    [
      "number bounds",
      { type: "number", minimum: -0.25, exclusiveMaximum: 1.5 },
      ["-0.25", "0", "1.49", "-0.1", "1.0"],
      ["1.5", "-0.26", "2", "1.50"],
    ],
    ["above zero", { type: "number", exclusiveMinimum: 0 }, ["0.001", "12"], ["0", "0.0", "-1"]],
    [
      "a bound that digits could round to",
      { type: "number", exclusiveMaximum: 0.3, minimum: 0.1 },
      ["0.1", "0.29999999999999993"],
      ["0.3", "0.29999999999999999"],
    ],
    [
      "enum and type",
      { enum: [1, "1", null, 1.5, [2, "a"]], type: ["integer", "array"] },
      ["1", '[2,"a"]', '[ 2 , "a" ]'],
      ['"1"', "null", "1.5"],
    ],
    ["enum and minLength", { enum: ["a", "abc"], minLength: 2 }, ['"abc"'], ['"a"']],
    [
      "const",
      { const: { b: [], a: "é" } },
      ['{"b":[],"a":"é"}', '{ "b": [ ], "a": "é" }'],
      ['{"a":"é","b":[]}'],
    ],
    [
      "properties in order",
      { type: "object", properties: { b: { const: 1 }, a: { const: 2 } }, ...closed },
      ["{}", '{"b":1}', '{"a":2}', '{"b":1,"a":2}'],
      ['{"a":2,"b":1}', '{"c":1}', '{"b":1,"b":1}', '{"b":1,}', "{,}"],
    ],
    [
      "required",
      { type: "object", properties: { a: { const: 1 }, b: { const: 2 } }, required: ["b"], ...closed },
      ['{"b":2}', '{"a":1,"b":2}'],
      ["{}", '{"a":1}'],
    ],
    [
      "required without properties",
      { type: "object", required: ["z"] },
      ['{"z":1}', '{"z":1,"y":2}'],
      ["{}", '{"y":1}'],
    ],
    [
      "other properties",
      { type: "object", properties: { a: { const: 1 } } },
      ['{"a":1,"ab":[2]}', '{"x":{}}', '{"":0}'],
      ['{"a":2}', '{"x":1,"a":2}', '{"\\u0061":2}'],
    ],
    [
      "additionalProperties",
      { type: "object", additionalProperties: { type: "null" } },
      ['{"x":null}', "{}"],
      ['{"x":1}'],
    ],
    [
      "propertyNames",
      { type: "object", propertyNames: { pattern: "^a", maxLength: 2 } },
      ['{"a":1,"ab":2}'],
      ['{"b":1}', '{"abc":1}'],
    ],
    [
      "propertyNames of an enum",
      {
        type: "object",
        propertyNames: { type: "string", enum: ["x", "y"] },
        additionalProperties: { type: "null" },
        required: ["x"],
      },
      ['{"x":null}', '{"x":null,"y":null}'],
      ['{"y":null}', '{"x":null,"z":null}'],
    ],
    [
      "items",
      { type: "array", items: { const: 1 }, minItems: 1, maxItems: 2 },
      ["[1]", "[1,1]"],
      ["[]", "[1,1,1]", "[2]", "[1,]"],
    ],
    [
      "prefixItems",
      { type: "array", prefixItems: [{ const: 1 }, { const: 2 }], items: { const: 3 } },
      ["[]", "[1]", "[1,2]", "[1,2,3,3]"],
      ["[2]", "[1,3]"],
    ],
    [
      "no items behind the prefix",
      { type: "array", prefixItems: [{ const: 1 }, { const: 2 }], items: false, minItems: 2 },
      ["[1,2]"],
      ["[1]", "[1,2,3]"],
    ],
    [
      "a list of items, as draft 7 has it",
      { type: "array", items: [{ const: 1 }], additionalItems: { const: 2 } },
      ["[1]", "[1,2,2]"],
      ["[2]", "[1,1]"],
    ],
    [
      "maxItems within the prefix",
      { type: "array", prefixItems: [{ const: 1 }, { const: 2 }], maxItems: 1 },
      ["[]", "[1]"],
      ["[1,2]"],
    ],
    [
      "anyOf",
      { anyOf: [{ type: "string" }, { type: "string", minLength: 3 }, { const: 1 }] },
      ['"a"', "1"],
      ["2"],
    ],
    [
      "anyOf beside properties",
      {
        type: "object",
        properties: { a: { const: 1 }, b: { const: 2 } },
        ...closed,
        anyOf: [{ required: ["a"] }, { required: ["b"] }],
      },
      ['{"a":1}', '{"b":2}', '{"a":1,"b":2}'],
      ["{}"],
    ],
    ["oneOf of other types", { oneOf: [{ type: "string" }, { type: "integer" }] }, ['"a"', "1"], ["null"]],
    [
      "allOf",
      {
        allOf: [
          { type: "object", properties: { a: { minimum: 1 } }, required: ["a"] },
          { properties: { a: { type: "integer", maximum: 3 } } },
        ],
        additionalProperties: { const: 1 },
      },
      [],
      ['{"a":0}', '{"a":4}', "{}"],
    ],
    [
      "$ref beside other keywords",
      { $defs: { s: { type: "string" } }, $ref: "#/$defs/s", minLength: 1 },
      ['"a"'],
      ['""', "1"],
    ],
    ["$ref to the whole", { type: "array", items: { $ref: "#" } }, ["[]", "[[],[[]]]"], ["[1]"]],
    [
      "$ref with an escaped pointer",
      { $defs: { "a/b~c": { const: 1 } }, $ref: "#/$defs/a~1b~0c" },
      ["1"],
      ["2"],
    ],
    [
      "recursion with a way out",
      {
        $ref: "#/$defs/n",
        $defs: {
          n: {
            type: "object",
            properties: { n: { anyOf: [{ $ref: "#/$defs/n" }, { type: "null" }] } },
            required: ["n"],
            ...closed,
          },
        },
      },
      ['{"n":null}', '{"n":{"n":null}}'],
      ["{}", "null"],
    ],
    [
      "a property that cannot be",
      { type: "object", properties: { a: false, b: { const: 1 } }, ...closed },
      ["{}", '{"b":1}'],
      ['{"a":1}', '{"a":1,"b":1}'],
    ],
    [
      "annotations",
      {
        title: "t",
        description: "d",
        default: 1,
        examples: [1],
        deprecated: true,
        $schema: "x",
        $comment: "c",
        type: "null",
      },
      ["null"],
      ["1"],
    ],
  ])("%s", (_, schema, valid, invalid) => {
    expect(whole(schema, [...valid, ...invalid])).toEqual(valid);
  });
});

test("at most eight blanks stand between two tokens, none before and after the text", () => {
  const schema = {
    type: "object",
    properties: { a: { type: "array", items: { const: 1 } } },
    required: ["a"],
    ...closed,
  };
  const eight = " \n\t\r    ";
  const texts = [
    '{"a":[1,1]}',
    `{${eight}"a"${eight}:${eight}[${eight}1${eight},${eight}1${eight}]${eight}}`,
  ];
  expect(whole(schema, [...texts, `{${eight} "a":[]}`, ' {"a":[]}', '{"a":[]} '])).toEqual(texts);
  expect(whole(schema, texts, 0)).toEqual(texts.slice(0, 1));
});

describe("what is not supported is refused by its name and place", () => {
  test.each<[string, string, object]>([
    [
      "multipleOf",
      "#/properties/a",
      { type: "object", properties: { a: { type: "integer", multipleOf: 5 } } },
    ],
    ["uniqueItems", "#", { type: "array", uniqueItems: true }],
    ["not", "#/items", { type: "array", items: { not: {} } }],
    ["if", "#", { if: {} }],
    ["patternProperties", "#", { type: "object", patternProperties: { a: {} } }],
    ["minProperties", "#", { type: "object", minProperties: 1 }],
    ["dependentRequired", "#/anyOf/1", { anyOf: [{}, { dependentRequired: {} }] }],
    ["contains", "#/prefixItems/0", { prefixItems: [{ contains: {} }] }],
    [
      "unevaluatedProperties",
      "#/$defs/a",
      { $ref: "#/$defs/a", $defs: { a: { unevaluatedProperties: false } } },
    ],
    ["contentEncoding", "#/additionalProperties", { additionalProperties: { contentEncoding: "base64" } }],
    ["maxlength", "#", { type: "string", maxlength: 3 }],
    ["format", "#/allOf/0", { allOf: [{ type: "string", format: "iri" }] }],
    [
      "pattern",
      "#/properties/a~1b",
      { type: "object", properties: { "a/b": { type: "string", pattern: "(?<=a)b" } } },
    ],
    ["pattern", "#", { type: "string", pattern: "(" }],
    ["pattern", "#/allOf/1", { allOf: [{ type: "string" }, { pattern: "\\b" }] }],
    ["pattern", "#", { type: "string", pattern: "^(?:[ab]{1,60}c?){1,60}$", maxLength: 2000 }],
    ["$ref", "#", { $ref: "https://example.org/schema" }],
    ["$ref", "#", { $ref: "#/$defs/none" }],
    [
      "$ref",
      "#/$defs/a",
      { $ref: "#/$defs/a", $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }, { type: "null" }] } } },
    ],
    ["oneOf", "#", { oneOf: [{ type: "string" }, { type: "string", minLength: 3 }] }],
    ["type", "#", { type: "text" }],
    ["minLength", "#", { type: "string", minLength: -1 }],
    ["exclusiveMinimum", "#", { type: "integer", minimum: 1, exclusiveMinimum: true }],
    ["required", "#", { required: "a" }],
    ["additionalItems", "#", { items: {}, additionalItems: {} }],
    ["$id", "#/properties/a", { properties: { a: { $id: "x" } } }],
    ["enum", "#", { enum: [{ a: 1, b: 2 }], required: ["c"] }],
  ])("%s at %s", (keyword, path, schema) => {
    let error: unknown;
    try {
      jsonSchema(schema);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConstraintError);
    expect(error).toMatchObject({ keyword, path });
    expect((error as Error).message).toContain(`${path}: `);
  });

  test.each<[string, object | boolean]>([
    ["false", false],
    ["bounds that exclude each other", { type: "integer", minimum: 3, maximum: 2 }],
    ["a required property that cannot be", { type: "object", required: ["a"], additionalProperties: false }],
    [
      "recursion without a way out",
      {
        $ref: "#/$defs/n",
        $defs: { n: { type: "object", properties: { n: { $ref: "#/$defs/n" } }, required: ["n"] } },
      },
    ],
    ["an empty enum", { enum: [] }],
    ["pattern and format of nothing", { type: "string", format: "uuid", pattern: "^x" }],
  ])("no value fits %s", (_, schema) => {
    expect(() => jsonSchema(schema as object)).toThrow("no text fits the schema");
  });

  test("a library's own schema, and options that are none", () => {
    expect(() => jsonSchema({ "~standard": {}, type: "object" })).toThrow("z.toJSONSchema");
    const ofZod = z.object({ mail: z.email(), inner: z.object({ at: z.iso.datetime() }) });
    expect(() => jsonSchema(ofZod as object)).toThrow("z.toJSONSchema");
    expect(() => jsonSchema(z.toJSONSchema(ofZod))).not.toThrow();
    expect(() => jsonSchema({}, { blanks: 2 } as never)).toThrow("blanks");
    expect(() => jsonSchema(null as never)).toThrow("no JSON Schema");
  });
});
