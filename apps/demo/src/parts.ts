import type { Document, Step } from "@llm/dataset";

/**
 * A step that cuts documents longer than `limit` characters - a book in one file - into parts at line
 * ends, at blank lines where there are some in reach.
 */
export function parts(limit = 50_000): Step {
  return {
    name: "parts",
    async *transform(documents) {
      for await (const document of documents) yield* cut(document, limit);
    },
    async inspect(document) {
      return { verdicts: [], document: cut(document, limit)[0]! };
    },
  };
}

function cut(document: Document, limit: number): Document[] {
  const { id, text, meta } = document;
  if (text.length <= limit) return [document];
  const found: Document[] = [];
  for (let from = 0; from < text.length; ) {
    const rest = text.length - from;
    const to = rest <= limit ? text.length : from + border(text.slice(from, from + limit));
    const part = text.slice(from, to).trim();
    if (part) found.push({ id: `${id}#${found.length + 1}`, text: part, meta });
    from = to;
  }
  return found;
}

/** Where to cut a text: behind its last blank line, else its last line, else its last space, if that is in its second half. */
function border(text: string): number {
  for (const mark of ["\n\n", "\n", " "]) {
    const at = text.lastIndexOf(mark);
    if (at > text.length / 2) return at + mark.length;
  }
  return text.length;
}
