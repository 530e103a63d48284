import { readDocuments } from "../documents.js";
import type { Conversation, Subjects } from "../lessons/conversations.js";
import { factsOf } from "../lessons/facts.js";
import type { RunFolder } from "../run-folder.js";

/** What the assistant may be asked about: what the training documents say of their titles, or conversations of one's own. */
export async function readSubjects(folder: RunFolder, own?: Conversation[]): Promise<Subjects> {
  const train = await readDocuments(folder.file("train.jsonl"));
  const val = await readDocuments(folder.file("val.jsonl"));
  return {
    facts: factsOf(train),
    known: new Set([...train, ...val].map(({ title }) => title)),
    ...(own && { own }),
  };
}
