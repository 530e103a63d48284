import { BYTES_BY_CHAR } from "./byte-alphabet.js";
import { byteIdsOf, Merges } from "./merges.js";
import { PairMerger } from "./pair-merger.js";
import { SpecialTokens } from "./special.js";
import { addSpecialTokens } from "./tiktoken.js";
import { Tokenizer } from "./tokenizer.js";
import { checkVocabSize, type TrainPlan } from "./train-options.js";
import { takingTurns } from "./turns.js";
import { Vocabulary } from "./vocabulary.js";
import type { WordCounts } from "./word-counts.js";
import { writable } from "./writable.js";

/** Learns a vocabulary from words and their counts. @throws TrainingError */
export async function learn(words: WordCounts, plan: TrainPlan): Promise<Tokenizer> {
  const { vocabSize, specialTokens, signal, onMerge } = plan;
  const alphabet = alphabetOf(words, plan);
  checkVocabSize(plan, alphabet.length);
  const symbolOf = new Int32Array(256);
  alphabet.forEach((byte, symbol) => {
    symbolOf[byte] = symbol;
  });
  // Ids are symbols behind the special tokens, or before them.
  const offset = plan.tieBreak === "hf" ? specialTokens.length : 0;
  const tokens: (Uint8Array | undefined)[] = [];
  alphabet.forEach((byte, symbol) => {
    tokens[offset + symbol] = Uint8Array.of(byte);
  });

  const steps = vocabSize - alphabet.length - specialTokens.length;
  const merges = new Merges(steps);
  const merger = new PairMerger(words, { ...plan, symbolOf, first: alphabet.length, steps });
  const turn = takingTurns(signal);
  for (let more = true; more; ) {
    more = merger.advance();
    while (merges.length < merger.length) {
      const pair = merger.merge(merges.length);
      const [left, right, id] = [offset + pair.left, offset + pair.right, tokens.length];
      const bytes = joined(tokens[left]!, tokens[right]!);
      tokens.push(bytes);
      merges.add(left, right, id);
      if (!onMerge) continue;
      onMerge({ step: merges.length, steps, left, right, id, bytes: bytes.slice(), count: pair.count });
      signal?.throwIfAborted();
    }
    const pause = turn();
    if (pause) await pause;
  }

  const first = plan.tieBreak === "hf" ? 0 : tokens.length;
  const special = new Map(specialTokens.map((token, i) => [token, first + i]));
  const specialIds = addSpecialTokens(tokens, special);
  const vocabulary = new Vocabulary(tokens, (id) => !specialIds.has(id));
  return new Tokenizer(
    await writable({
      vocabulary,
      merges,
      byteIds: byteIdsOf(vocabulary),
      pattern: plan.pattern,
      wholePiece: false,
      special: new SpecialTokens(special),
      normalizer: plan.normalizer,
    }),
  );
}

/** The bytes that get a token, in the order of their ids. */
function alphabetOf({ bytes }: WordCounts, { tieBreak, initialAlphabet }: TrainPlan): readonly number[] {
  const all = tieBreak === "hf" ? BYTES_BY_CHAR : Array.from({ length: 256 }, (_, byte) => byte);
  if (initialAlphabet === "bytes") return all;
  const seen = new Uint8Array(256);
  for (let i = 0; i < bytes.length; i++) seen[bytes[i]!] = 1;
  return all.filter((byte) => seen[byte]);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
