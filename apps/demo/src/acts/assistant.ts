import { formatCount, formatPercent } from "@llm/platform/terminal";
import { DemoError } from "../errors.js";
import { examGains, examRows } from "../exams.js";
import {
  askAbout,
  type ConversationCounts,
  conversationsOf,
  knownAnswer,
  type Subjects,
  UNKNOWN,
} from "../lessons/conversations.js";
import { Draws } from "../lessons/draws.js";
import { factsIn } from "../lessons/facts.js";
import { madeUpNames } from "../lessons/made-up.js";
import type { Part } from "../lessons/split.js";
import { question, type Sum, sumsOf } from "../lessons/sums.js";
import type { AssistantReport, GamedReward } from "../report/data.js";
import { describeParting } from "../report/parting.js";
import { shuffled, sumReward } from "../rewards.js";
import { compare } from "../stages/compare.js";
import { type ExamQuestions, exam } from "../stages/exam.js";
import { fineTune, readSftLog } from "../stages/fine-tune.js";
import { gameReward } from "../stages/game-reward.js";
import { readRlLog, reinforce } from "../stages/reinforce.js";
import { showCompared, showExams, showGains } from "../view-assistant.js";
import type { BaseResult, Story } from "./story.js";
import { readSubjects } from "./subjects.js";

/** Folders of what the controls train, relative to the run's. */
const LONGER = "controls/longer-sft";
const SHUFFLED = "controls/shuffled";

/** From a base model to an assistant: it learns the manner from examples, and to add from rewards. */
export async function learnAssistant(story: Story, base: BaseResult): Promise<AssistantReport> {
  const { args, recipe, folder, terminal, signal } = story;
  const { tokenizer, endOfAnswer } = base;
  const { seed } = args;
  const work = { recipe, seed, terminal, signal, tokenizer, endOfAnswer };
  const subjects = await readSubjects(folder, story.conversations);
  const conversations = conversationsOf("train", subjects, recipe.sft.conversations, seed);
  const heldOut = conversationsOf("validation", subjects, heldOutCounts(recipe.sft.conversations), seed);

  terminal.heading("6. Assistant: supervised fine-tuning (SFT)");
  terminal.dim(
    "  The base model goes on with any text, also with a question. Conversations teach it to answer, and in which form:",
  );
  terminal.dim(
    `  sums bare or worked out, what a ${nounOf(story)} is, and "${UNKNOWN}" where nobody can know.`,
  );
  terminal.line(
    `  ${formatCount(conversations.length)} conversations; only the assistant's words are learned.`,
  );
  const learning = { ...work, conversations, heldOut };
  await folder.stage("sft", () =>
    fineTune(folder, { ...learning, from: "model", to: "sft", steps: recipe.sft.steps }),
  );
  const trial = await folder.stage("exam-sft-validation", () =>
    exam(folder, {
      ...{ ...work, ...questionsOf("validation", subjects, story), model: "sft/model" },
      answers: "sft/validation.json",
    }),
  );
  terminal.line(
    `  On sums set aside for trials one answer in ${formatCount(1 / Math.max(trial.passAt1, 0.001))} is right (${formatPercent(trial.passAt1)}); ${formatPercent(trial.worked)} are worked out.`,
  );

  terminal.heading("7. Reinforcement learning (GRPO)");
  terminal.dim(
    "  Now it tries. A program checks each sum; answers that did better than the others to the same question become",
  );
  terminal.dim(
    "  likelier. Nobody says that working it out helps. It is held near the fine-tuned model, or chance would move it, too.",
  );
  terminal.dim("  Look at the share of right answers, and at their length.");
  const sums = sumsOf("train");
  const reward = sumReward(sums, tokenizer, endOfAnswer);
  const practice = { ...work, sums, from: "sft/model", steps: recipe.grpo.steps };
  await folder.stage("rl", () => reinforce(folder, { ...practice, reward, to: "rl" }));

  if (args.controls) {
    terminal.heading("Controls");
    terminal.dim("  Would more of the same have done as well? And do rewards have to be true?");
    terminal.line("  SFT for longer, with as many more answers as RL tried:");
    await folder.stage("control-longer-sft", () =>
      fineTune(folder, {
        ...learning,
        seed: seed + 1,
        from: "sft/model",
        to: LONGER,
        steps: recipe.controls.sftSteps,
      }),
    );
    terminal.line("  RL with the rewards of each step dealt out at random:");
    const perStep = recipe.grpo.prompts * recipe.grpo.samples;
    await folder.stage("control-shuffled", () =>
      reinforce(folder, { ...practice, reward: shuffled(reward, perStep, seed), to: SHUFFLED }),
    );
  }

  terminal.heading("8. Test: sums and names that no stage has seen");
  const [sft, rl] = [
    { name: "SFT", folder: "sft" },
    { name: "SFT, then RL", folder: "rl" },
  ];
  const [longer, luck] = [
    { name: "SFT for longer", folder: LONGER },
    { name: "SFT, then RL with shuffled rewards", folder: SHUFFLED },
  ];
  const models = args.controls ? [sft, rl, longer, luck] : [sft, rl];
  const asked = questionsOf("test", subjects, story);
  for (const each of models) {
    await folder.stage(`exam-${each.folder.replace("/", "-")}-test`, () =>
      exam(folder, { ...work, ...asked, model: `${each.folder}/model`, answers: `${each.folder}/test.json` }),
    );
  }
  const exams = await examRows(folder, models);
  showExams(terminal, exams);
  const gains = await examGains(
    folder,
    args.controls
      ? [
          [rl, sft],
          [rl, longer],
          [longer, sft],
          [luck, sft],
        ]
      : [[rl, sft]],
  );
  showGains(terminal, gains);

  terminal.heading("9. The same three questions");
  const compared = await folder.stage("compare", () =>
    compare(folder, threeQuestions(asked, subjects), work),
  );
  showCompared(terminal, compared);
  const gamed = args.rewardModel ? await showGaming(story, base, subjects) : undefined;
  return {
    ...(gamed && { gamed }),
    sft: await readSftLog(folder.file("sft", "log.jsonl")),
    rl: await readRlLog(folder.file("rl", "log.jsonl")),
    ...(args.controls && { shuffled: await readRlLog(folder.file(SHUFFLED, "log.jsonl")) }),
    ...{ exams, gains, compared },
  };
}

/** What happens where nothing can be checked, and a learned reward stands in. */
async function showGaming(story: Story, base: BaseResult, subjects: Subjects): Promise<GamedReward> {
  const { args, recipe, folder, terminal, signal } = story;
  terminal.heading("10. A learned reward, and how it is gamed");
  terminal.dim(
    "  Most answers no program can check. A reward model learns from pairs which of two answers a judge likes better.",
  );
  terminal.dim(
    "  It is right about texts like those it saw. Look at when what it says and what is true part.",
  );
  const names = factsIn("train", subjects.facts).map(({ name }) => name);
  if (names.length === 0)
    throw new DemoError("--reward-model asks about the documents' titles, and none has a first sentence");
  const { tokenizer, endOfAnswer } = base;
  const gamed = await folder.stage("game-reward", () =>
    gameReward(folder, { recipe, seed: args.seed, tokenizer, endOfAnswer, names, terminal, signal }),
  );
  terminal.line(`  ${describeParting(gamed.points)}`);
  return gamed;
}

function nounOf({ args }: Story): string {
  return args.input.length ? "title" : "package";
}

function heldOutCounts(counts: ConversationCounts): ConversationCounts {
  return { ...counts, sums: Math.min(200, counts.sums), facts: 50, unknown: 50 };
}

/** What is asked in an exam: none of it was learned from. Names that were are asked too, to see what is kept. */
function questionsOf(part: Part, subjects: Subjects, { args, recipe }: Story): ExamQuestions {
  const { sums, names } = recipe.questions;
  const draws = new Draws(args.seed, part === "test" ? 1 : 2);
  const some = <T>(things: readonly T[], count: number) => draws.shuffled(things).slice(0, count);
  const nameOf = ({ name }: { name: string }) => name;
  return {
    sums: some(sumsOf(part), part === "test" ? sums : Math.ceil(sums / 4)),
    known: subjects.own ? [] : some(factsIn("train", subjects.facts), names).map(nameOf),
    unseen: subjects.own ? [] : some(factsIn(part, subjects.facts), names).map(nameOf),
    madeUp: subjects.own ? [] : madeUpNames(part, names, subjects.known, args.seed),
  };
}

function threeQuestions({ sums, known, madeUp }: ExamQuestions, { facts, own }: Subjects) {
  const sum = sums.find(({ a, b }) => (a % 10) + (b % 10) >= 10) ?? (sums[0] as Sum);
  const asked = [{ question: question(sum), expected: String(sum.a + sum.b) }];
  const [first] = own ?? [];
  if (first) {
    const said = (role: string) => String(first.find((message) => message.role === role)?.content ?? "");
    asked.push({ question: said("user"), expected: said("assistant") });
  }
  const fact = facts.find(({ name }) => name === known[0]);
  if (fact) asked.push({ question: askAbout(fact.name), expected: knownAnswer(fact.about) });
  if (madeUp[0] !== undefined) asked.push({ question: askAbout(madeUp[0]), expected: UNKNOWN });
  return asked;
}
