import { lineChart } from "@llm/platform/chart";
import { element } from "../../element.js";
import type { Film } from "../../engine/tokens.js";
import { withKey } from "../../key-hint.js";
import { refused } from "../../refused.js";
import { asTable } from "../../table.js";
import { tokenLine, visible } from "../../token-line.js";
import { type Change, fields, type Keys, type TokensState } from "./fields.js";
import { pairCounts, partsAfter, tokensPerByte } from "./film-state.js";

/** Pairs that race. */
const RACERS = 8;
/** Milliseconds that a merge is shown while the film plays. */
const PACE = 500;

interface Actions {
  change: Change;
  warn(sentence: string): void;
  say(sentence: string): void;
}

/** How a vocabulary is learned from the reader's text, merge by merge. */
export function filmPanel({ change, warn, say }: Actions): {
  root: HTMLElement;
  follow(values: TokensState): void;
  /** @returns the step that is shown */
  draw(film: Film, values: TokensState): number;
  pause(): void;
  readonly keys: Keys;
} {
  const slide = element("input", {
    type: "range",
    attributes: { min: "0", "aria-label": "Merges so far" },
  });
  slide.addEventListener("input", () => change({ step: Number(slide.value) }, "drift"));
  const merges = element("input", { type: "number", attributes: { min: "1" } });
  merges.addEventListener("change", () => {
    const value = fields.merges.read(merges.value);
    if (value === undefined) warn(refused("merges to learn", fields.merges, merges.value));
    else change({ merges: value, step: 0 });
  });
  const play = element("button", { type: "button" }, ...withKey("▶ Play (p)"));
  const backward = element("button", { type: "button" }, ...withKey("One back (j)"));
  const forward = element("button", { type: "button" }, ...withKey("One merge (k)"));
  const caption = element("p");
  const line = element("div");
  const race = element("ol", {
    className: "race",
    attributes: { "aria-label": "The most frequent pairs" },
  });
  const curve = element("div");
  const table = asTable(() => mergesTable(film), "the merges");
  let film: Film | undefined;
  let at = 0;
  let playing: ReturnType<typeof setInterval> | undefined;

  const goTo = (step: number) =>
    change({ step: Math.max(0, Math.min(film?.merges.length ?? 0, step)) }, "drift");
  const pause = () => {
    clearInterval(playing);
    playing = undefined;
    play.replaceChildren(...withKey("▶ Play (p)"));
  };
  const toggle = () => {
    if (playing) {
      pause();
      say(caption.textContent ?? "");
      return;
    }
    if (film && at >= film.merges.length) goTo(0);
    play.replaceChildren(...withKey("❚❚ Pause (p)"));
    playing = setInterval(() => {
      if (!film || at >= film.merges.length) pause();
      else goTo(at + 1);
    }, PACE);
  };
  const by = (steps: number) => {
    goTo(at + steps);
    say(caption.textContent ?? "");
  };
  play.addEventListener("click", toggle);
  backward.addEventListener("click", () => by(-1));
  forward.addEventListener("click", () => by(1));

  return {
    root: element(
      "section",
      {},
      element("h3", {}, "The film: how a vocabulary is learned from it"),
      element(
        "div",
        { className: "insight-bar" },
        play,
        backward,
        forward,
        element("label", {}, "merges to learn ", merges),
      ),
      slide,
      caption,
      line,
      race,
      curve,
      table.root,
    ),
    follow(values) {
      merges.value = `${values.merges}`;
    },
    draw(next, { step, space }) {
      film = next;
      at = Math.min(step, film.merges.length);
      slide.max = `${film.merges.length}`;
      slide.value = `${at}`;
      caption.textContent = captionOf(film, at);
      line.replaceChildren(textAfter(film, at, space === "yes"));
      race.replaceChildren(...racers(film, at));
      curve.innerHTML = curveOf(film, at);
      table.refresh();
      return at;
    },
    pause,
    keys: [
      { key: "p", does: "plays and stops the film", run: toggle },
      { key: "j", does: "goes one merge back", run: () => by(-1) },
      { key: "k", does: "makes one merge", run: () => by(1) },
    ],
  };
}

function captionOf({ merges, tokens }: Film, step: number): string {
  const last = merges[step - 1];
  return last
    ? `Merge ${step} of ${merges.length}: ${shownPair(tokens, last.left, last.right)}, ${last.count} times, becomes token ${last.id}.`
    : `No merge yet, of ${merges.length}: every byte is a token.`;
}

/** The text, and in it what was joined last. */
function textAfter(film: Film, step: number, space: boolean): HTMLElement {
  const { merges, tokens, order } = film;
  const parts = partsAfter(film, step);
  const joined = merges[step - 1]?.id;
  const line = order
    .flatMap((piece) => parts[piece]!)
    .map((id) => ({ id, text: tokens[id]!, className: id === joined ? "joined" : "" }));
  return tokenLine(line, {
    label: "The text after these merges",
    ids: false,
    space,
    words: (at) => `token ${line[at]!.id}: ${JSON.stringify(line[at]!.text)}`,
  });
}

function racers(film: Film, step: number): HTMLElement[] {
  const pairs = pairCounts(film, step).slice(0, RACERS);
  return pairs.map(({ left, right, count }) => {
    const bar = element("i", { className: "race-bar" });
    bar.style.width = `${(100 * count) / pairs[0]!.count}%`;
    const row = element(
      "li",
      {},
      bar,
      element("span", { className: "race-name" }, shownPair(film.tokens, left, right)),
      element("span", { className: "race-count" }, String(count)),
    );
    row.dataset["pair"] = `${left} ${right} ${count}`;
    return row;
  });
}

function curveOf(film: Film, step: number): string {
  const perByte = tokensPerByte(film);
  return lineChart({
    title: "Tokens per byte",
    description: `After ${step} merges ${perByte[step]!.toFixed(3)}; after all ${perByte.at(-1)!.toFixed(3)}.`,
    xLabel: "merges",
    yLabel: "tokens per byte",
    series: [
      { name: "", points: perByte.map((value, at) => [at, value]), colour: "one" },
      { name: "now", points: [[step, perByte[step]!]], colour: "two", dots: true },
    ],
  }).markup;
}

function shownPair(texts: readonly string[], left: number, right: number): string {
  return `${visible(texts[left]!)} + ${visible(texts[right]!)}`;
}

function mergesTable(film: Film | undefined) {
  const perByte = film ? tokensPerByte(film) : [];
  return {
    caption: "Merges in order",
    head: ["merge", "left", "right", "id", "token", "times", "tokens per byte after it"],
    rows: (film?.merges ?? []).map(({ left, right, id, count }, i) => [
      i + 1,
      left,
      right,
      id,
      film!.tokens[id]!,
      count,
      perByte[i + 1]!,
    ]),
  };
}
