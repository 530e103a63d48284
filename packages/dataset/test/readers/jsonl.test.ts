import { expect, test } from "vitest";
import { readJsonl } from "../../src/index.js";
import { collect } from "../node/collect.js";

test.each([
  ["9007199254740993", "9007199254740993"],
  ["-9223372036854775808", "-9223372036854775808"],
  ["18446744073709551615", "18446744073709551615"],
  ["9007199254740991", "9007199254740991"],
  ["12", "12"],
])("the id %s keeps its digits", async (json, id) => {
  const { found } = await collect(readJsonl(`{"id":${json},"text":"a","n": [${json}, {"m":${json}}]}`));
  const value = Number.isSafeInteger(Number(json)) ? Number(json) : id;
  expect(found).toEqual([{ id, text: "a", meta: { n: [value, { m: value }] } }]);
});

test("digits in texts, fractions and exponents stay as they are", async () => {
  const text = 'a \\"quoted 12345678901234567890\\" \\\\ and 98765432109876543210';
  const { found } = await collect(
    readJsonl(`{"text":"${text}","f":0.1234567890123456,"e":12345678901234567e3,"12345678901234567890":1}`),
  );
  expect(found[0]).toEqual({
    id: "jsonl:1",
    text: JSON.parse(`"${text}"`),
    meta: { f: 0.1234567890123456, e: 12345678901234567e3, "12345678901234567890": 1 },
  });
});
