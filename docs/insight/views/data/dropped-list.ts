import { element } from "../../element.js";
import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import type { Chosen } from "./chosen.js";

/** Documents of a step that are listed. */
const LISTED = 200;

interface Choices {
  /** Another reason of the step; empty: all. */
  chooseReason(step: string, reason: string): void;
  chooseDocument(at: number): void;
}

/** Why a step drops documents, and which. */
export function droppedList({ chooseReason, chooseDocument }: Choices): {
  root: HTMLElement;
  draw(chosen: Chosen, reason: string, info: SurveyInfo, judgement: Judgement): void;
} {
  const head = element("h3");
  const reasons = element("div", { className: "insight-bar" });
  const list = element("ul", { className: "data-documents" });
  const root = element("div", {}, head, reasons, list);

  function reasonButton(step: string, name: string, count: number, isChosen: boolean): HTMLElement {
    const attributes = { "aria-pressed": String(isChosen), "data-focus": `reason ${name}` };
    const button = element("button", { type: "button", attributes }, `${name} (${count})`);
    button.addEventListener("click", () => chooseReason(step, isChosen ? "" : name));
    return button;
  }

  function documentItem(at: number, id: string, fate: Judgement["fates"][number], isNow: boolean) {
    const why = fate
      ? ` ${fate.metric} ${short(fate.value)}, ${fate.bound ?? "limit"} ${short(fate.threshold)}`
      : "";
    const button = element(
      "button",
      {
        type: "button",
        className: "data-document",
        attributes: { "data-focus": `document ${at}`, "data-at": `${at}` },
      },
      element("b", {}, id),
      element("span", { className: "data-why" }, why),
    );
    if (isNow) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => chooseDocument(at));
    return element("li", {}, button);
  }

  return {
    root,
    draw({ step, listed, at: now }, reason, { ids }, { funnel, fates }) {
      const { dropped } = funnel.find(({ name }) => name === step)!;
      const all = Object.entries(dropped).sort((a, b) => b[1] - a[1]);
      head.textContent = all.length ? `Why ${step} drops documents` : `${step} drops none: what is kept`;
      reasons.replaceChildren(
        ...all.map(([name, count]) => reasonButton(step, name, count, name === reason)),
      );
      const more = listed.length - LISTED;
      list.replaceChildren(
        ...listed.slice(0, LISTED).map((at) => documentItem(at, ids[at]!, fates[at], at === now)),
        ...(more > 0 ? [element("li", {}, `… and ${more} more`)] : []),
      );
    },
  };
}

function short(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}
