// A step of your own: a name, and a check that says what it measured. Statistics and `onDrop` come with it.
import { atMost, filter, pipeline, readJsonl } from "@llm/dataset";

/** Drops documents in which more than a tenth of the letters are capitals. */
const quiet = filter("quiet", ({ text }) => {
  const letters = text.match(/\p{L}/gu)?.length ?? 1;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return atMost("shouting", "capitals", capitals / letters, 0.1);
});

const jsonl = `{"id": "a", "text": "A calm sentence about nothing much."}
{"id": "b", "text": "READ THIS NOW"}
{"id": "c", "text": "broken`;

const p = pipeline(
  readJsonl(() => jsonl),
  quiet,
);
const kept = p.docs({
  onDrop: ({ step, document, verdict }) => console.log(`${step} dropped ${document.id}: ${verdict.reason}`),
});

for await (const { id, text } of kept) console.log(`kept ${id}: ${text}`);

// Output:
// kept a: A calm sentence about nothing much.
// quiet dropped b: shouting
// readJsonl dropped jsonl:3: invalid_json
