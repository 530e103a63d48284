import type { NextDraw } from "../engine/next.js";
import { short } from "../short.js";
import { thousands } from "../thousands.js";
import { visible } from "../token-line.js";
import { nameOf } from "./controls.js";
import { expOf } from "./next-list.js";

/** How softmax makes a share of the highest logit behind all stages, in words and numbers. */
export function softmaxWords(answer: NextDraw, tokens: readonly string[], temperature: number): string {
  const [first] = answer.tokens;
  const { id, logit, p } = first!;
  const name = `"${visible(tokens[id]!)}"`;
  const share = short(p.at(-1)!);
  const shared = expOf(answer, logit, temperature);
  if (!shared)
    return `at temperature 0 the highest logit, ${short(logit)} of ${name}, is taken: its share is ${share}.`;
  const cuts = answer.stages.filter((stage) => stage !== "model" && stage !== "temperature").map(nameOf);
  const kept = answer.left === 1 ? "the one" : `all ${thousands(answer.left)}`;
  const left = cuts.length > 0 ? `${kept} that ${cuts.join(" and ")} left` : "all";
  const scaled = logit / temperature;
  const divided = temperature === 1 ? "" : `${short(logit)} / ${temperature} = ${short(scaled)}; `;
  return `softmax: each logit divided by the temperature; exp of that less the highest, divided by the sum of ${left}. ${name} is the highest: ${divided}exp(${short(scaled)} ${scaled < 0 ? "+" : "−"} ${short(Math.abs(scaled))}) / ${short(shared.sum)} = ${short(shared.exp)} / ${short(shared.sum)} = ${share}.`;
}
