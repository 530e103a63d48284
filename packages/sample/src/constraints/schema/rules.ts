import { NOTHING, type Rule, type Term } from "../term.js";

/** The names of rules that no text fits: those that hold themselves without a way out. */
export function emptyRules(rules: ReadonlyMap<string, Rule>): string[] {
  const named = new Set(rules.values());
  const filled = new Set<Rule>();
  const isFilled = (term: Term): boolean => {
    switch (term.kind) {
      case "nothing":
        return false;
      case "chain":
        return isFilled(term.first) && isFilled(term.rest);
      case "either":
        return term.terms.some(isFilled);
      case "repeat":
        return term.min === 0 || isFilled(term.term);
      case "list": {
        const { list, low, high, from, to } = term;
        return list.rests.slice(low, high).some((rest, i) => {
          const number = list.numbers[low + i]!;
          return number >= from && number < to && isFilled(rest);
        });
      }
      case "rule":
        return filled.has(term.rule) || !named.has(term.rule);
      default:
        return true;
    }
  };
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const rule of rules.values()) {
      if (filled.has(rule) || !isFilled(rule.body ?? NOTHING)) continue;
      filled.add(rule);
      isNew = true;
    }
  }
  return [...rules].filter(([, rule]) => !filled.has(rule)).map(([name]) => name);
}

/** The name of a rule that begins with itself, if there is one. */
export function leftRecursiveRule(rules: ReadonlyMap<string, Rule>): string | undefined {
  const beginnings = (term: Term): Rule[] => {
    if (term.kind === "rule") return [term.rule];
    if (term.kind === "either") return term.terms.flatMap(beginnings);
    return term.kind === "chain" ? beginnings(term.first) : [];
  };
  for (const [name, rule] of rules) {
    const seen = new Set<Rule>();
    const todo = beginnings(rule.body!);
    for (let next = todo.pop(); next; next = todo.pop()) {
      if (next === rule) return name;
      if (seen.has(next)) continue;
      seen.add(next);
      todo.push(...beginnings(next.body!));
    }
  }
  return undefined;
}
