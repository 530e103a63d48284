// Main content of real pages: ours beside Readability over linkedom, in pages per second.
//
//     npm run bench:dataset -- <folder of .html or .html.gz pages>
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extractText } from "@llm/dataset";
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { compare } from "./compare.js";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: npm run bench:dataset -- <folder of .html or .html.gz pages>");
  process.exit(2);
}
const pages = readdirSync(folder)
  .filter((file) => /\.html(\.gz)?$/.test(file))
  .map((file) => {
    const bytes = readFileSync(join(folder, file));
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  });

await compare(
  `main content of ${pages.length} pages`,
  pages.length,
  "pages",
  [
    {
      name: "@llm/dataset",
      run: () => {
        for (const page of pages) extractText(page);
      },
    },
    {
      name: "Readability over linkedom",
      run: () => {
        for (const page of pages) new Readability(parseHTML(page).document as unknown as Document).parse();
      },
    },
  ],
  3,
);
