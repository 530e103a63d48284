import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { mostProbable } from "./alternatives.js";
import { checkArgument, checkCount, checkModel, checkPrompt, checkTokenizer, read } from "./check.js";
import { ContextOverflowError } from "./errors.js";
import { knownIds } from "./known-ids.js";
import { stopIdsOf } from "./settings.js";
import type { LogitsModel, Session, Tokenizer } from "./types.js";

/** Options of `beamSearch`. */
export interface BeamSearchOptions {
  /** How many texts are followed at once. */
  beams: number;
  /** How many tokens at most. */
  maxTokens: number;
  /** A text's log-probability is divided by its length to this power: above 0 longer texts do better. Default 1. */
  lengthPenalty?: number;
  /**
   * When to end before `maxTokens`. true: as soon as there are as many finished texts as beams. false (the default): when the
   * best unfinished one, at its present length, is no better than the worst of those. "never": only when none can become so.
   */
  earlyStopping?: boolean | "never";
  /** Ids that finish a text. By default the model's own end token. */
  stopIds?: Iterable<number>;
  /** That of the ids: only its own are in the texts, where a model's vocabulary is padded or has gaps. */
  tokenizer?: Tokenizer;
  /** Aborting throws the signal's reason. */
  signal?: AbortSignal;
}

const BEAM_SEARCH: Kinds<BeamSearchOptions> = {
  beams: "count!",
  maxTokens: "count!",
  lengthPenalty: "number",
  earlyStopping: "boolean|string",
  stopIds: "iterable",
  tokenizer: "object",
  signal: "signal",
};

/** A text that beam search found. */
export interface Beam {
  /** What follows the prompt, with its stop id if it has one. */
  ids: Uint32Array;
  /** The model's log-probability of `ids` (natural). */
  logprob: number;
  /** `logprob` divided by length ** lengthPenalty: what texts are compared by. */
  score: number;
}

/** A text in progress: its row, and where it stands. */
interface Branch {
  row: number;
  ids: readonly number[];
  logprob: number;
}

/**
 * The most probable texts that follow a prompt, best first, at most `beams` of them: the algorithm of transformers 5, with
 * ties broken by the better beam and then the lower id. Each beam is a row that was forked, so the prompt is read once.
 *
 * @throws InvalidOptionError, ContextOverflowError if prompt and tokens do not fit into the model's block
 */
export async function beamSearch(
  model: LogitsModel,
  prompt: ArrayLike<number>,
  options: BeamSearchOptions,
): Promise<Beam[]> {
  checkModel("beamSearch", model);
  checkArgument("prompt of beamSearch", prompt, "list");
  const given = read("beamSearch", options, BEAM_SEARCH);
  const { beams, maxTokens, lengthPenalty = 1, earlyStopping = false, tokenizer, signal } = given;
  if (typeof earlyStopping === "string")
    checkArgument("earlyStopping of beamSearch", earlyStopping, ["never"]);
  checkCount("beams", beams, 1);
  if (tokenizer) checkTokenizer("beamSearch", tokenizer);
  const vocabSize = Math.min(model.vocabSize, tokenizer?.vocabSize ?? model.vocabSize);
  const known = tokenizer && knownIds(tokenizer);
  const stopIds = stopIdsOf(model, given);
  const ids = Array.from(prompt);
  checkPrompt(ids, model.vocabSize);
  const needed = ids.length + maxTokens - 1; // the last token is not read
  if (needed > model.blockSize) throw new ContextOverflowError(needed, model.blockSize, "lower maxTokens");

  const scoreOf = (logprob: number, length: number) => logprob / length ** lengthPenalty;
  const rests = new Rests();
  await rests.take(signal);
  const session = model.session(1);
  try {
    let running: Branch[] = [{ row: session.rows[0]!, ids: [], logprob: 0 }];
    let logits = await session.step([{ row: running[0]!.row, ids }], signal && { signal });
    let finished: Beam[] = [];
    for (let length = 1; ; length++) {
      await rests.take(signal);
      // Even if all of the best ones finish, enough are left to go on with.
      const count = Math.max(2, 1 + stopIds.size) * beams;
      const next = running
        .flatMap((parent, i) =>
          mostProbable(logits[i]!, count, vocabSize, known)
            .filter(({ logprob }) => logprob > Number.NEGATIVE_INFINITY)
            .map(({ id, logprob }) => ({ parent, id, logprob: parent.logprob + logprob })),
        )
        .sort((a, b) => b.logprob - a.logprob)
        .slice(0, count);

      const ends = ({ id }: { id: number }) => stopIds.has(id) || length === maxTokens;
      const ended = next.slice(0, beams).filter(ends);
      const news = ended.map(({ parent, id, logprob }) => {
        return { ids: Uint32Array.of(...parent.ids, id), logprob, score: scoreOf(logprob, length) };
      });
      finished = [...finished, ...news].sort((a, b) => b.score - a.score).slice(0, beams);

      const kept = next.filter((each) => !ends(each)).slice(0, beams);
      if (kept.length === 0) return finished;
      const isFull = finished.length === beams;
      if (isFull && earlyStopping === true) return finished;
      const most = earlyStopping === "never" && lengthPenalty > 0 ? maxTokens : length;
      if (isFull && scoreOf(kept[0]!.logprob, most) <= finished.at(-1)!.score) return finished;

      const rows = inherit(
        session,
        running,
        kept.map(({ parent }) => parent),
      );
      running = kept.map(({ parent, id, logprob }, i) => ({
        row: rows[i]!,
        ids: [...parent.ids, id],
        logprob,
      }));
      const entries = running.map(({ row, ids }) => ({ row, ids: ids.slice(-1) }));
      logits = await session.step(entries, signal && { signal });
    }
  } finally {
    session.dispose();
  }
}

/** A row for each child: its parent's own for the first one, a fork for the others. Rows without children are freed. */
function inherit(session: Session, parents: readonly Branch[], wanted: readonly Branch[]): number[] {
  const taken = new Set<Branch>();
  const rows = wanted.map((parent) => {
    if (taken.has(parent)) return session.fork(parent.row);
    taken.add(parent);
    return parent.row;
  });
  for (const parent of parents) if (!taken.has(parent)) session.free(parent.row);
  return rows;
}
