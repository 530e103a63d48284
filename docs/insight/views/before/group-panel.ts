import { counted } from "../../counted.js";
import { element } from "../../element.js";
import type { GroupAnswer } from "../../engine/before/group.js";
import { sumIn } from "../../engine/before/sum-in.js";
import { withKey } from "../../key-hint.js";
import { slider } from "../../slider.js";
import { asTable } from "../../table.js";
import { ASSISTANT, answeringModels, HOW_TO_RUN, runModels } from "./compared-models.js";
import { type BeforeState, usualPrompt } from "./fields.js";
import type { Desk, Panel } from "./panel.js";

/** Answers to one question, as a step of GRPO draws and judges them. */
export function groupPanel({ model, change, say }: Desk): Panel {
  const source = element("p", {}, `${ASSISTANT} ${HOW_TO_RUN}`);
  const policy = element("select");
  policy.addEventListener("change", () => change({ policy: policy.value as BeforeState["policy"] }));
  const prompt = element("input", { type: "text", attributes: { "aria-label": "What is asked" } });
  prompt.addEventListener("input", () => change({ prompt: prompt.value }, "drift"));
  const expected = element("input", { type: "text" });
  expected.addEventListener("input", () => change({ expected: expected.value }, "drift"));
  const samples = slider("samples", 2, 32, 1, (value) => change({ samples: value }, "drift"));
  const baseline = choice<BeforeState["baseline"]>(
    { group: "the group's mean (GRPO)", "leave-one-out": "the mean of the others (RLOO)", none: "nothing" },
    (value) => change({ baseline: value }),
  );
  const scale = choice<BeforeState["scale"]>(
    {
      none: "nothing (Dr. GRPO)",
      group: "the group's deviation (GRPO as published)",
      batch: "the step's deviation",
    },
    (value) => change({ scale: value }),
  );
  const seed = element("button", { type: "button" }, ...withKey("Another group (n)"));
  let nextSeed = 1;
  seed.addEventListener("click", () => change({ seed: nextSeed }));
  const words = element("p");
  const list = element("ol", { className: "group-answers" });
  let answers: readonly GroupAnswer[] = [];
  const table = asTable(() => tableOf(answers));
  const root = element(
    "div",
    { className: "before-panel" },
    source,
    element("div", { className: "insight-bar" }, element("label", {}, "Model ", policy), seed),
    element("label", {}, "Question ", prompt),
    element("label", {}, "An answer is right where it ends in ", expected),
    element("div", { className: "insight-sliders" }, samples.root),
    element(
      "div",
      { className: "insight-fields" },
      element("label", {}, "Taken off a reward ", baseline),
      element("label", {}, "Divided by ", scale),
    ),
    words,
    list,
    table.root,
  );

  return {
    title: "A group with rewards",
    root,
    follow(values) {
      const models = answeringModels();
      source.hidden = runModels().length > 0;
      policy.replaceChildren(
        element("option", { value: "last" }, "the last of them"),
        ...models.map(({ id, name }) => element("option", { value: id }, name)),
      );
      policy.value = values.policy;
      if (prompt.value !== values.prompt) prompt.value = values.prompt;
      prompt.placeholder = usualPrompt();
      if (expected.value !== values.expected) expected.value = values.expected;
      expected.placeholder = sumIn(values.prompt.trim() ? values.prompt : usualPrompt()) ?? "";
      samples.show(values.samples);
      baseline.value = values.baseline;
      scale.value = values.scale;
      nextSeed = values.seed + 1;
    },
    async draw({ policy, prompt: typed, expected, samples, seed, baseline, scale }, mine) {
      const prompt = typed.trim() ? typed : usualPrompt();
      const models = answeringModels();
      const chosen = policy === "last" ? models.at(-1) : models.find(({ id }) => id === policy);
      if (!chosen) throw new Error(`There is no model "${policy}" here: choose another one.`);
      const right = expected.trim() || sumIn(prompt);
      if (!right)
        throw new Error("The question asks for no sum of two numbers: write what a right answer ends in.");
      const { source, form } = chosen;
      const question = { source, form, prompt, expected: right, samples, seed, baseline, scale };
      answers = await model.call("group", question, mine);
      mine.throwIfAborted();
      words.textContent = wordsOf(answers, chosen.name);
      list.replaceChildren(...rowsOf(answers));
      table.refresh();
      say(words.textContent);
      return `${chosen.id} ${samples} ${seed} ${baseline} ${scale} ${right}`;
    },
  };
}

function choice<T extends string>(
  options: Readonly<Record<T, string>>,
  chosen: (value: T) => void,
): HTMLSelectElement {
  const select = element(
    "select",
    {},
    ...Object.entries<string>(options).map(([value, words]) => element("option", { value }, words)),
  );
  select.addEventListener("change", () => chosen(select.value as T));
  return select;
}

function wordsOf(answers: readonly GroupAnswer[], name: string): string {
  const right = answers.filter(({ reward }) => reward === 1).length;
  const drawn = `${name} drew ${answers.length} answers at temperature 1, without filters. Right: ${right}.`;
  if (answers.every(({ advantage }) => advantage === 0))
    return `${drawn} All have the same reward, so none is better than the others: this group teaches nothing.`;
  return `${drawn} A step of training makes each token of an answer likelier by the answer's advantage, and less likely where it is below 0.`;
}

/** An answer a row: its bar goes right for what becomes likelier, and left for what becomes less likely. */
function rowsOf(answers: readonly GroupAnswer[]): HTMLElement[] {
  const most = Math.max(1e-9, ...answers.map(({ advantage }) => Math.abs(advantage)));
  return answers.map(({ text, tokens, isWhole, reward, advantage }) => {
    const bar = element("span", { className: `race-bar ${advantage < 0 ? "below" : "above"}` });
    const width = (50 * Math.abs(advantage)) / most;
    bar.style.width = `${width}%`;
    bar.style.left = `${advantage < 0 ? 50 - width : 50}%`;
    return element(
      "li",
      { attributes: { "data-advantage": `${advantage}`, "data-reward": `${reward}` } },
      element("span", { className: "group-bar" }, bar),
      element(
        "span",
        {},
        element("b", {}, `${reward === 1 ? "✓ right" : "✗ wrong"}, advantage ${advantage.toFixed(2)}`),
        ` ${text.trim() || "(nothing)"}${isWhole ? "" : " … (no end)"} `,
        element("small", {}, counted(tokens, "token")),
      ),
    );
  });
}

function tableOf(answers: readonly GroupAnswer[]) {
  return {
    caption: "The answers of a group with their rewards and advantages",
    head: ["answer", "text", "tokens", "log-probability", "ended", "reward", "advantage"],
    rows: answers.map(({ text, tokens, logprob, isWhole, reward, advantage }, i) => [
      i + 1,
      text,
      tokens,
      logprob,
      isWhole ? "yes" : "no",
      reward,
      advantage,
    ]),
  };
}
