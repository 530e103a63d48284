import type { CodePoints } from "./code-points.js";
import { ConstraintError } from "./errors.js";
import type { Expression } from "./expression-parser.js";
import { EMPTY, type Term } from "./term.js";
import type { Terms } from "./terms.js";

/** An expression of more places is tried as a whole before it is used. */
export const MAX_PLACES = 3000;

/** What characters are written as. */
export interface Letters {
  /** One character of a set. */
  characters(set: CodePoints): Term;
  /** So many characters of a set. */
  repeated(set: CodePoints, min: number, max: number): Term;
  /** Any text. */
  readonly anything: Term;
}

/** The texts that an expression describes, each as a whole or (`search`) those in which it is found. */
export function expressionTerm(
  terms: Terms,
  expression: Expression,
  { characters, repeated, anything }: Letters,
  search: boolean,
): Term {
  /** What must match up to both ends, but for sides that are open: more text may stand there. */
  function whole(node: Expression, left: boolean, right: boolean): Term {
    if (node.kind === "choice") return terms.either(node.nodes.map((each) => whole(each, left, right)));
    const nodes = node.kind === "sequence" ? node.nodes : [node];
    const first = nodes[0];
    const last = nodes.at(-1);
    if (first?.kind === "start") return whole(sequence(nodes.slice(1)), false, right);
    if (last?.kind === "end") return whole(sequence(nodes.slice(0, -1)), left, false);
    const split = nodes.findIndex((each) => each.kind !== "look" && hasAnchor(each));
    const choice = nodes[split];
    if (choice?.kind === "choice" || choice?.kind === "repeat") {
      const ways = choice.kind === "choice" ? choice.nodes : [sequence([]), choice.node];
      return terms.either(
        ways.map((each) => {
          const way = [...nodes.slice(0, split), each, ...nodes.slice(split + 1)];
          return whole(sequence(way), left, right);
        }),
      );
    }
    const at = nodes.findIndex(({ kind }) => kind === "look");
    if (at >= 0) {
      const look = nodes[at] as Expression & { kind: "look" };
      const ahead = whole(look.node, false, true);
      const rest = whole(sequence(nodes.slice(at + 1)), false, right);
      const both = terms.both([rest, look.negated ? terms.not(ahead) : ahead]);
      return terms.chain(whole(sequence(nodes.slice(0, at)), left, false), both);
    }
    return terms.sequence(left ? anything : EMPTY, ...nodes.map(part), right ? anything : EMPTY);
  }

  function part(node: Expression): Term {
    switch (node.kind) {
      case "set":
        return characters(node.points);
      case "sequence":
        return terms.sequence(...node.nodes.map(part));
      case "choice":
        return factored(
          node.nodes.map((each) => (each.kind === "sequence" ? each.nodes : [each]).map(part)),
          0,
        );
      case "repeat":
        if (node.node.kind === "set") return repeated(node.node.points, node.min, node.max);
        return terms.repeat(part(node.node), node.min, node.max);
      case "start":
      case "end":
        throw new ConstraintError('"^" and "$" are supported at the ends of an expression, not within it');
      case "look":
        throw new ConstraintError("a lookahead is supported outside of groups, not within them");
    }
  }

  /** Sequences from `at` on: what some begin with is there once, so that of many words few are tried at each character. */
  function factored(sequences: readonly (readonly Term[])[], at: number): Term {
    const byFirst = new Map<Term | undefined, (readonly Term[])[]>();
    for (const each of sequences) {
      const alike = byFirst.get(each[at]);
      if (alike) alike.push(each);
      else byFirst.set(each[at], [each]);
    }
    const ways = Array.from(byFirst, ([first, alike]) => {
      if (!first) return EMPTY;
      const rest = alike.length === 1 ? terms.sequence(...alike[0]!.slice(at + 1)) : factored(alike, at + 1);
      return terms.chain(first, rest);
    });
    return terms.either(ways);
  }

  return whole(expression, search, search);
}

/** Places of an expression, each as often as it is repeated: as many alternatives may have to be tried at each byte. */
export function placesOf(node: Expression, isRepeated = false): number {
  switch (node.kind) {
    case "sequence":
    case "choice":
      return node.nodes.reduce((sum, each) => sum + placesOf(each, isRepeated), 0);
    case "repeat": {
      // Characters of a set are counted, but for those within other counts.
      const isCounted = node.max < Number.POSITIVE_INFINITY && (isRepeated || node.node.kind !== "set");
      return placesOf(node.node, isRepeated || isCounted) * (isCounted ? Math.max(1, node.max) : 1);
    }
    case "look":
      return placesOf(node.node, isRepeated);
    default:
      return 1;
  }
}

/** The sets of characters in an expression. */
export function* setsOf(node: Expression): Generator<CodePoints> {
  if (node.kind === "set") yield node.points;
  else if (node.kind === "sequence" || node.kind === "choice")
    for (const each of node.nodes) yield* setsOf(each);
  else if (node.kind === "repeat" || node.kind === "look") yield* setsOf(node.node);
}

/** How many characters the texts have that match from one end to the other. */
export function lengthsOf(node: Expression): readonly [min: number, max: number] {
  switch (node.kind) {
    case "set":
      return [1, 1];
    case "sequence": {
      const all = node.nodes.map(lengthsOf);
      return [all.reduce((sum, [min]) => sum + min, 0), all.reduce((sum, [, max]) => sum + max, 0)];
    }
    case "choice": {
      const all = node.nodes.map(lengthsOf);
      return [Math.min(...all.map(([min]) => min)), Math.max(...all.map(([, max]) => max))];
    }
    case "repeat": {
      const [min, max] = lengthsOf(node.node);
      return [min * node.min, max === 0 || node.max === 0 ? 0 : max * node.max];
    }
    default:
      return [0, 0];
  }
}

/** Whether it begins and ends where the text does. */
export function isAnchored(node: Expression): boolean {
  const nodes = node.kind === "sequence" ? node.nodes : [node];
  return nodes[0]?.kind === "start" && nodes.at(-1)?.kind === "end";
}

function sequence(nodes: readonly Expression[]): Expression {
  const flat = nodes.flatMap((node) => (node.kind === "sequence" ? node.nodes : [node]));
  return { kind: "sequence", nodes: flat };
}

function hasAnchor(node: Expression): boolean {
  if (node.kind === "start" || node.kind === "end" || node.kind === "look") return true;
  if (node.kind === "repeat") return node.min === 0 && node.max === 1 && hasAnchor(node.node);
  return (node.kind === "choice" || node.kind === "sequence") && node.nodes.some(hasAnchor);
}
