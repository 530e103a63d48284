import type { TextRow, TextSettings } from "../text-row.js";
import type { LogitsModel } from "../types.js";
import { DraftModel } from "./draft-model.js";
import type { Source } from "./options.js";
import { PromptLookup } from "./prompt-lookup.js";
import { SpeculativeSession } from "./speculative-session.js";

/** How the text draws, and what ends it. */
interface Text extends TextSettings {
  row: number;
  signal: AbortSignal | undefined;
}

/** Opens a session for one text that reads ahead what `source` drafts. */
export function speculate(
  model: LogitsModel,
  source: Source,
  { history }: TextRow,
  { signal, maxTokens, blockSize, ...drawing }: Text,
): SpeculativeSession {
  const session = model.session(1);
  try {
    const { constraint } = drawing;
    const constrained = constraint && { ...drawing, constraint };
    const drafter = source.draft
      ? new DraftModel(source.draft, history, { ...drawing, constrained }, signal)
      : new PromptLookup(history.ids, source);
    const { ids } = history;
    const limits = { ids, maxLength: ids.length + maxTokens, blockSize, maxDraft: source.tokens };
    return new SpeculativeSession(session, drafter, limits);
  } catch (error) {
    session.dispose();
    throw error;
  }
}
