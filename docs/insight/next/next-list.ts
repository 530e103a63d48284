import { element } from "../element.js";
import type { NextDraw } from "../engine/next.js";
import type { ModelInfo } from "../engine/opened.js";
import { percentage } from "../percentage.js";
import { visible } from "../token-line.js";

/** What is known of a token before it is asked for: its probability by the model. */
interface Best {
  readonly id: number;
  readonly p: number;
}

/** The tokens that may come next, as rows that can be pressed. */
export interface ListedNext {
  readonly info: ModelInfo;
  readonly best: readonly Best[];
  /** What the stages make of them; undefined: it is not here yet. */
  readonly answer: NextDraw | undefined;
  readonly temperature: number;
  put(id: number): void;
}

/** A row a token: its probability behind all stages as a bar, beside it the model's own, and how its logit leads there. */
export function nextRows({ info, best, answer, temperature, put }: ListedNext): HTMLLIElement[] {
  const rows = answer?.tokens.map(({ id, logit, p }) => ({ id, logit, raw: p[0]!, share: p.at(-1) }));
  const isChanged = (answer?.stages.length ?? 1) > 1;
  return (rows ?? best.map(({ id, p }) => ({ id, logit: undefined, raw: p, share: p }))).map(
    ({ id, logit, raw, share }) => {
      const token = info.tokens[id]!;
      const isDrawn = answer?.drawn === id;
      const shown = share === undefined ? "cut" : percentage(share);
      const scaled = logit === undefined ? "" : scaledWords(logit, temperature);
      const bar = (className: string, share: number) => {
        const made = element("i", { className });
        made.style.width = `${100 * share}%`;
        return made;
      };
      const button = element(
        "button",
        {
          type: "button",
          disabled: isPartial(token),
          title: `Put it behind the text. The model: ${percentage(raw)}${scaled && `, from a logit / temperature of ${scaled}`}. Drawn: ${shown}.`,
        },
        bar("", share ?? 0),
        isChanged && bar("raw", raw),
        element("b", {}, visible(token)),
        element("span", {}, shown),
        element("small", {}, scaled),
      );
      button.dataset["id"] = `${id}`;
      button.addEventListener("click", () => put(id));
      const className = [share === undefined && "ghost", isDrawn && "drawn"].filter(Boolean).join(" ");
      const row = element("li", { className }, button);
      row.dataset["next"] = `${id} ${raw} ${share ?? ""}`;
      return row;
    },
  );
}

/** A logit divided by the temperature; at 0 the highest is taken. */
function scaledWords(logit: number, temperature: number): string {
  const written = logit.toFixed(2);
  return temperature === 0 ? written : `${written} / ${temperature} = ${(logit / temperature).toFixed(2)}`;
}

/** A part of a character is no text that can be typed. */
export const isPartial = (token: string) => /\\x[\dA-F]{2}/.test(token);
