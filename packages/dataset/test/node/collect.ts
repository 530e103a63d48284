import { type Document, type Drop, pipeline, type Source } from "../../src/index.js";

/** All that a source gives, its drops as `"<id> <reason>"`. */
export async function collect(source: Source) {
  const drops: Drop[] = [];
  const found: Document[] = [];
  const p = pipeline(source);
  for await (const document of p.docs({ onDrop: (drop) => drops.push(drop) })) found.push(document);
  return {
    found,
    drops: drops.map(({ document, verdict }) => `${document.id} ${verdict.reason}`),
    stats: p.stats()[0],
  };
}
