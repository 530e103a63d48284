/** How a family of models writes calls of tools: a call is `before`, the name, `behind`, the arguments as JSON, and `end`. */
export interface CallForm {
  /** What may stand before the first call, best first. */
  readonly opens: readonly [string, ...string[]];
  readonly before: string;
  readonly behind: string;
  /** Behind the arguments, as an expression. */
  readonly end: string;
  /** Between two calls, as an expression. Left out: there is one call at most. */
  readonly between?: string;
  /** Behind the last call. */
  readonly close: string;
  /** What no text beside calls has in it; left out: calls are all of an answer, and other answers begin otherwise. */
  readonly mark?: string;
  /** Ids of calls are so many letters and digits. Left out: any text. */
  readonly idLength?: number;
}

/** What stands before the arguments of a call of each of these tools, for the first call of an answer and for later ones. */
export function leadsOf({ opens, before, behind }: CallForm, names: readonly string[]) {
  const leads = (opens: readonly string[]) =>
    opens.flatMap((open) => names.map((name) => ({ name, text: open + before + name + behind })));
  return { first: leads(opens), later: leads([""]) };
}

/** A text as an expression. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
