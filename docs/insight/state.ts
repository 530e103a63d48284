import type { Fields, Values } from "./fields.js";

/** Of the way a state is written; a link of another version is not understood. */
const VERSION = 1;
/** The most characters of a link's hash. */
const LIMIT = 2048;

/** What a hash says: which view, and its fields as they are written. */
export interface Place {
  readonly view: string | undefined;
  readonly written: URLSearchParams;
  /** What was not understood, in a sentence. */
  readonly note: string | undefined;
}

/** Reads `#v1/sampling?temperature=0.7`. A hash of a heading is no state, and an empty one neither. */
export function readHash(hash: string): Place {
  const nothing = { view: undefined, written: new URLSearchParams() };
  const [, version, view, rest = ""] = /^#v(\d+)\/([^?]*)(?:\?(.*))?$/s.exec(hash) ?? [];
  if (version === undefined) {
    const broken = /^#v\d/.test(hash);
    return { ...nothing, note: broken ? "The link is broken, so the view opens as usual." : undefined };
  }
  if (Number(version) !== VERSION) {
    const note = `The link is of version ${version}, and this page reads version ${VERSION}, so the view opens as usual.`;
    return { ...nothing, view, note };
  }
  return { view, written: new URLSearchParams(rest), note: undefined };
}

/** The fields of a view from a link; what is missing or not understood is as usual. */
export function readFields<F extends Fields>(
  fields: F,
  written: URLSearchParams,
): { values: Values<F>; note: string | undefined } {
  const strange: string[] = [];
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const text = written.get(name);
      const value = text === null ? field.initial : field.read(text);
      if (value === undefined) strange.push(`${name} "${text}"`);
      return [name, value ?? field.initial];
    }),
  ) as Values<F>;
  for (const name of written.keys()) if (!(name in fields)) strange.push(name);
  const note = strange.length
    ? `The link has ${strange.join(", ")}, which is not understood and left out.`
    : undefined;
  return { values, note };
}

/**
 * The hash of a state. Only what is not as usual is written; where that is too long for a link, the longest field is left
 * out, and the next.
 */
export function writeHash<F extends Fields>(
  view: string,
  fields: F,
  values: Values<F>,
): { hash: string; left: string[] } {
  const written = Object.entries(fields)
    .map(([name, field]) => [name, field.write(values[name as keyof F])] as const)
    .filter(([name, text]) => text !== fields[name]!.write(fields[name]!.initial));
  const left: string[] = [];
  for (;;) {
    const rest = new URLSearchParams(written.filter(([name]) => !left.includes(name)) as [string, string][]);
    const hash = `#v${VERSION}/${view}${rest.size > 0 ? `?${rest}` : ""}`;
    if (hash.length <= LIMIT) return { hash, left };
    const [longest] = [...rest].sort(
      ([, a], [, b]) => encodeURIComponent(b).length - encodeURIComponent(a).length,
    )[0]!;
    left.push(longest);
  }
}

/** The state of an open view, which the page's address follows. */
export class State<F extends Fields> {
  readonly #view: string;
  readonly #fields: F;
  readonly #changed: () => void;
  #values: Values<F>;
  /** Fields that are too long for the link. */
  left: string[] = [];

  constructor(view: string, fields: F, values: Values<F>, changed: () => void) {
    this.#view = view;
    this.#fields = fields;
    this.#values = values;
    this.#changed = changed;
  }

  get values(): Values<F> {
    return this.#values;
  }

  /** Changes fields; "step" is one that Back undoes, "drift" one of many, such as a slider's. */
  set(patch: Partial<Values<F>>, kind: "step" | "drift" = "step"): void {
    this.#values = { ...this.#values, ...patch };
    const { hash, left } = writeHash(this.#view, this.#fields, this.#values);
    this.left = left;
    // Without a state of its own, so that the site's router leaves it alone.
    if (kind === "step" && hash !== location.hash) history.pushState(null, "", hash);
    else history.replaceState(history.state, "", hash);
    this.#changed();
  }

  /** Takes what the address says now, after Back or Forward. */
  restore(values: Values<F>): void {
    this.#values = values;
    this.#changed();
  }
}
