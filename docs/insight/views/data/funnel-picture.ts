import { type FunnelStage, funnelChart } from "@llm/platform/chart";
import { element } from "../../element.js";
import type { FunnelCount } from "../../engine/data/funnel.js";

/** A bar a step, each a link to it; the one that is chosen is marked. */
export function funnelPicture(chosen: (step: string) => void): {
  root: HTMLElement;
  draw(funnel: readonly FunnelCount[], step: string): void;
} {
  const root = element("div", { className: "data-funnel" });
  root.addEventListener("click", (event) => {
    const link = (event.target as Element).closest("a");
    if (!link) return;
    event.preventDefault();
    chosen(stepOf(link));
  });
  return {
    root,
    draw(funnel, step) {
      const focus = root.contains(document.activeElement) ? stepOf(document.activeElement!) : undefined;
      root.innerHTML = funnelChart(
        funnel.map((count) => stage(count, count.name === step)),
        "Documents through the steps; each step leads to its reasons",
      ).markup;
      if (focus === undefined) return;
      for (const link of root.querySelectorAll("a")) if (stepOf(link) === focus) link.focus();
    },
  };
}

function stepOf(link: Element): string {
  return new URLSearchParams(link.getAttribute("href")?.split("?")[1]).get("step") ?? "";
}

function stage({ name, in: taken, out, dropped }: FunnelCount, isChosen: boolean): FunnelStage {
  const reasons = Object.entries(dropped).sort((a, b) => b[1] - a[1]);
  const [first, second] = reasons;
  const lost = taken - out;
  const more = reasons.length > 2 ? ", …" : "";
  return {
    ...{ name: isChosen ? `▶ ${name}` : name, in: taken, out },
    note: lost > 0 ? `${taken} in, ${out} kept` : `${out}`,
    ...(lost > 0 && {
      loss: `−${lost}: ${[first!, ...(second ? [second] : [])].map(([reason, count]) => `${reason} ${count}`).join(", ")}${more}`,
    }),
    href: `#v1/data?${new URLSearchParams({ step: name })}`,
  };
}
