import { candidateProbability, type Document, type Resemblance, resemblance } from "@llm/dataset";
import type { NamedFile } from "../run/named-file.js";
import type { Limits } from "./data/limits.js";
import { readFiles } from "./data/read-files.js";
import { type Explained, type Judgement, Survey, type SurveyInfo } from "./data/survey.js";

/** Documents to look at: a file of the site, or files of the reader's. */
export type DocumentSource = { readonly url: string } | { readonly files: readonly NamedFile[] };

/** Two documents by position, or texts in their place. */
export interface Pair {
  readonly a: number | string;
  readonly b: number | string;
}

/** Two texts as they were compared. */
export interface Compared extends Resemblance {
  readonly texts: readonly [string, string];
  /** Words a shingle, and the signature's shape. */
  readonly ngram: number;
  readonly bucketCount: number;
  readonly hashesPerBucket: number;
  /** How likely a pair of a similarity is found, from 0 to 1, and how likely this one is. */
  readonly curve: readonly (readonly [jaccard: number, probability: number])[];
  readonly probability: number;
}

/** FineWeb's MinHash. */
const SHAPE = { ngram: 5, buckets: 14, hashesPerBucket: 8 };

/** The documents that the view Data shows. */
export class DataDesk {
  #survey: Survey | undefined;

  /** Reads and measures documents; where that fails, those before stay. */
  async open(source: DocumentSource, signal?: AbortSignal): Promise<SurveyInfo> {
    const { documents, notes } =
      "files" in source ? await readFiles(source.files, signal) : await readSite(source.url);
    this.#survey = await Survey.of(documents, notes, signal);
    return this.#survey.info();
  }

  judge(limits: Limits, signal?: AbortSignal): Promise<Judgement> {
    return this.#known().judge(limits, signal);
  }

  explain(at: number, limits: Limits): Promise<Explained> {
    return this.#known().explain(at, limits);
  }

  compare({ a, b }: Pair): Compared {
    const survey = this.#known();
    const text = (one: number | string) => (typeof one === "string" ? one : survey.cleaned(one));
    const texts = [text(a), text(b)] as const;
    const found = resemblance(...texts, SHAPE);
    const { ngram, buckets, hashesPerBucket } = SHAPE;
    const chance = (jaccard: number) => candidateProbability(jaccard, { buckets, hashesPerBucket });
    const curve = Array.from({ length: 51 }, (_, i) => [i / 50, chance(i / 50)] as const);
    const shape = { ngram, bucketCount: buckets, hashesPerBucket };
    return { ...found, ...shape, texts, curve, probability: chance(found.jaccard) };
  }

  #known(): Survey {
    if (!this.#survey) throw new Error("No documents are open.");
    return this.#survey;
  }
}

async function readSite(url: string): Promise<{ documents: Document[]; notes: string[] }> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url} could not be loaded: HTTP status ${response.status}. Load the page again.`);
  return { documents: await response.json(), notes: [] };
}
