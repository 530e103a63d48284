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
    [
      "bounds and what JSON.stringify writes with an exponent",
      { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1e22 },
      ["5e-324", "1e-7", "9.5e-300", "1e+21", "9.99e+21"],
      ["0", "1e+22", "1.5e+22", "-1e-7", "1e-400", "0e+21"],
    ],
    [
      "a bound between two powers of ten",
      { type: "number", minimum: -2.5e30, maximum: -1e-8 },
      ["-2.5e+30", "-1e+21", "-1e-8", "-1.5e-7", "-3"],
      ["-2.51e+30", "-9e-9", "1e+21", "-1e+31"],
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
      "$ref to an anchor, and to the whole by its name",
      {
        $id: "https://example.org/s",
        $defs: { a: { $anchor: "one", const: 1 } },
        anyOf: [{ $ref: "#one" }, { type: "array", items: { $ref: "https://example.org/s#/$defs/a" } }],
      },
      ["1", "[1,1]"],
      ["2", "[2]"],
    ],
    [
      "oneOf within oneOf",
      {
        oneOf: [
          { oneOf: [{ const: "a" }, { const: "b" }] },
          { oneOf: [{ const: "c" }, { type: "integer" }] },
        ],
      },
      ['"a"', '"c"', "3"],
      ['"d"'],
    ],
    ["not of everything", { type: "object", properties: { a: { not: {} } } }, ["{}", '{"b":1}'], ['{"a":1}']],
    [
      "format beside the pattern that it stands for",
      { type: "string", format: "nanoid", pattern: "^[a-z]{2}$" },
      ['"ab"'],
      ['"abc"'],
    ],
    [
      "uri",
      { type: "string", format: "uri" },
      ['"https://a.example.org:8080/x?y=1#z"', '"mailto:a@b.co"', '"urn:isbn:1"', '"file:///a"'],
      ['"a"', '"http://"', '"http:a"', '"https://1.2.3"', '"https://a:99999"', '"a b:c"'],
    ],
    [
      "ipv6",
      { type: "string", format: "ipv6" },
      ['"::"', '"::1"', '"1:2:3:4:5:6:7:8"', '"fe80::1:1.2.3.4"'],
      ['"1:2"', '":::"', '"1::2::3"', '"12345::"'],
    ],
    [
      "duration and hostname",
      {
        anyOf: [
          { type: "string", format: "duration" },
          { type: "string", format: "hostname" },
        ],
      },
      ['"P1Y2D"', '"PT1H"', '"a-b.example"'],
      ['"-a.b"', '"a..b"'],
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

describe("what is long or wide", () => {
  test("lengths beside a pattern or a format are counts, with ends that can still be reached", () => {
    const pattern = { type: "string", pattern: "^.+\\d.*$", minLength: 4, maxLength: 200 };
    const texts = [`"é😀${"x".repeat(197)}7"`, '"ab7c"', '"ab7"', `"é${"x".repeat(199)}7"`, '"abcd"'];
    expect(whole(pattern, texts)).toEqual(texts.slice(0, 2));
    const constraint = jsonSchema(pattern);
    expect(accepts(constraint, `"${"x".repeat(199)}`)).toBe("beginning");
    expect(accepts(constraint, `"${"x".repeat(200)}`)).toBe("no"); // no place is left for a digit
    const email = { type: "string", format: "email", maxLength: 12 };
    expect(whole(email, ['"abcde@fg.com"', '"abcdef@fg.com"'])).toEqual(['"abcde@fg.com"']);
  });

  test("lengths that only some texts have", () => {
    const threes = { type: "string", pattern: "^(?:abc)*$", minLength: 4, maxLength: 8 };
    expect(whole(threes, ['"abc"', '"abcabc"', '"abcabcabc"'])).toEqual(['"abcabc"']);
    expect(() => jsonSchema({ ...threes, minLength: 7 })).toThrow("no text fits");
    expect(() => jsonSchema({ ...threes, minLength: 20_000, maxLength: 20_001 })).toThrow("too near");
  });

  test("800 properties that can be left out, others beside them or not", () => {
    const properties = Object.fromEntries(Array.from({ length: 800 }, (_, i) => [`p${i}`, { const: i }]));
    const texts = ["{}", '{"p0":0,"p799":799}', '{"p10":10,"p11":11}', '{"p11":11,"p10":10}', '{"p8":9}'];
    expect(whole({ type: "object", properties, ...closed }, texts)).toEqual(texts.slice(0, 3));
    const open = [...texts, '{"p7":7,"p800":null,"p":1}', '{"p800":1,"p7":7}'];
    expect(whole({ type: "object", properties }, open)).toEqual([...texts.slice(0, 3), open[5]]);
  });
});

describe("what is not supported is refused by its name and place", () => {
  test.each<[string, string, object]>([
    [
      "multipleOf",
      "#/properties/a",
      { type: "object", properties: { a: { type: "integer", multipleOf: 5 } } },
    ],
    ["uniqueItems", "#", { type: "array", uniqueItems: true }],
    ["not", "#/items", { type: "array", items: { not: { type: "null" } } }],
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
    ["$ref", "#", { $ref: "#/$defs/%zz", $defs: {} }],
    ["$ref", "#", { $ref: "#nowhere" }],
    ["pattern", "#", { type: "string", pattern: "\\pL" }],
    ["pattern", "#", { type: "string", pattern: "^[[:alpha:]]$" }],
    ["pattern", "#", { type: "string", pattern: "foo\\Z" }],
    ["type", "#", { type: [] }],
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
