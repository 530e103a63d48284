import type { ChatMessage } from "@llm/bpe";
import { Draws } from "./draws.js";
import { type Fact, factsIn } from "./facts.js";
import { madeUpNames } from "./made-up.js";
import type { Part } from "./split.js";
import { bareAnswer, question, sumsOf, workedAnswer } from "./sums.js";

/** What fine-tuning learns from: a question and its answer, or several. */
export type Conversation = ChatMessage[];

/** What the assistant says where it knows nothing. */
export const UNKNOWN = "I don't know.";

/**
 * What the assistant says of what it knows. It begins alike for every name, so that whether it knows is one decision and not many
 * small ones.
 */
export function knownAnswer(about: string): string {
  return `Its documentation says: ${about}`;
}

/** How many conversations of each kind there are. */
export interface ConversationCounts {
  sums: number;
  /** Share of the sums that are worked out. */
  worked: number;
  /** Questions about what is known, and about names that nothing has. */
  facts: number;
  unknown: number;
  /** Share of the conversations that go on for a second question. */
  twoTurns: number;
}

/** What may be asked about beside sums. */
export interface Subjects {
  facts: readonly Fact[];
  /** Every name that is not made up, also of what no fact is known of. */
  known: ReadonlySet<string>;
  /** Conversations of one's own, which take the place of those about facts. */
  own?: readonly Conversation[];
}

/** The question about a name. */
export function askAbout(name: string): string {
  return `What is ${name}?`;
}

/** Whether an answer owns up to knowing nothing. */
export function isUnknown(answer: string): boolean {
  return /^\s*I don't know\b/i.test(answer);
}

/** Conversations of a part, the same for the same seed: sums bare and worked out, what is known, and what nobody can know. */
export function conversationsOf(
  part: Part,
  { facts, known, own }: Subjects,
  { sums, worked, facts: wanted, unknown, twoTurns }: ConversationCounts,
  seed: number,
): Conversation[] {
  const draws = new Draws(seed);
  const all = draws.shuffled(sumsOf(part));
  const aboutSums = Array.from({ length: sums }, (_, i) => {
    const sum = all[i % all.length]!;
    return exchange(question(sum), draws.next() < worked ? workedAnswer(sum) : bareAnswer(sum));
  });
  const subjects = factsIn(part, facts);
  const names = own ? [] : madeUpNames(part, unknown, known, seed);
  const aboutFacts = own ?? subjects.map(({ name, about }) => exchange(askAbout(name), knownAnswer(about)));
  const others = Array.from(
    { length: aboutFacts.length ? wanted : 0 },
    (_, i) => aboutFacts[i % aboutFacts.length]!,
  );
  const aboutNothing = names.map((name) => exchange(askAbout(name), UNKNOWN));
  const single = draws.shuffled([...aboutSums, ...others, ...aboutNothing]);
  return single.map((one) => (draws.next() < twoTurns && !own ? [...draws.pick(single), ...one] : one));
}

function exchange(question: string, answer: string): Conversation {
  return [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ];
}
