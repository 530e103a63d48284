import { expect, test, vi } from "vitest";
import {
  type LabelledText,
  loadFasttext,
  pipeline,
  qualityClassifier,
  TrainingError,
  type TrainingProgress,
  trainClassifier,
  UnknownLabelError,
} from "../../src/index.js";

const NOUNS = ["lake", "boat", "chapel", "island", "keeper", "valley", "church", "shore"];
const OFFERS = ["buy", "now", "price", "deal", "click", "free", "order", "sale"];

/** Texts of two kinds with some words in common; `shift` gives others. */
function texts(count: number, shift = 0): LabelledText[] {
  return Array.from({ length: count }, (_, i) => {
    const words = i % 2 ? OFFERS : NOUNS;
    const at = (k: number) => words[((i >> 1) * k + shift) % words.length];
    return { label: i % 2 ? "spam" : "prose", text: `the ${at(3)} of the\n${at(5)}, and ${at(7)}` };
  });
}

const small = { dim: 8, bucket: 500, epoch: 20 };

test("a trained classifier tells new texts apart, and again after it was saved", async () => {
  const model = await trainClassifier(texts(200), small);
  const copy = loadFasttext(model.save());
  expect([...model.labels].sort()).toEqual(["prose", "spam"]);
  for (const { text, label } of texts(40, 3)) {
    const [best] = model.predict(text);
    expect(best?.label).toBe(label);
    expect(best?.probability).toBeGreaterThan(0.9);
    expect(copy.predict(text, 2)).toEqual(model.predict(text, 2));
  }
});

test("the order of words is learnt by n-grams of words", async () => {
  const ordered = Array.from({ length: 200 }, (_, i) =>
    i % 2 ? { label: "up", text: "one two" } : { label: "down", text: "two one" },
  );
  const probability = async (wordNgrams: number) => {
    const model = await trainClassifier(ordered, { ...small, wordNgrams });
    return model.predict("one two", 2).find(({ label }) => label === "up")!.probability;
  };
  expect(await probability(2)).toBeGreaterThan(0.9);
  expect(await probability(1)).toBeCloseTo(0.5, 1);
});

test("the seed decides the bytes", async () => {
  const bytes = async (seed: number) => (await trainClassifier(texts(60), { ...small, seed })).save();
  expect(await bytes(1)).toEqual(await bytes(1));
  expect(await bytes(2)).not.toEqual(await bytes(1));
});

test("the loss falls, and progress ends at 1", async () => {
  const now = vi.spyOn(performance, "now");
  for (let i = 0; i < 10_000; i++) now.mockReturnValueOnce(i * 2);
  const seen: TrainingProgress[] = [];
  await trainClassifier(texts(300), { ...small, onProgress: (progress) => seen.push(progress) });
  now.mockRestore();
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.at(-1)!.done).toBe(1);
  expect(seen.at(-1)!.loss).toBeLessThan(seen[0]!.loss / 10);
  expect(seen.at(-1)!.lr).toBeLessThan(0.01);
});

test("training can be stopped", async () => {
  const controller = new AbortController();
  const stopped = trainClassifier(texts(2000), {
    epoch: 10_000,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopped).rejects.toThrow("aborted");
});

test("what cannot be learnt from is refused by name", async () => {
  await expect(trainClassifier([])).rejects.toThrow(TrainingError);
  await expect(trainClassifier([{ label: "a", text: "x" }])).rejects.toThrow("1 labels");
  await expect(trainClassifier([{ label: "two words", text: "x" }])).rejects.toThrow('"two words"');
  await expect(trainClassifier(texts(9), { dim: 0 })).rejects.toThrow("dim is 0");
  await expect(trainClassifier(texts(900), { ...small, lr: 1e9 })).rejects.toThrow("(lr) of 1000000000");
});

test("qualityClassifier keeps what has the label, and notes how probable it is", async () => {
  const model = await trainClassifier(texts(200), small);
  const reasons: string[] = [];
  const p = pipeline(
    ["the boat of the valley", "buy now, click"].map((text, i) => ({ id: `${i}`, text, meta: { url: "u" } })),
    qualityClassifier(model, { label: "prose", threshold: 0.8 }),
  );
  for await (const { id, meta } of p.docs({ onDrop: ({ verdict }) => reasons.push(verdict.reason) })) {
    expect(id).toBe("0");
    expect(meta["url"]).toBe("u");
    expect(meta["quality"]).toBeGreaterThan(0.8);
  }
  expect(reasons).toEqual(["low_quality"]);
  expect(() => qualityClassifier(model, { label: "good" })).toThrow(UnknownLabelError);
});
