import { chatTemplate } from "@llm/bpe/template";
import type { RenderChat } from "@llm/sample/node";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { actor, clientOf, written } from "./marks.js";

/** A template of each family, as short as it can be. */
const TEMPLATES = {
  qwen: template(
    "<tool_call>\n<function={{ f.name }}>\n",
    "<parameter={{ k }}>\n{{ v if v is string else v|tojson }}\n</parameter>\n",
    "</function>\n</tool_call>",
  ),
  glm: template(
    "<tool_call>{{ f.name }}\n",
    "<arg_key>{{ k }}</arg_key>\n<arg_value>{{ v if v is string else v|tojson }}</arg_value>\n",
    "</tool_call>",
  ),
};

function template(open: string, argument: string, close: string): string {
  const given = `{% for k, v in f.arguments.items() %}${argument}{% endfor %}`;
  const call = `{% for c in m.tool_calls or [] %}{% set f = c.function %}${open}${given}${close}{% endfor %}`;
  return `{{ tools|tojson }}{% for m in messages %}<{{ m.role }}>{{ m.content or "" }}${call}{% endfor %}<go>`;
}

function chatOf(family: keyof typeof TEMPLATES): RenderChat {
  const read = chatTemplate(TEMPLATES[family]);
  return (messages, { tools = [] }) => ({ ids: written(read.render(messages as never, { tools })) });
}

/** An argument as a family writes it. */
const ARGUMENTS = {
  qwen: (name: string, value: string) => `<parameter=${name}>\n${value}\n</parameter>\n`,
  glm: (name: string, value: string) => `<arg_key>${name}</arg_key>\n<arg_value>${value}</arg_value>\n`,
};

const callOf = (family: keyof typeof TEMPLATES, given: Record<string, string>) => {
  const all = Object.entries(given).map(([name, value]) => ARGUMENTS[family](name, value));
  return family === "qwen"
    ? `<tool_call>\n<function=f>\n${all.join("")}</function>\n</tool_call>`
    : `<tool_call>f\n${all.join("")}</tool_call>`;
};

const requestOf = (parameters: object, strict = true) => ({
  model: "model",
  messages: [{ role: "user" as const, content: "Hi" }],
  tools: [
    {
      type: "function" as const,
      function: {
        name: "f",
        parameters: { type: "object", ...(strict && { additionalProperties: false }), ...parameters },
      },
    },
  ],
  temperature: 0,
  max_tokens: 900,
});

const argumentsIn = ({ choices }: { choices: { message: { tool_calls?: unknown[] | undefined } }[] }) =>
  (choices[0]!.message.tool_calls ?? []).map(
    (each) => (each as { function: { arguments: string } }).function.arguments,
  );

const EVERYTHING = {
  properties: {
    text: { type: "string", maxLength: 20 },
    word: { enum: ["a b", "<c>", "null"] },
    pattern: { type: "string", pattern: "^[A-Z]{2}\\d$" },
    maybe: { anyOf: [{ type: "string", maxLength: 6 }, { type: "null" }] },
    count: { type: "integer", minimum: 1, maximum: 40 },
    flag: { type: "boolean" },
    either: { type: ["string", "integer"], maxLength: 5 },
    list: { type: "array", items: { type: "string", maxLength: 12 }, maxItems: 2 },
    deep: { $ref: "#/$defs/node" },
  },
  required: ["text", "word", "pattern", "maybe", "count", "flag", "either", "list"],
  $defs: {
    node: {
      type: "object",
      properties: { next: { anyOf: [{ type: "null" }, { $ref: "#/$defs/node" }] } },
      required: ["next"],
      additionalProperties: false,
    },
  },
};

describe.each(["qwen", "glm"] as const)("arguments in the tags of %s", (family) => {
  const chat = chatOf(family);

  it("become JSON as the schema has it, whole and streamed", async () => {
    const end = { qwen: "</parameter>", glm: "</arg_value>" }[family];
    const given = {
      text: 'one\n two "x" \\ é<',
      word: "null",
      pattern: "AB1",
      maybe: "null",
      count: "7",
      flag: "true",
      either: '"5"',
      list: `["${end}"]`,
      deep: '{"next": {"next": null}}',
    };
    const wanted = {
      text: given.text,
      word: "null",
      pattern: "AB1",
      maybe: null,
      count: 7,
      flag: true,
      either: "5",
      list: [end],
      deep: { next: { next: null } },
    };
    const client = await clientOf(actor(`Well.\n${callOf(family, given)}`), chat);
    const request = requestOf(EVERYTHING);
    const [whole] = argumentsIn(await client.chat.completions.create(request));
    expect(JSON.parse(whole!)).toEqual(wanted);
    const deltas: { id?: string | undefined; name: string | undefined; text: string }[] = [];
    for await (const { choices } of await client.chat.completions.create({ ...request, stream: true })) {
      for (const each of choices[0]?.delta.tool_calls ?? []) {
        expect(each.index).toBe(0);
        deltas.push({ id: each.id, name: each.function?.name, text: each.function?.arguments ?? "" });
      }
    }
    const [first, ...others] = deltas;
    expect([first!.name, first!.id]).toEqual(["f", expect.any(String)]);
    expect(others.every(({ id, name }) => id === undefined && name === undefined)).toBe(true);
    expect(others.length).toBeGreaterThan(20); // as they are written
    expect(deltas.map(({ text }) => text).join("")).toBe(whole);
  });

  it("fit the schema, whatever the model likes to say", async () => {
    const validate = new Ajv({ allowUnionTypes: true }).compile({
      type: "object",
      additionalProperties: false,
      ...EVERYTHING,
    });
    const client = await clientOf(actor(), chat);
    for (let seed = 0; seed < 6; seed++) {
      const answer = await client.chat.completions.create({
        ...requestOf(EVERYTHING),
        temperature: 1,
        seed,
        tool_choice: "required",
        parallel_tool_calls: false,
      });
      const [given] = argumentsIn(answer);
      expect([validate(JSON.parse(given!)), validate.errors]).toEqual([true, null]);
    }
  });

  it("need be none, and may be others where the schema allows them", async () => {
    const none = await clientOf(actor(callOf(family, {})), chat);
    expect(argumentsIn(await none.chat.completions.create(requestOf({})))).toEqual(["{}"]);
    const given = { a: "x", other: "3", "a-b": "4" };
    const some = await clientOf(actor(callOf(family, given)), chat);
    const parameters = { properties: { a: { type: "string" } }, additionalProperties: { type: "integer" } };
    expect(argumentsIn(await some.chat.completions.create(requestOf(parameters, false)))).toEqual([
      '{"a":"x","other":3,"a-b":4}',
    ]);
  });

  it("that cannot be told from each other are refused by name", async () => {
    const client = await clientOf(actor("Hi"), chat);
    const text = { type: "object", properties: { a: { type: "string" } } };
    const number = { type: "object", properties: { a: { type: "number" } } };
    const request = requestOf({ anyOf: [text, number] });
    await expect(client.chat.completions.create(request)).rejects.toMatchObject({
      status: 400,
      param: "tools[0].function.parameters",
      message: expect.stringContaining("anyOf is not supported"),
    });
  });
});
