import type { Stage, TraceStep } from "@llm/sample";
import { element } from "../../element.js";
import type { SamplingResult } from "../../engine/sampling.js";
import { nameOf } from "../../next/controls.js";
import { ENDS_NOTE } from "../../next/word-ends.js";
import { percentage } from "../../percentage.js";
import { visible } from "../../token-line.js";
import { logitAt } from "./logit-at.js";

/** Tokens whose words are gone on with, and tokens that are shown, the model's most probable first. */
export const WORDS = 8;
const ROWS = 12;

interface Actions {
  /** Goes on with a token. */
  follow(id: number): void;
  /** Moves a stage earlier (-1) or later (1). */
  move(stage: Stage, by: number): void;
  /** How the word goes on that a token begins; undefined: tokens make no words. */
  readonly end: ((id: number) => string) | undefined;
}

/** A column of bars, up to 100%, for the model and each stage after it; what a stage removed stays as a ghost of what it was. */
export function stageColumns(
  result: SamplingResult,
  tokens: readonly string[],
  actions: Actions,
): HTMLElement[] {
  const { steps, drawn } = result;
  const ids = mostProbable(steps[0]!, ROWS);
  if (!ids.includes(drawn)) ids[ids.length - 1] = drawn;
  const ghosts = new Map<number, number>();
  let before = new Map<number, number>();
  return steps.map(({ stage, ids: left, probabilities, removed }, at) => {
    const now = new Map(Array.from(left, (id, i) => [id, probabilities[i]!]));
    for (const id of removed) ghosts.set(id, before.get(id) ?? 0);
    before = now;
    const name = logitAt(result, at, drawn)?.name;
    const isLast = at === steps.length - 1;
    const rows = ids.map((id) =>
      row(id, now.get(id), ghosts.get(id) ?? 0, isLast && id === drawn, logitAt(result, at, id)),
    );
    return element(
      "section",
      { className: "stage", attributes: { "aria-label": `After ${nameOf(stage)}`, "data-stage": stage } },
      head(stage, at, steps.length, removed.length),
      element("ol", {}, ...rows),
      at === 0 && actions.end && element("p", { className: "stage-note" }, ENDS_NOTE),
      name && element("p", { className: "stage-note" }, `In grey: the ${name}.`),
      isLast && element("p", { className: "stage-note" }, "What is drawn from. A full bar is 100%."),
    );
  });

  function row(
    id: number,
    p: number | undefined,
    ghost: number,
    isDrawn: boolean,
    logit: ReturnType<typeof logitAt>,
  ): HTMLElement {
    const bar = element("i");
    bar.style.width = `${100 * (p ?? ghost)}%`;
    const isGhost = p === undefined;
    const name = element("b", {}, visible(tokens[id]!));
    name.dataset["end"] = actions.end?.(id) ?? "";
    const button = element(
      "button",
      {
        type: "button",
        title: `Go on with it${logit === undefined ? "" : `. Its ${logit.name}: ${logit.value}`}`,
        attributes: { "data-focus": `follow ${id}` },
      },
      bar,
      name,
      logit && element("small", { className: "stage-logit" }, logit.value.toFixed(2)),
      element("span", {}, isGhost ? "removed" : percentage(p)),
    );
    button.addEventListener("click", () => actions.follow(id));
    const className = [isGhost && "ghost", isDrawn && "drawn"].filter(Boolean).join(" ");
    return element("li", { className, attributes: { "data-id": `${id}`, "data-p": `${p ?? ""}` } }, button);
  }

  function head(stage: TraceStep["stage"], at: number, count: number, removed: number): HTMLElement {
    const bar = element(
      "div",
      { className: "stage-head" },
      element("h3", {}, nameOf(stage), removed > 0 && element("small", {}, ` removes ${removed}`)),
    );
    if (stage === "model") return bar;
    const mover = (words: string, sign: string, by: number, disabled: boolean) => {
      const button = element(
        "button",
        { type: "button", disabled, attributes: { "aria-label": words, "data-focus": `${stage} ${by}` } },
        sign,
      );
      button.addEventListener("click", () => actions.move(stage, by));
      return button;
    };
    bar.append(
      mover(`Move ${nameOf(stage)} earlier`, "◀", -1, at === 1),
      mover(`Move ${nameOf(stage)} later`, "▶", 1, at === count - 1),
    );
    bar.draggable = true;
    bar.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", String(at)));
    bar.addEventListener("dragover", (event) => event.preventDefault());
    bar.addEventListener("drop", (event) => {
      event.preventDefault();
      const from = Number(event.dataTransfer?.getData("text/plain"));
      const moving = steps[from]?.stage;
      if (moving && moving !== "model" && from !== at) actions.move(moving, at - from);
    });
    return bar;
  }
}

/** The order with an active stage moved by so many active places; those that do nothing now keep to their neighbours. */
export function moved(order: readonly Stage[], active: readonly Stage[], stage: Stage, by: number): Stage[] {
  const target = active[Math.max(0, Math.min(active.length - 1, active.indexOf(stage) + by))]!;
  const rest = order.filter((each) => each !== stage);
  rest.splice(rest.indexOf(target) + (by > 0 ? 1 : 0), 0, stage);
  return target === stage ? [...order] : rest;
}

export function mostProbable({ ids, probabilities }: TraceStep, count: number): number[] {
  return Array.from(ids.keys())
    .sort((a, b) => probabilities[b]! - probabilities[a]! || a - b)
    .slice(0, count)
    .map((i) => ids[i]!);
}
