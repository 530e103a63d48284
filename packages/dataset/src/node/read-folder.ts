import type { Source } from "../step.js";
import { NoDocumentsError } from "./errors.js";
import { EXTENSIONS, extensionOf, readPath } from "./read-path.js";
import { walkPaths } from "./walk.js";

/**
 * A source of all documents in a folder, in several, or in the files that patterns such as `"docs/**\/*.md"` match. Text,
 * Markdown, HTML, JSON Lines and WARC files are read, each also with `.gz`; others are passed over. Files come sorted by
 * path, and a document's id is its path relative to the folder (to the deepest that holds everything, if there are several), with
 * its line or offset where a file holds many.
 *
 * @throws MissingPathError, NoDocumentsError when reading begins
 */
export function readFolder(paths: string | readonly string[]): Source {
  const list = typeof paths === "string" ? [paths] : paths;
  return {
    name: "readFolder",
    async *read(context) {
      let files = 0;
      for await (const { path, id } of walkPaths(list)) {
        if (extensionOf(path) === undefined) continue;
        files++;
        yield* readPath(path, id).read(context);
      }
      if (files === 0) throw new NoDocumentsError(list, EXTENSIONS);
    },
  };
}
