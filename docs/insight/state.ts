import type { Fields, Values } from "./fields.js";

/** Of the way a state is written; a link of another version is not understood. */
const VERSION = 1;
/** The most characters of a link's hash. */
export const LIMIT = 2048;

/** How many characters a text takes in a link. */
export const lengthInLink = (text: string) => `${new URLSearchParams([["", text]])}`.length - 1;

/** A view that a hash names, and its fields as they are written. */
export interface Place {
  readonly view: string;
  readonly written: URLSearchParams;
}

/** What a hash says. */
interface Address {
  /** The view that was changed last comes first. */
  readonly places: readonly Place[];
  /** What was not understood, in a sentence. */
  readonly note: string | undefined;
}

/**
 * Reads `#v1/sampling?temperature=0.7`, and `#v1/space?chapter=2;inside?text=a` where two views share a page. A hash of a
 * heading is no state, and an empty one neither.
 */
export function readHash(hash: string): Address {
  const [, version, rest = ""] = /^#v(\d+)\/([^?;].*)$/s.exec(hash) ?? [];
  if (version === undefined) {
    const broken = /^#v\d/.test(hash);
    return { places: [], note: broken ? "The link is broken, so the view opens as usual." : undefined };
  }
  const isKnown = Number(version) === VERSION;
  const places = rest.split(";").map((part) => {
    const [, view = "", written = ""] = /^([^?]*)\??(.*)$/s.exec(part)!;
    return { view, written: new URLSearchParams(isKnown ? written : "") };
  });
  const note = `The link is of version ${version}, and this page reads version ${VERSION}, so the view opens as usual.`;
  return { places, note: isKnown ? undefined : note };
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
  for (const name of written.keys()) if (!Object.hasOwn(fields, name)) strange.push(name);
  const note = strange.length
    ? `The link has ${strange.join(", ")}, which is not understood and left out.`
    : undefined;
  return { values, note };
}

/** The states of the views that are open: a page has one address for all of them. */
const open = new Set<State<Fields>>();

/** The state of an open view, which the page's address follows. */
export class State<F extends Fields> {
  readonly #view: string;
  readonly #fields: F;
  readonly #changed: () => void;
  #values: Values<F>;

  constructor(view: string, fields: F, values: Values<F>, changed: () => void) {
    this.#view = view;
    this.#fields = fields;
    this.#values = values;
    this.#changed = changed;
    open.add(this);
  }

  get values(): Values<F> {
    return this.#values;
  }

  /** Changes fields; "step" is one that Back undoes, "drift" one of many, such as a slider's. */
  set(patch: Partial<Values<F>>, kind: "step" | "drift" = "step"): void {
    this.#values = { ...this.#values, ...patch };
    const { hash } = this.address();
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

  /**
   * The page's hash with this view first, then the others that were changed. Where that is too long for a link, the longest
   * field is `left` out, and the next.
   */
  address(): { readonly hash: string; readonly left: readonly string[] } {
    const others = [...open].filter((state) => state !== this);
    const places = [this, ...others].map((state) => ({ view: state.#view, written: state.#written() }));
    const left: string[] = [];
    for (;;) {
      const changed = places.filter(({ written }, i) => i === 0 || written.size > 0);
      const parts = changed.map(({ view, written }) => (written.size > 0 ? `${view}?${written}` : view));
      const hash = `#v${VERSION}/${parts.join(";")}`;
      if (hash.length <= LIMIT) return { hash, left };
      const [, name, longest] = changed
        .flatMap(({ written }) =>
          [...written].map(([name, text]) => [lengthInLink(text), name, written] as const),
        )
        .reduce((most, field) => (field[0] > most[0] ? field : most));
      longest.delete(name);
      left.push(name);
    }
  }

  /** The view is closed: the address is for those that stay. */
  close(): void {
    open.delete(this);
  }

  /** What is not as usual. */
  #written(): URLSearchParams {
    const written = Object.entries(this.#fields)
      .map(([name, field]) => [name, field.write(this.#values[name]), field.write(field.initial)] as const)
      .filter(([, text, usual]) => text !== usual);
    return new URLSearchParams(written.map(([name, text]) => [name, text]));
  }
}
