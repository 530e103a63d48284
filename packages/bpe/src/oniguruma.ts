import { caseAdds, casedIn, caseForms, foldRun, longFolds } from "./case-folding.js";
import { ClassReader, failure } from "./oniguruma-classes.js";
import { ANY, LONE_WORD, WORD } from "./oniguruma-sets.js";

// The regular expressions of tokenizer files are Oniguruma's (its Ruby syntax, on Unicode), as JavaScript writes them.

const assertions = (): Readonly<Record<string, string>> => ({
  A: String.raw`(?<!\p{Any})`,
  z: String.raw`(?!\p{Any})`,
  Z: String.raw`(?=\n?(?!\p{Any}))`,
  b: `(?:(?<=[${LONE_WORD}])(?![${LONE_WORD}])|(?<![${LONE_WORD}])(?=[${LONE_WORD}]))`,
  B: `(?:(?<=[${LONE_WORD}])(?=[${LONE_WORD}])|(?<![${LONE_WORD}])(?![${LONE_WORD}]))`,
});

interface Modes {
  ignoreCase: boolean;
  /** Oniguruma's `m`: the dot matches line breaks too. */
  dotAll: boolean;
  /** Blanks and comments mean nothing. */
  extended: boolean;
}

/**
 * A piece of the result: a run of literal characters, which is written out once all of it is known, or finished text.
 * `empty` where it may match nothing.
 */
type Atom = { readonly run: string[] } | { readonly text: string; readonly empty?: boolean };

/** @throws TokenizerFormatError naming what JavaScript cannot express */
export function translateOniguruma(source: string): RegExp {
  const translation = new Translation(source);
  const text = translation.all();
  try {
    return new RegExp(text, translation.nested ? "gv" : "gu");
  } catch (cause) {
    throw failure(source, (cause as Error).message);
  }
}

class Translation extends ClassReader {
  #helpers = 0;
  #lookbehinds = 0;
  /** Groups so far, by number and by name, and those that have a match wherever the present place is reached. */
  #groups = 0;
  readonly #names = new Map<string, number>();
  #matched = new Set<number>();
  readonly #named: boolean;
  readonly #refers: boolean;

  constructor(source: string) {
    super(source);
    this.#named = /\(\?(?:<(?![=!])|')/.test(source);
    this.#refers = /\\[1-9k]/.test(source);
  }

  all(): string {
    const text = this.#alternatives({ ignoreCase: false, dotAll: false, extended: false }).text;
    if (this.at < this.source.length) throw this.refuse("a ) without its (");
    return text;
  }

  /** Up to a closing parenthesis or the end. `run` where nothing but one run of literals is there. */
  #alternatives(modes: Modes): { text: string; empty: boolean; run?: string[] } {
    const branches: string[] = [];
    const before = this.#matched;
    let only: string[] | undefined;
    let empty = false;
    do {
      this.#matched = new Set(before);
      const atoms = this.#sequence({ ...modes });
      branches.push(atoms.map((atom) => this.#written(atom, modes)).join(""));
      empty ||= atoms.every((atom) => "text" in atom && atom.empty);
      only = atoms.length === 1 && "run" in atoms[0]! ? atoms[0].run : undefined;
    } while (this.take(/\|/y));
    if (branches.length === 1)
      return only ? { text: branches[0]!, empty, run: only } : { text: branches[0]!, empty };
    this.#matched = before;
    return { text: branches.join("|"), empty };
  }

  #sequence(modes: Modes): Atom[] {
    const atoms: Atom[] = [];
    const push = (atom: Atom) => {
      const last = atoms.at(-1);
      if ("run" in atom && last && "run" in last) last.run.push(...atom.run);
      else atoms.push(atom);
    };
    while (this.at < this.source.length && !/[|)]/.test(this.source[this.at]!)) {
      if (this.take(/\(\?#(?:\\.|[^)\\])*\)/sy)) continue;
      if (modes.extended && this.take(/\s+|#[^\n]*/y)) continue;
      const before = this.#matched;
      this.#matched = new Set(before);
      const atom = this.#atom(modes);
      if (atom === undefined) continue;
      if (modes.extended) this.take(/(?:\s+|#[^\n]*\n?)+/y);
      const quantified = this.#quantified(atom, modes);
      if (quantified.optional) this.#matched = before;
      push(quantified.atom);
    }
    return atoms;
  }

  #written(atom: Atom, { ignoreCase }: Modes): string {
    if ("text" in atom) return atom.text;
    if (!ignoreCase) return atom.run.map(literal).join("");
    return foldRun(atom.run)
      .map(({ chars, as }) => {
        const text = chars.map(anyCase).join("");
        return as === "" ? text : `(?:${text}|[${as}])`;
      })
      .join("");
  }

  #quantified(atom: Atom, modes: Modes): { atom: Atom; optional: boolean } {
    let result = atom;
    let optional = false;
    for (;;) {
      const found = this.take(/([*+?])([+?]?)|\{(\d*)(,?)(\d*)\}(\??)/y);
      if (!found) return { atom: result, optional };
      const [whole, simple, suffix, least = "", comma, most = "", lazy] = found;
      if (!simple && least === "" && most === "") {
        // Braces without a number are characters.
        this.at -= whole.length;
        return { atom: result, optional };
      }
      if (least !== "" && most !== "" && Number(least) > Number(most)) {
        throw this.refuse(`the interval ${whole}, whose first number is the greater one`);
      }
      const was = "text" in result && result.empty === true;
      if (was && (simple ? simple !== "?" : comma ? most !== "1" : Number(least) > 1)) {
        // Oniguruma simplifies these by rules of its own.
        throw this.refuse(`${whole} behind what may match nothing`);
      }
      const one = `(?:${this.#written(result, modes)})`;
      optional ||= simple === "*" || simple === "?" || !(Number(least) > 0);
      if (simple) {
        const text = one + simple + (suffix === "?" ? "?" : "");
        result = {
          text: suffix === "+" ? this.#atomic(text, "a possessive quantifier") : text,
          empty: was || simple !== "+",
        };
      } else if (lazy && !comma) {
        // Ruby's {n}? is n times or not at all.
        result = { text: `(?:${one}{${least}})?`, empty: true };
        optional = true;
      } else {
        result = { text: `${one}{${least || 0}${comma}${most}}${lazy}`, empty: was || !(Number(least) > 0) };
      }
    }
  }

  /** What is matched stays matched: looking ahead never goes back. */
  #atomic(text: string, what: string): string {
    if (this.#lookbehinds > 0) throw this.refuse(`${what} inside a lookbehind`);
    const name = `atomic${++this.#helpers}`;
    return `(?:(?=(?<${name}>${text}))\\k<${name}>)`;
  }

  #atom(modes: Modes): Atom | undefined {
    if (this.source[this.at] === "(") return this.#group(modes);
    if (this.source[this.at] === "[") return { text: this.#bracketed(modes) };
    if (this.source[this.at] === "\\") return this.#escape();
    const char = this.take(/./suy)![0];
    if (char === ".") return { text: modes.dotAll ? ANY : String.raw`[^\n]` };
    // Not behind a line break that ends the text.
    if (char === "^") return { text: String.raw`(?:(?<!\p{Any})|(?<=\n)(?=\p{Any}))`, empty: true };
    if (char === "$") return { text: String.raw`(?![^\n])`, empty: true };
    if (/[*+?]/.test(char)) throw this.refuse(`${char} with nothing before it`);
    return { run: [char] };
  }

  #group(modes: Modes): Atom | undefined {
    const inside = (to: Modes = modes) => {
      const result = this.#alternatives(to);
      if (!this.take(/\)/y)) throw this.refuse("a ( without its )");
      return result;
    };
    if (this.take(/\(\?:/y)) {
      const { text, empty, run } = inside();
      return run ? { run } : { text: `(?:${text})`, empty };
    }
    const look = this.take(/\(\?<?([=!])/y);
    if (look) {
      const before = this.#matched;
      const behind = look[0].includes("<") ? 1 : 0;
      this.#lookbehinds += behind;
      const { text } = inside();
      this.#lookbehinds -= behind;
      if (look[1] === "!") this.#matched = before;
      return { text: `${look[0]}${text})`, empty: true };
    }
    if (this.take(/\(\?>/y)) {
      const { text, empty } = inside();
      return { text: this.#atomic(text, "an atomic group"), empty };
    }
    const flags = this.take(/\(\?([imx]*)(?:-([imx]*))?([:)])/y);
    if (flags) {
      const [, on = "", off = "", end] = flags;
      const set = (flag: string, now: boolean) => (now || on.includes(flag)) && !off.includes(flag);
      const next = {
        ignoreCase: set("i", modes.ignoreCase),
        dotAll: set("m", modes.dotAll),
        extended: set("x", modes.extended),
      };
      // Without a colon they hold to the end of the group around, alternatives included.
      const { text, empty } = end === ":" ? inside(next) : this.#alternatives(next);
      return { text: `(?:${text})`, empty };
    }
    const named = this.take(/\(\?(?:<([\p{L}_][\p{L}\p{Nd}_]*)>|'([\p{L}_][\p{L}\p{Nd}_]*)')/uy);
    const odd = !named && this.take(/\(\?.{0,2}|\(\*\w*/y);
    if (odd) throw this.refuse(`the group ${odd[0]}…`);
    if (!named) this.at++;
    // Beside named groups, others are not captured.
    if (!this.#refers || (this.#named && !named)) {
      const { text, empty } = inside();
      return { text: `(?:${text})`, empty };
    }
    const number = ++this.#groups;
    const name = named && (named[1] ?? named[2])!;
    if (name && this.#names.has(name)) throw this.refuse(`two groups named ${name}`);
    if (name) this.#names.set(name, number);
    const { text, empty } = inside();
    this.#matched.add(number);
    return { text: `(?<group${number}>${text})`, empty };
  }

  #escape(): Atom {
    const assertion = this.take(/\\([AbBzZ])/y);
    if (assertion) return { text: assertions()[assertion[1]!]!, empty: true };
    if (this.take(/\\R/y)) {
      return { text: this.#atomic(String.raw`\r\n|[\n-\r\x85\u2028\u2029]`, String.raw`\R`) };
    }
    if (this.take(/\\N/y)) return { text: String.raw`[^\n]` };
    if (this.take(/\\O/y)) return { text: ANY };
    const odd = /\\[GKXyYg]/y;
    odd.lastIndex = this.at;
    const unknown = odd.exec(this.source);
    if (unknown) throw this.refuse(unknown[0]);
    const reference = this.take(/\\([1-9])(?!\d)|\\k(?:<(\w+)>|'(\w+)')/y);
    if (reference) return { text: this.#reference(reference), empty: true };
    const set = this.set();
    if (set) return { text: `[${set.not ? "^" : ""}${set.body === WORD ? LONE_WORD : set.body}]` };
    return { run: [this.escapedChar()] };
  }

  #reference([whole, digit, ...names]: RegExpExecArray): string {
    const name = digit ?? names[0] ?? names[1]!;
    const number = this.#names.get(name) ?? Number(name);
    // JavaScript lets a group without a match stand for nothing, Oniguruma for no match.
    if (!this.#matched.has(number)) throw this.refuse(`${whole} to a group that may have no match`);
    return `\\k<group${number}>`;
  }

  #bracketed({ ignoreCase }: Modes): string {
    const { body, not } = this.classBody();
    const added = ignoreCase ? caseAdds(body) : "";
    const whole = `[${not ? "^" : ""}${body}${added}]`;
    if (!ignoreCase || not) return whole;
    // Oniguruma lets a class with ß match ss too.
    const long = longFolds(casedIn(`[${body}${added}]`, "v"));
    if (long.length === 0) return whole;
    return `(?:${[whole, ...long.map((folded) => Array.from(folded, anyCase).join(""))].join("|")})`;
  }
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char === "\n" ? "\\n" : char;
}

function anyCase(char: string): string {
  const forms = caseForms(char);
  return forms === char ? literal(char) : `[${forms}]`;
}
