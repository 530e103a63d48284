// A calculator as a tool: the model writes "<calc>12+30=", the sum is put in, and the model goes on. What is put in is marked,
// so that nothing learns from it as if the model had drawn it.
import { type ForcedTokens, modelOf, sampleBatch, type Tokenizer } from "@llm/sample";
import { evaluateTasks } from "@llm/sample/evaluation";

// Characters are tokens, and so are "<calc>", "</calc>" and the end token.
const tokens = [..."0123456789+= ", "<calc>", "</calc>", "<end>"];
const tokenizer: Tokenizer = {
  vocabSize: tokens.length,
  encode: (text) => Uint32Array.from(text.match(/<.*?>|./g) ?? [], (token) => tokens.indexOf(token)),
  decode: (ids) => Array.from(ids, (id) => tokens[id]).join(""),
  decoder: () => ({ write: (id) => tokens[id]!, end: () => "" }),
};

// A model that cannot add: it guesses two digits, or asks the calculator and repeats what that says.
const model = modelOf(
  (ids) => {
    const text = tokenizer.decode(ids);
    const [question, answer] = text.split("= ") as [string, string];
    const called = /^<calc>(.*)/.exec(answer)?.[1];
    const said = /^<calc>.*=(\d+)<\/calc>(.*)/.exec(answer);
    let next = (token: string): number => (token === "<calc>" ? 3 : /\d/.test(token) ? 0 : -9);
    if (said) next = (token) => (token === ([...said[1]!, "<end>"][said[2]!.length] ?? "<end>") ? 9 : -9);
    else if (called !== undefined) next = (token) => (token === `${question}=`[called.length] ? 9 : -9);
    else if (answer.length > 0)
      next = (token) => (answer.length === 1 && /\d/.test(token) ? 0 : token === "<end>" ? 1 : -9);
    return tokens.map(next);
  },
  { vocabSize: tokens.length, blockSize: 64, endOfText: tokens.indexOf("<end>") },
);

/** Answers a call as soon as it is complete. */
const forced: ForcedTokens = ({ ids }) => {
  const call = /<calc>(\d+)\+(\d+)=$/.exec(tokenizer.decode(Uint32Array.from(ids)));
  return call ? tokenizer.encode(`${Number(call[1]) + Number(call[2])}</calc>`) : [];
};

const prompt = "12+30= ";
const samples = await sampleBatch(model, [tokenizer.encode(prompt)], { samples: 4, maxTokens: 24, forced });
for (const { ids, forced: mask } of samples) {
  const marks = Array.from(ids, (id, i) => (mask[i] ? "^" : " ").repeat(tokens[id]!.length)).join("");
  console.log(prompt + tokenizer.decode(ids));
  if (mask.includes(1)) console.log(`put in:${marks}`.trimEnd());
}

// The same tool while answers are judged.
const check = ({ text }: { text: string }) => text.replace(/<calc>.*<\/calc>/, "") === "42";
const tasks = [{ prompt, check }];
const options = { tokenizer, maxTokens: 24 };
for (const [name, tool] of Object.entries({ "with the calculator": { forced }, without: {} })) {
  const { tasks: outcomes } = await evaluateTasks(model, tasks, { ...options, ...tool });
  console.log(`${name}: ${outcomes[0]!.right} of 8 are right`);
}

// Output:
// 12+30= <calc>12+30=42</calc>42<end>
// put in:            ^^^^^^^^^
// 12+30= 29<end>
// 12+30= <calc>12+30=42</calc>42<end>
// put in:            ^^^^^^^^^
// 12+30= 07<end>
// with the calculator: 3 of 8 are right
// without: 0 of 8 are right
