import { counted } from "../../counted.js";
import { element } from "../../element.js";
import type { Chat } from "../../engine/tokens.js";
import { asTable } from "../../table.js";
import { hex, tokenLine } from "../../token-line.js";
import type { Change, Shown, TokensState } from "./fields.js";

/** A dialogue as the model reads it, and what of it it learns to write. */
export function dialoguePanel(change: Change): {
  root: HTMLElement;
  follow(values: TokensState): void;
  /** Draws the tokens, or says in words why there are none. */
  draw(chat: Chat | string, shown: Shown): void;
} {
  const text = element("textarea", { rows: 4, attributes: { "aria-label": "A dialogue" } });
  text.addEventListener("input", () => change({ dialogue: text.value }, "drift"));
  const form = element(
    "select",
    {},
    element("option", { value: "own" }, "of this project (renderChat)"),
    element("option", { value: "template" }, "a model's chat template (chatTemplate)"),
  );
  form.addEventListener("change", () => change({ form: form.value as TokensState["form"] }));
  const template = element("textarea", {
    rows: 6,
    attributes: { "aria-label": "The chat template, in Jinja" },
  });
  template.addEventListener("input", () => change({ template: template.value }, "drift"));
  const words = element("p");
  const line = element("div");
  let drawn: Chat | undefined;
  const table = asTable(() => dialogueTable(drawn), "the dialogue");
  return {
    root: element(
      "section",
      {},
      element("h3", {}, "A dialogue: what the model reads, and underlined what it learns to write"),
      text,
      element("p", {}, element("label", {}, "Its form: ", form)),
      template,
      words,
      line,
      table.root,
    ),
    follow(values) {
      if (text.value !== values.dialogue) text.value = values.dialogue;
      if (template.value !== values.template) template.value = values.template;
      form.value = values.form;
      template.hidden = values.form === "own";
    },
    draw(chat, { ids, bytes, space }) {
      if (typeof chat === "string") {
        drawn = undefined;
        words.textContent = chat;
        line.replaceChildren();
        table.refresh();
        return;
      }
      drawn = chat;
      const { tokens, hasMask } = chat;
      const learned = tokens.filter(({ learn }) => learn).length;
      words.textContent = hasMask
        ? `${counted(tokens.length, "token")}, ${learned} of which the loss counts.`
        : `${counted(tokens.length, "token")}. The template has no {% generation %}, and so does not say which of them are learned.`;
      line.replaceChildren(
        tokenLine(
          tokens.map(({ id, text, bytes, isSpecial, learn }) => ({
            id,
            text,
            bytes,
            className: `${isSpecial ? "special" : ""} ${learn ? "learn" : ""}`,
          })),
          {
            label: "The dialogue as tokens",
            ids: ids === "yes",
            bytes: bytes === "yes",
            space: space === "yes",
            words: (at) =>
              `token ${tokens[at]!.id}: ${JSON.stringify(tokens[at]!.text)}, ${tokens[at]!.learn ? "counts in the loss" : "is only read"}`,
          },
        ),
      );
      table.refresh();
    },
  };
}

function dialogueTable(chat: Chat | undefined) {
  return {
    caption: "The dialogue's tokens in order",
    head: ["id", "token", "bytes", "special", "mask"],
    rows: (chat?.tokens ?? []).map(({ id, text, bytes, isSpecial, learn }) => [
      id,
      text,
      hex(bytes),
      isSpecial ? "yes" : "no",
      learn ? 1 : 0,
    ]),
  };
}
