import { type Part, partOf } from "./split.js";

/** A document with its title, as the cleaning leaves it. */
export interface TitledDocument {
  id: string;
  /** The package's name, or the document's first heading, or its file's name. */
  title: string;
  /** Whether that names what the document is about, so that one can ask for it. */
  isSubject: boolean;
  text: string;
}

/** What a document says its subject is. */
export interface Fact {
  name: string;
  about: string;
}

const LONGEST_NAME = 40;
const SHORTEST = 20;
const LONGEST = 100;

/**
 * What the documents' first sentences say of their titles, one fact a title. Titles and sentences that are too long for a short
 * answer are left out, as are documents that begin with no whole sentence.
 */
export function factsOf(documents: Iterable<TitledDocument>): Fact[] {
  const facts = new Map<string, Fact>();
  for (const { title, isSubject, text } of documents) {
    const about = firstSentence(text);
    if (!isSubject || about === undefined || title === "" || title.length > LONGEST_NAME || facts.has(title))
      continue;
    facts.set(title, { name: title, about });
  }
  return [...facts.values()];
}

/** Facts of one part; names are split by their hash. */
export function factsIn(part: Part, facts: readonly Fact[]): Fact[] {
  return facts.filter(({ name }) => partOf(name) === part);
}

/** The name of the package whose README a file is, by its path in node_modules; undefined for other files. */
export function packageOf(path: string): string | undefined {
  const inside = path.replaceAll("\\", "/").split("node_modules/").at(-1)!;
  return /^((?:@[^/]+\/)?[^/@.][^/]*)\/readme(?:\.md|\.markdown)?(?:#1)?$/i.exec(inside)?.[1];
}

function firstSentence(text: string): string | undefined {
  for (const line of text.split("\n", 4)) {
    const sentence = /^[\p{L}\p{N}@"'`].*?[.!](?=\s|$)/u.exec(line.trim())?.[0];
    if (sentence && sentence.length >= SHORTEST && sentence.length <= LONGEST) return sentence;
  }
  return undefined;
}
