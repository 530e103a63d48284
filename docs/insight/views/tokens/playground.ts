import { counted } from "../../counted.js";
import { element } from "../../element.js";
import type { ShownToken } from "../../engine/tokens.js";
import { refused } from "../../refused.js";
import { asTable } from "../../table.js";
import { hex, tokenLine } from "../../token-line.js";
import { type Change, fields, type Shown, type TokensState } from "./fields.js";

/** A text as tokens of one vocabulary. */
export interface Column {
  readonly name: string;
  readonly tokens: readonly ShownToken[];
}

interface Actions {
  change: Change;
  warn(sentence: string): void;
  /** The reader has chosen a file. */
  opened(file: File): void;
}

/** The reader's text as tokens, in one vocabulary or two side by side. */
export function playground({ change, warn, opened }: Actions): {
  root: HTMLElement;
  /** Shows what is chosen. */
  follow(values: TokensState): void;
  draw(columns: readonly Column[], shown: Shown): void;
} {
  const text = element("textarea", { rows: 3, attributes: { "aria-label": "Your text" } });
  text.addEventListener("input", () => change({ text: text.value, step: 0 }, "drift"));
  const checks = (
    [
      ["ids", "ids"],
      ["bytes", "bytes"],
      ["space", "white space"],
      ["specials", "special tokens in the text are made"],
    ] as const
  ).map(([name, words]) => {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => change({ [name]: box.checked ? "yes" : "no" }));
    return { name, box, root: element("label", {}, box, ` ${words}`) };
  });
  const budget = element("input", { type: "number", attributes: { min: "0" } });
  budget.addEventListener("change", () => {
    const value = fields.budget.read(budget.value);
    if (value === undefined) warn(refused("The tokens of a piece", fields.budget, budget.value));
    else change({ budget: value });
  });
  const second = element(
    "select",
    {},
    element("option", { value: "text" }, "learned from this text"),
    element("option", { value: "file" }, "your file"),
    element("option", { value: "none" }, "none"),
  );
  second.addEventListener("change", () => change({ second: second.value as TokensState["second"] }));
  const file = element("input", {
    type: "file",
    attributes: { "aria-label": "tokenizer.json or a .tiktoken file" },
  });
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) opened(chosen);
  });
  const lines = element("div", { className: "token-columns" });
  let drawn: readonly Column[] = [];
  const table = asTable(() => tokensTable(drawn), "the tokens");
  return {
    root: element(
      "section",
      {},
      element("h3", {}, "Your text as tokens"),
      text,
      element(
        "div",
        { className: "insight-fields" },
        ...checks.map(({ root }) => root),
        element("label", {}, "cut every so many tokens (0: never) ", budget),
      ),
      element(
        "div",
        { className: "insight-fields" },
        element("label", {}, "Beside the site's vocabulary: ", second),
        file,
      ),
      lines,
      table.root,
    ),
    follow(values) {
      if (text.value !== values.text) text.value = values.text;
      for (const { name, box } of checks) box.checked = values[name] === "yes";
      budget.value = `${values.budget}`;
      second.value = values.second;
    },
    draw(columns, shown) {
      drawn = columns;
      lines.replaceChildren(...columns.map((column) => columnOf(column, shown)));
      table.refresh();
    },
  };
}

function columnOf({ name, tokens }: Column, { ids, bytes, space }: Shown): HTMLElement {
  const length = tokens.reduce((sum, token) => sum + token.bytes.length, 0);
  const share = (tokens.length / Math.max(1, length)).toFixed(3);
  const line = tokens.map(({ id, text, bytes, isSpecial, cut }) => ({
    id,
    text,
    bytes,
    className: `${isSpecial ? "special" : ""} ${cut ? "cut" : ""}`,
  }));
  return element(
    "section",
    { attributes: { "aria-label": name } },
    element("h4", {}, name),
    element("p", {}, `${counted(tokens.length, "token")} for ${counted(length, "byte")}: ${share} a byte`),
    tokenLine(line, {
      label: name,
      ids: ids === "yes",
      bytes: bytes === "yes",
      space: space === "yes",
      words: (at) =>
        `token ${tokens[at]!.id}: ${JSON.stringify(tokens[at]!.text)}, bytes ${hex(tokens[at]!.bytes)}`,
    }),
  );
}

function tokensTable(columns: readonly Column[]) {
  return {
    caption: "Tokens in order",
    head: ["vocabulary", "id", "token", "bytes", "special", "begins a piece"],
    rows: columns.flatMap(({ name, tokens }) =>
      tokens.map(({ id, text, bytes, isSpecial, cut }) => [
        name,
        id,
        text,
        hex(bytes),
        isSpecial ? "yes" : "no",
        cut ? "yes" : "no",
      ]),
    ),
  };
}
