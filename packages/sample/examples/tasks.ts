// Tasks that a program can judge: how often is a model right, and is another one better?
import { modelOf, type Tokenizer } from "@llm/sample";
import { comparePaired, evaluateTasks, type VerifiableTask } from "@llm/sample/evaluation";

// Characters are tokens; "." ends an answer.
const characters = [..."0123456789+=."];
const tokenizer: Tokenizer = {
  vocabSize: characters.length,
  encode: (text) => Uint32Array.from(text, (character) => characters.indexOf(character)),
  decode: (ids) => Array.from(ids, (id) => characters[id]).join(""),
  decoder: () => ({ write: (id) => characters[id]!, end: () => "" }),
};

/** A model that adds two digits, and is the less sure the larger they are. */
const adder = (skill: number) =>
  modelOf(
    (ids) => {
      const [question, answer] = tokenizer.decode(ids).split("=") as [string, string];
      const [a, b] = question.split("+").map(Number) as [number, number];
      const next = `${a + b}.`[answer.length] ?? ".";
      return characters.map((character) => (character === next ? 2 + skill - (a + b) / 4 : 0));
    },
    { vocabSize: characters.length, blockSize: 16, endOfText: characters.indexOf(".") },
  );

const tasks: VerifiableTask[] = [];
for (let a = 1; a <= 9; a += 2) {
  for (let b = 1; b <= 9; b += 2) {
    tasks.push({ prompt: `${a}+${b}=`, check: ({ text }) => text === String(a + b) });
  }
}

const results = [];
for (const [name, skill] of Object.entries({ before: 4, after: 6 })) {
  const result = await evaluateTasks(adder(skill), tasks, { tokenizer, samples: 8, maxTokens: 4 });
  results.push(result);
  const show = ({ mean, low, high }: typeof result.greedy) =>
    `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  console.log(
    `${name.padEnd(6)}  pass@1 ${show(result.passAt[1]!)}  pass@8 ${show(result.passAt[8]!)}  greedy ${show(result.greedy)}`,
  );
}
const [before, after] = results;
const { mean, low, high } = comparePaired(after!, before!).passAt[1]!;
console.log(`after - before: ${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`);

const hardest = after!.tasks.at(-1)!;
console.log(`${hardest.prompt} ${hardest.samples.map(({ text }) => text).join(" ")}: ${hardest.right} right`);

// A check that fails says where.
const broken: VerifiableTask = { prompt: "1+1=", check: async ({ text }) => Number(text) / 0 };
await evaluateTasks(adder(9), [tasks[0]!, broken], { tokenizer }).catch((error) =>
  console.log(String(error)),
);

// Output:
// before  pass@1 0.42 (0.29 to 0.56)  pass@8 0.84 (0.64 to 0.94)  greedy 1.00 (0.85 to 1.00)
// after   pass@1 0.83 (0.73 to 0.91)  pass@8 1.00 (0.85 to 1.00)  greedy 1.00 (0.85 to 1.00)
// after - before: 0.41 (0.32 to 0.51)
// 9+9= 7+ 18 13 180 12=3 1876 08 =118: 1 right
// TaskCheckError: the check of task 1, the greedy answer, gave Infinity: it must be true, false or a number from 0 to 1
