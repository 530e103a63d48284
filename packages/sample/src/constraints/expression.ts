import type { CodePoints } from "./code-points.js";
import { ConstraintError } from "./errors.js";
import type { Expression } from "./expression-parser.js";
import { EMPTY, type Term, type Terms } from "./term.js";

/** How characters become bytes: as they are, or as a JSON string spells them. */
export interface Spelling {
  /** Each character of a set. */
  characters(set: CodePoints): Term;
  /** Any text. */
  readonly anything: Term;
}

/** The texts that an expression describes, each as a whole or (`search`) those in which it is found. */
export function expressionTerm(
  terms: Terms,
  expression: Expression,
  { characters, anything }: Spelling,
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
    if (first?.kind === "choice" && hasAnchor(first)) {
      return terms.either(first.nodes.map((each) => whole(sequence([each, ...nodes.slice(1)]), left, right)));
    }
    if (last?.kind === "choice" && hasAnchor(last)) {
      return terms.either(
        last.nodes.map((each) => whole(sequence([...nodes.slice(0, -1), each]), left, right)),
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
        return terms.either(node.nodes.map(part));
      case "repeat":
        return terms.repeat(part(node.node), node.min, node.max);
      case "start":
      case "end":
        throw new ConstraintError('"^" and "$" are supported at the ends of an expression, not within it');
      case "look":
        throw new ConstraintError("a lookahead is supported outside of groups, not within them");
    }
  }

  return whole(expression, search, search);
}

function sequence(nodes: readonly Expression[]): Expression {
  const flat = nodes.flatMap((node) => (node.kind === "sequence" ? node.nodes : [node]));
  return { kind: "sequence", nodes: flat };
}

function hasAnchor(node: Expression): boolean {
  if (node.kind === "start" || node.kind === "end" || node.kind === "look") return true;
  return (node.kind === "choice" || node.kind === "sequence") && node.nodes.some(hasAnchor);
}
