import type { NextToken } from "../../engine/before/compared.js";
import type { BeforeState } from "./fields.js";

/** Bars at a place of the answer. */
const SHOWN = 12;

/** The models that a choice of the state compares, by their places; undefined: any two. */
function placesOf(
  pair: BeforeState["pair"],
  models: number,
): readonly [from: number, to: number] | undefined {
  const [from, to] = pair.split("-").map(Number);
  return from !== undefined && to !== undefined && to < models ? [from, to] : undefined;
}

/** How much a token's probability changed, with a sign where two models are compared. */
export function changeOf({ p }: NextToken, pair: BeforeState["pair"]): number {
  const places = placesOf(pair, p.length);
  return places ? p[places[1]]! - p[places[0]]! : Math.max(...p) - Math.min(...p);
}

/** What changed most, which comes first; the answer's own token is always there. */
export function mostChanged(
  next: readonly NextToken[],
  pair: BeforeState["pair"],
  answer: number | undefined,
): NextToken[] {
  const order = next.toSorted(
    (a, b) => Math.abs(changeOf(b, pair)) - Math.abs(changeOf(a, pair)) || a.id - b.id,
  );
  return order.filter(({ id }, i) => i < SHOWN || id === answer);
}
