import { expect, test } from "vitest";
import { Survey } from "../insight/engine/data/survey.js";

test("a page that hangs extraction is ended and named, and the others are judged", async () => {
  const page = { mediaType: "text/html" };
  const hostile = `<article>${"<p>x".repeat(6_000_000)}</article>`;
  const documents = [
    { id: "a.html", text: hostile, meta: page },
    { id: "b.txt", text: "Short.", meta: {} },
  ];
  const survey = await Survey.of(documents, []);
  expect(survey.info().notes).toEqual([
    "a.html: extraction took too long or broke its worker, so it was ended.",
  ]);
  const { fates } = await survey.judge({});
  expect(fates[0]?.reason).toMatch(/^extraction_/);
  expect(fates[1]?.step).not.toBe("extract");
  // Its raw text is judged by no later step.
  expect((await survey.explain(0, {})).steps.map(({ step }) => step)).toEqual(["urlFilter", "extract"]);
});
