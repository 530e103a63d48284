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
  /** How the word goes on that a token begins. */
  end(id: number): string;
  put(id: number): void;
}

/** A row a token: its probability behind all stages as a bar, beside it the model's own, and how its logit leads there. */
export function nextRows({ info, best, answer, temperature, end, put }: ListedNext): HTMLLIElement[] {
  const rows = answer?.tokens.map(({ id, logit, p }) => ({ id, logit, raw: p[0]!, share: p.at(-1) }));
  const isChanged = (answer?.stages.length ?? 1) > 1;
  return (rows ?? best.map(({ id, p }) => ({ id, logit: undefined, raw: p, share: p }))).map(
    ({ id, logit, raw, share }) => {
      const token = info.tokens[id]!;
      const isDrawn = answer?.drawn === id;
      // What is drawn stands at the end, however many are between.
      const rank = isDrawn && answer.rank > answer.tokens.length ? `#${answer.rank}` : "";
      const shown = share === undefined ? "cut" : percentage(share);
      const scaled = logit === undefined ? "" : scaledWords(logit, temperature);
      const shared = answer && expOf(answer, logit!, temperature);
      const path = shared ? `${scaled}; ${expWords(shared, share === undefined)}` : scaled;
      const name = element("b", {}, visible(token));
      name.dataset["end"] = end(id);
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
          title: `Put it behind the text.${rank && ` It is number ${answer!.rank} of all by the model.`} The model: ${percentage(raw)}. Logit / temperature: ${path}. Drawn: ${shown}.`,
        },
        bar("", share ?? 0),
        isChanged && bar("raw", raw),
        name,
        element("span", {}, shown),
        element(
          "small",
          {},
          rank && element("em", {}, `${rank} `),
          // Beside its rank there is no room for what divides them all.
          scaled && (rank ? logit!.toFixed(2) : shortScaled(logit!, temperature)),
        ),
        element("small", {}, shared && `exp ${digits(shared.exp)}`),
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

/** What is divided, where something is. */
const shortScaled = (logit: number, temperature: number) =>
  `${logit.toFixed(2)}${temperature === 0 || temperature === 1 ? "" : ` / ${temperature}`}`;

/** Of a number from 0 to 1. */
const digits = (share: number) => (share < 0.001 ? share.toExponential(0) : share.toFixed(3));

/** A logit divided by the temperature; at 0 the highest is taken. */
function scaledWords(logit: number, temperature: number): string {
  const written = logit.toFixed(2);
  return temperature === 0 ? written : `${written} / ${temperature} = ${(logit / temperature).toFixed(2)}`;
}

/** How a logit becomes a share: e to the power of how far its scaled one is below the highest, divided by the sum over all that are left. */
interface Shared {
  readonly below: number;
  readonly exp: number;
  readonly sum: number;
}

/** undefined at temperature 0, where the highest is taken. */
export function expOf({ tokens }: NextDraw, logit: number, temperature: number): Shared | undefined {
  if (temperature === 0) return undefined;
  const [first] = tokens;
  const below = (logit - first!.logit) / temperature;
  // The highest, which no stage cuts, has 1 of the sum.
  return { below, exp: Math.exp(below), sum: 1 / first!.p.at(-1)! };
}

const expWords = ({ below, exp, sum }: Shared, isCut: boolean) =>
  `${-below === 0 ? "the highest" : `${(-below).toFixed(2)} below the highest`}; exp ${exp.toPrecision(3)}${isCut ? "" : ` of a sum of ${sum.toPrecision(4)}`}`;

/** A part of a character is no text that can be typed. */
export const isPartial = (token: string) => /\\x[\dA-F]{2}/.test(token);
