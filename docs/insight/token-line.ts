import { element } from "./element.js";
import { thousands } from "./thousands.js";

/** A token as it is drawn. */
export interface LineToken {
  readonly id: number;
  readonly text: string;
  readonly bytes?: readonly number[];
  readonly className?: string;
}

interface LineOptions {
  readonly label: string;
  /** Writes the id below each token. */
  readonly ids: boolean;
  /** Writes the bytes below each token. */
  readonly bytes?: boolean;
  /** Draws white space as signs. */
  readonly space: boolean;
  /** A token in words, when it is pointed at or reached by arrow key. */
  words(at: number): string;
}

/** More tokens than this are counted and not drawn: a page of a whole book would stand still. */
const MOST = 5000;

/** Tokens in a row, coloured in turn, with one that is chosen. */
export function tokenLine(
  tokens: readonly LineToken[],
  { label, ids, bytes = false, space, words }: LineOptions,
): HTMLElement {
  const output = element("output", { attributes: { "aria-live": "polite" } });
  const spans = tokens.slice(0, MOST).map(({ id, text, bytes: own = [], className = "" }, i) => {
    const shown = space ? visible(text).replaceAll("⏎", "⏎\n") : text;
    const span = element("span", { className: `token t${i % 4} ${className}` }, shown);
    span.dataset["id"] = `${id}`;
    if (ids) span.append(element("small", {}, ` ${id} `));
    if (bytes) span.append(element("small", { className: "token-bytes" }, ` ${hex(own)} `));
    return span;
  });
  const line = element(
    "div",
    {
      className: "token-line",
      tabIndex: 0,
      attributes: { role: "group", "aria-label": `${label}, arrow keys go from token to token` },
    },
    ...spans,
  );
  let chosen = -1;
  const choose = (at: number) => {
    if (at < 0 || at >= spans.length) return;
    spans[chosen]?.classList.remove("chosen");
    chosen = at;
    spans[at]!.classList.add("chosen");
    output.value = words(at);
  };
  line.addEventListener("pointerover", ({ target }) => {
    if (target instanceof HTMLElement) choose(spans.indexOf(target.closest<HTMLSpanElement>(".token")!));
  });
  line.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(spans.length - 1, chosen + by)));
  });
  const cut =
    tokens.length > MOST && `The first ${thousands(MOST)} of ${thousands(tokens.length)} tokens are drawn.`;
  return element("div", {}, line, cut && element("p", {}, cut), output);
}

const CONTROL = /\p{Cc}/gu;

/** White space as signs, so that it can be seen. */
export function visible(token: string): string {
  return token
    .replaceAll("\n", "⏎")
    .replaceAll(" ", "␣")
    .replaceAll("\t", "⇥")
    .replaceAll("\u00a0", "⍽")
    .replaceAll(CONTROL, (sign) => `\\x${hex([sign.codePointAt(0)!])}`);
}

/** Bytes as they are written in hexadecimal. */
export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
