import { lineChart, type Series } from "@llm/platform/chart";
import { formatPercent } from "@llm/platform/terminal";
import { shareOf, signed } from "../view-assistant.js";
import type { AssistantReport, ExamRow, GamedReward, RlGroup } from "./data.js";
import { escapeHtml, figure, section, table } from "./html.js";
import { describeParting } from "./parting.js";

/** The second half of a report: how the base model became an assistant. */
export function assistantSections(data: AssistantReport): string[] {
  return [
    testSection(data),
    comparedSection(data.compared),
    sftSection(data),
    rewardSection(data),
    groupsSection(data),
    ...(data.gamed ? [gamedSection(data.gamed)] : []),
  ];
}

function testSection({ exams, gains }: AssistantReport): string {
  const range = ({ mean, low, high }: ExamRow["passAt1"], show: (value: number) => string) =>
    `${show(mean)} (${show(low)} to ${show(high)})`;
  const fixed = (value: number) => value.toFixed(3);
  return section(
    "Test: sums and names that no stage has seen",
    "<p>A sum is right if its last number is. One try: an answer drawn by chance, as the model spreads it. The likeliest: the answer without chance. Intervals hold the true value in 95 of 100 cases; gains are by the same sums.</p>",
    table(
      "What the assistant can do",
      ["model", "one try right", "likeliest right", "worked out", "tokens"],
      exams.map(({ name, passAt1, greedy, worked, length }) => [
        name,
        range(passAt1, fixed),
        fixed(greedy),
        fixed(worked),
        length.toFixed(1),
      ]),
    ),
    table(
      "What one try gained",
      ["model", "over", "more often right"],
      gains.map(({ name, over, gain }) => [name, over, range(gain, signed)]),
    ),
    table(
      "How often it says that it does not know",
      ["model", "names that nothing has", "names of documents it has read", "names it was told about"],
      exams.map(({ name, unknown }) => [
        name,
        shareOf(unknown.madeUp),
        shareOf(unknown.unseen),
        shareOf(unknown.known),
      ]),
    ),
  );
}

function comparedSection(compared: AssistantReport["compared"]): string {
  return section(
    "The same questions to three models",
    ...compared.map(
      ({ question, expected, answers }) => `<h3>${escapeHtml(question)}</h3>
${table(
  `Right: ${expected}`,
  ["model", "says"],
  Object.entries(answers).map(([name, answer]) => [name, answer]),
)}`,
    ),
  );
}

function sftSection({ sft }: AssistantReport): string {
  if (sft.length === 0) return "";
  const held = sft.flatMap(({ step, valLoss }) => (valLoss === undefined ? [] : [[step, valLoss] as const]));
  const series: Series[] = [
    { name: "training", points: sft.map(({ step, loss }) => [step, loss]), colour: "one" },
    { name: "set aside", points: held, colour: "two", dots: true },
  ];
  return section(
    "Supervised fine-tuning",
    figure(
      lineChart({
        title: "Loss on the assistant's words",
        description: `It falls from ${sft[0]!.loss.toFixed(2)} to ${sft.at(-1)!.loss.toFixed(2)}.`,
        xLabel: "step",
        yLabel: "nats per token",
        series: series.filter(({ points }) => points.length > 0),
      }).markup,
      "Only what the assistant says counts, not the questions.",
      table(
        "Loss by step",
        ["step", "loss on conversations set aside"],
        held.map(([step, loss]) => [step, loss.toFixed(4)]),
      ),
    ),
  );
}

function rewardSection({ rl, shuffled }: AssistantReport): string {
  if (rl.length === 0) return "";
  const series: Series[] = [
    { name: "right", points: rl.map(({ step, reward }) => [step, reward]), colour: "one" },
    { name: "worked out", points: rl.map(({ step, worked }) => [step, worked]), colour: "two", dash: "6 4" },
  ];
  if (shuffled?.length) {
    const points = shuffled.map(({ step, reward }) => [step, reward] as const);
    series.push({ name: "rewards shuffled", points, colour: "three", dash: "2 4" });
  }
  const [first, last] = [rl[0]!, rl.at(-1)!];
  const every = Math.ceil(rl.length / 20);
  return section(
    "Reinforcement learning",
    figure(
      lineChart({
        title: "Right answers while it tries",
        description: `Right: from ${formatPercent(first.reward)} to ${formatPercent(last.reward)} of the answers; worked out: from ${formatPercent(first.worked)} to ${formatPercent(last.worked)}.`,
        xLabel: "step",
        yLabel: "share of the answers",
        series,
      }).markup,
      "Only the last number is rewarded. That working a sum out helps, the model finds by itself.",
      table(
        "Every few steps",
        ["step", "right", "worked out", "tokens an answer", "entropy", "questions that taught nothing"],
        rl
          .filter(({ step }) => step === 1 || step % every === 0)
          .map(({ step, reward, worked, length, entropy, zeroVariance }) => [
            step,
            reward.toFixed(3),
            worked.toFixed(3),
            length.toFixed(1),
            entropy.toFixed(3),
            formatPercent(zeroVariance),
          ]),
      ),
    ),
  );
}

function groupsSection({ rl }: AssistantReport): string {
  const shown = rl.filter(({ group }) => group !== undefined);
  const groups = shown.filter((_, i) => i === 0 || i === shown.length - 1);
  return section(
    "All tries at one question",
    "<p>Green with a tick was right, and becomes likelier; red with a cross was wrong, and becomes less likely.</p>",
    ...groups.map(
      ({ step, group }) => `<h3>Step ${step}: ${escapeHtml(group!.question)}</h3>${tries(group!)}`,
    ),
  );
}

function tries({ samples }: RlGroup): string {
  const items = samples.map(({ text, reward }) => {
    const isRight = reward > 0.5;
    return `<li class="${isRight ? "right" : "wrong"}">${isRight ? "✓" : "✗"} ${escapeHtml(text) || "(nothing)"}</li>`;
  });
  return `<ul class="tries">${items.join("")}</ul>`;
}

function gamedSection({ agreement, points, spread, before, after }: GamedReward): string {
  const parting = describeParting(points);
  return section(
    "A learned reward, and how it is gamed",
    `<p>A reward model learned from pairs of answers which a hidden rule had judged; it agreed with the rule on ${formatPercent(agreement)} of the pairs it had not seen. Then a policy was trained by it alone, and the rule looked on.</p>`,
    figure(
      lineChart({
        title: "What the reward model says, and what is true",
        description: parting,
        xLabel: "step",
        yLabel: "rise; 1: the spread of answers at first",
        series: [
          { name: "learned", points: risen(points, spread, "learned"), colour: "two" },
          { name: "true", points: risen(points, spread, "truth"), colour: "one" },
        ],
      }).markup,
      parting,
      table(
        "Every step",
        ["step", "learned", "true"],
        points.map(({ step, learned, truth }) => [step, learned.toFixed(3), truth.toFixed(3)]),
      ),
    ),
    table(
      "What it wrote",
      ["before", "in the end"],
      before.map((text, i) => [text, after[i] ?? ""]),
    ),
  );
}

/** A reward by step, less that of the first steps, in standard deviations of single answers. */
function risen(
  points: GamedReward["points"],
  spread: GamedReward["spread"],
  key: "learned" | "truth",
): (readonly [number, number])[] {
  const first = points.slice(0, 3);
  const zero = first.reduce((sum, point) => sum + point[key], 0) / first.length;
  return points.map((point) => [point.step, (point[key] - zero) / (spread[key] || 1)]);
}
