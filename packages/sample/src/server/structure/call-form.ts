/**
 * How a family of models writes calls of tools: a call is `before`, the name, `behind`, the arguments, and `end`. The arguments are
 * JSON, or stand one by one in tags.
 */
export interface CallForm {
  /** What may stand before the first call, best first. */
  readonly opens: readonly [string, ...string[]];
  readonly before: string;
  readonly behind: string;
  /** How arguments stand one by one. Left out: they are JSON. */
  readonly tags?: ArgumentTags;
  /** What may stand between the arguments and `end`, as an expression. */
  readonly more?: string;
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

/** An argument is `before`, its name, `behind`, its value and `end`. Texts stand as they are, and all else as JSON. */
export interface ArgumentTags {
  readonly before: string;
  readonly behind: string;
  readonly end: string;
}

/** What stands before the arguments of a call. */
export interface Lead {
  readonly name: string;
  readonly text: string;
}

/** What stands before the arguments of a call of each of these tools, for the first call of an answer and for later ones. */
export function leadsOf(
  { opens, before, behind }: CallForm,
  names: readonly string[],
): { first: readonly Lead[]; later: readonly Lead[] } {
  const leads = (opens: readonly string[]) =>
    opens.flatMap((open) => names.map((name) => ({ name, text: open + before + name + behind })));
  return { first: leads(opens), later: leads([""]) };
}

/** A call as it stands alone in an answer. @param given its arguments: an object, or what a client gave instead */
export function callText(form: CallForm, name: string, given: unknown): string {
  const { opens, before, behind, tags, end, close } = form;
  const inTags = ([key, value]: [string, unknown], tags: ArgumentTags) =>
    tags.before + key + tags.behind + (typeof value === "string" ? value : JSON.stringify(value)) + tags.end;
  const all = tags
    ? Object.entries(Object(given)).map((argument) => inTags(argument, tags))
    : [JSON.stringify(given)];
  return opens[0] + before + name + behind + all.join("") + end + close;
}

/** A text as an expression. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
