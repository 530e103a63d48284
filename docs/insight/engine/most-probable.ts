/** The `count` most probable tokens, the first of equals first, and the probability of each among all. */
export function mostProbable(logits: ArrayLike<number>, count: number): { id: number; p: number }[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    let at = ids.length;
    while (at > 0 && logits[id]! > logits[ids[at - 1]!]!) at--;
    if (at === count) continue;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  const most = logits[ids[0]!]!;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - most);
  return ids.map((id) => ({ id, p: Math.exp(logits[id]! - most) / sum }));
}
