import { choices, either, jsonSchema, regex, sequence } from "@llm/sample/constraints";
import { expect, test } from "vitest";
import { accepts } from "./texts.js";

const calls = ["add", "find"].map((name) =>
  sequence(
    `<call>{"name":"${name}","arguments":`,
    jsonSchema({
      type: "object",
      properties: { [name]: { type: "integer" } },
      required: [name],
      additionalProperties: false,
    }),
    "}</call>",
  ),
);

test("parts stand one after the other, or in each other's place", () => {
  const constraint = either("no", sequence(regex("[a-z]{2} "), either(...calls)));
  expect(accepts(constraint, "no")).toBe("whole");
  expect(accepts(constraint, 'ok <call>{"name":"add","arguments":{"add":1}}</call>')).toBe("whole");
  expect(accepts(constraint, 'ok <call>{"name":"find","arguments":{ "find" : -12 }}</call>')).toBe("whole");
  expect(accepts(constraint, 'ok <call>{"name":"find","arguments":{"add"')).toBe("no");
  expect(accepts(constraint, "nop")).toBe("no");
  expect(accepts(constraint, "no <call>")).toBe("beginning");
});

test("a part may be empty", () => {
  expect(accepts(sequence(choices(["", "a"]), "b"), "b")).toBe("whole");
});

test("what is no part is refused by its place", () => {
  expect(() => sequence("a", 1 as never)).toThrow("part 1 of sequence");
  expect(() => either({ begin: () => undefined } as never)).toThrow("part 0 of either");
  expect(() => either()).toThrow("no text fits");
});
