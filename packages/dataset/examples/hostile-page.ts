// A page made to hang whoever reads it costs its worker a restart; the pages around it are extracted.
import { extract, pipeline } from "@llm/dataset";

const sentence = "The river, which rises in the hills, runs past the mill and, later, into the sea. ";
const meta = { mediaType: "text/html" };
const p = pipeline(
  [
    { id: "before", text: `<article><p>${sentence.repeat(3)}</p></article>`, meta },
    { id: "hostile", text: `<article>${"<p>x".repeat(1_000_000)}</article>`, meta },
    { id: "after", text: `<h1>Rivers</h1><ul><li>${sentence}<li>${sentence}</ul>`, meta },
  ],
  extract({ timeout: 100 }), // milliseconds; the default is a second
);

const onDrop = ({ document, verdict }: { document: { id: string }; verdict: { reason: string } }) =>
  console.log(`${document.id}: ${verdict.reason}`);
for await (const { id, text } of p.docs({ onDrop })) {
  console.log(`${id}: ${text.length} characters`);
}

// Output:
// before: 245 characters
// hostile: extraction_timeout
// after: 167 characters
