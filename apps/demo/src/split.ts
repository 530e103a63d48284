/** Where validation is measured: rows of `blockSize` tokens, each followed by the token to predict. */
export interface Windows {
  blockSize: number;
  starts: readonly number[];
}

/**
 * At most `limit` windows of a split, one behind the other without overlap and evenly spread, so that
 * every model is measured on the same tokens: window at `s` predicts the tokens at s + 1 .. s + blockSize.
 */
export function windows(tokens: number, blockSize: number, limit: number): Windows {
  const fit = Math.floor((tokens - 1) / blockSize);
  const count = Math.min(fit, limit);
  const starts = Array.from(
    { length: Math.max(0, count) },
    (_, i) => Math.floor((i * fit) / count) * blockSize,
  );
  return { blockSize, starts };
}

/** The positions whose tokens are predicted, in order. */
export function* targets({ blockSize, starts }: Windows): Generator<number> {
  for (const start of starts) for (let t = 1; t <= blockSize; t++) yield start + t;
}

/**
 * Which documents are set aside for validation: those that come first when sorted by a hash of their
 * ids, until they hold the wanted share of the bytes, at least one and never all.
 */
export function chooseValidation<T extends { key: string; bytes: number }>(
  documents: readonly T[],
  share: number,
): Set<T> {
  const total = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  const order = [...documents].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const chosen = new Set<T>();
  let held = 0;
  for (const document of order.slice(0, -1)) {
    if (chosen.size > 0 && held + document.bytes > share * total) continue;
    chosen.add(document);
    held += document.bytes;
    if (held >= share * total) break;
  }
  return chosen;
}
