import { funnelChart } from "@llm/platform/chart";
import type { Html } from "@llm/platform/html";
import type { StepStats } from "../pipeline.js";
import { compact, share } from "./format.js";

/** What a stage took and what it passed on, in documents or in characters. */
interface Flow {
  readonly in: number;
  readonly out: number;
}

/** The stream of documents from the top to the bottom, and what is lost at each step. */
export function streamChart(
  stats: readonly StepStats[],
  flow: (step: StepStats) => Flow,
  description: string,
): Html {
  const all = stats[0] ? flow(stats[0]).in : 0;
  const stages = stats.map((step, at) => {
    const { in: taken, out } = flow(step);
    const lost = Math.max(0, taken - out);
    const [reason] = Object.entries(step.dropped).sort((a, b) => b[1] - a[1]);
    const left = at > 0 && all > 0 ? ` · ${share(out, all)} of all` : "";
    return {
      name: step.name,
      in: taken,
      out,
      note: `${compact(out)}${at > 0 || lost > 0 ? ` of ${compact(taken)}` : ""}${left}`,
      ...(lost > 0 && { loss: `${share(lost, taken)} lost${reason ? `, most: ${reason[0]}` : ""}` }),
      href: `#step-${at}`,
    };
  });
  return funnelChart(stages, description);
}
