import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PunktParameters } from "../text/punkt.js";
import { MissingPathError } from "./errors.js";

/** A folder of Punkt's parameters with a line that is none. */
export class PunktFormatError extends Error {
  override readonly name = "PunktFormatError";
  readonly path: string;
  constructor(path: string, line: number, wanted: string) {
    super(
      `${path}, line ${line}: this is not ${wanted}. Take the folder of one language of NLTK's punkt_tab.`,
    );
    this.path = path;
  }
}

/**
 * Reads the parameters of Punkt for a language, as NLTK keeps them: the folder `punkt_tab/english` of its data, which is not
 * in this package. It holds `abbrev_types.txt`, `collocations.tab`, `sent_starters.txt` and `ortho_context.tab`.
 *
 * @throws MissingPathError, PunktFormatError
 */
export async function readPunkt(folder: string): Promise<PunktParameters> {
  const read = async (name: string, pattern: RegExp, wanted: string): Promise<string[]> => {
    const path = join(folder, name);
    if (!(await stat(path).catch(() => undefined))) throw new MissingPathError(path);
    const lines = (await readFile(path, "utf8")).split("\n");
    if (lines.at(-1) === "") lines.pop();
    const wrong = lines.findIndex((line) => !pattern.test(line));
    if (wrong >= 0) throw new PunktFormatError(path, wrong + 1, wanted);
    return lines;
  };
  const [abbreviations, collocations, sentenceStarters, orthography] = await Promise.all([
    read("abbrev_types.txt", /^[^\t]+$/, "a word"),
    read("collocations.tab", /^[^\t]+\t[^\t]+$/, "two words with a tab between them"),
    read("sent_starters.txt", /^[^\t]+$/, "a word"),
    read("ortho_context.tab", /^[^\t]+\t\d+$/, "a word, a tab and a number"),
  ]);
  return {
    abbreviations: new Set(abbreviations),
    collocations: new Set(collocations),
    sentenceStarters: new Set(sentenceStarters),
    orthography: new Map(
      orthography.map((line) => {
        const [word, seen] = line.split("\t") as [string, string];
        return [word, Number(seen)];
      }),
    ),
  };
}
