import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { type Fasttext, FasttextFormatError, loadFasttext } from "../../src/index.js";

type Golden = Record<string, { model?: string; predictions: [label: string, probability: number][][] }>;

const { texts, models }: { texts: string[]; models: Golden } = JSON.parse(
  readFileSync(new URL("../golden/fasttext.json", import.meta.url), "utf8"),
);
const bytesOf = (name: string) => new Uint8Array(Buffer.from(models[name]!.model!, "base64"));
const lid = createRequire(import.meta.url).resolve(
  "fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz",
);

/** Labels that nothing speaks for come in any order. */
const RARE = 1.2e-5;

function expectPredictions(model: Fasttext, name: string): void {
  for (const [i, text] of texts.entries()) {
    const expected = models[name]!.predictions[i]!.filter(([, probability]) => probability > RARE);
    const found = model.predict(text, 4).filter(({ probability }) => probability > RARE);
    const message = `${name}: ${JSON.stringify(text)}`;
    expect(found.length, message).toBe(expected.length);
    for (const [label, probability] of expected) {
      const same = found.find((each) => each.label === label);
      expect(Math.abs((same?.probability ?? 0) - probability), `${message} ${label}`).toBeLessThan(2e-6);
    }
  }
}

test.each(Object.keys(models).filter((name) => models[name]!.model))(
  "predicts as fastText does: %s",
  (name) => {
    expectPredictions(loadFasttext(bytesOf(name)), name);
  },
);

test("predicts as fastText does: lid.176.ftz", () => {
  const model = loadFasttext(readFileSync(lid));
  expect(model.labels.length).toBe(176);
  expectPredictions(model, "lid.176");
  expectPredictions(model, "lid.176"); // its words are remembered now
});

test("a line end counts as a space", () => {
  const model = loadFasttext(bytesOf("softmax"));
  expect(model.predict("rain\nleaf")).toEqual(model.predict("rain leaf"));
});

test("a model is written as it was read", () => {
  const bytes = bytesOf("characters");
  const copy = loadFasttext(loadFasttext(bytes).save());
  expectPredictions(copy, "characters");
  expectPredictions(loadFasttext(loadFasttext(bytesOf("quantized")).save()), "quantized");
  expect(loadFasttext(bytesOf("trained here")).save()).toEqual(bytesOf("trained here"));
  expect(() => loadFasttext(bytesOf("pruned")).save()).toThrow("pruned");
});

test("what is no model, or not all of one, is refused", () => {
  const bytes = bytesOf("hs");
  expect(() => loadFasttext(new Uint8Array(100))).toThrow(FasttextFormatError);
  for (const size of [0, 3, 50, 70, 500, bytes.length - 1]) {
    expect(() => loadFasttext(bytes.slice(0, size)), `${size}`).toThrow(FasttextFormatError);
  }
});
