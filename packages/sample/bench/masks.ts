// What masks cost at GPT-2's 50,257 tokens: compiling, the first mask, and each mask on the way of random texts.
// `npm run bench -w @llm/sample`. CPU time. Every round compiles anew and goes the same ways: a mask's time is the middle one of the
// rounds, since a process's time also holds what compiles and collects beside. The first mask is the slowest of all rounds.
// It should say: compiling below 200 ms, the first mask below 5,000 µs, the mean below 100, the 99th of 100 below 1,000.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Tokenizer } from "@llm/bpe";
import { type Constraint, uniform } from "@llm/sample";
import { choices, jsonSchema, regex } from "@llm/sample/constraints";

const modules = join(dirname(createRequire(import.meta.url).resolve("gpt-tokenizer")), "../..");
const ranks = readFileSync(join(modules, "gpt-tokenizer/data/r50k_base.tiktoken"));
const tokenizer = Tokenizer.fromTiktoken(ranks, "r50k");
const golden = new URL("../test/golden/client-schemas.json", import.meta.url);
const clients = JSON.parse(readFileSync(golden, "utf8")) as Record<string, object>;

const object = (properties: Record<string, object>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const node = object({ value: { type: "string" }, next: { type: "array", items: { $ref: "#/$defs/node" } } });
const made: Record<string, () => Constraint> = {
  "choices, 1,000": () => choices(Array.from({ length: 1000 }, (_, i) => `value ${i * 7919}`)),
  "enum, 1,000": () => jsonSchema({ enum: Array.from({ length: 1000 }, (_, i) => `value ${i * 7919}`) }),
  "regex, a date": () => regex(/\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/),
  "regex, any line": () => regex(/.*\d.*/),
  object: () => jsonSchema(object({ name: { type: "string" }, age: { type: "integer" } })),
  recursive: () => jsonSchema({ $ref: "#/$defs/node", $defs: { node } }),
  "3 to 20 characters": () => jsonSchema(object({ a: { type: "string", minLength: 3, maxLength: 20 } })),
  "up to 2,000 characters": () => jsonSchema({ type: "string", maxLength: 2000 }),
  pattern: () => jsonSchema(object({ a: { type: "string", pattern: "^[A-Z][a-z]{2,10}-\\d{3}$" } })),
  "letters of all scripts": () =>
    jsonSchema(object({ a: { type: "string", pattern: "^\\p{Lu}\\p{L}{1,29}$" } })),
  "names of such letters": () => regex(/\p{L}{2,9}([ -]\p{L}{1,20}){0,4}/u),
  "tags of such letters": () => regex(/#\p{L}[\p{L}\p{N}_]{0,29}/u),
  "any JSON object": () => jsonSchema({ type: "object" }),
  ...Object.fromEntries(Object.entries(clients).map(([name, schema]) => [name, () => jsonSchema(schema)])),
};

const ROUNDS = 8;
const TOKENS = 120;

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

let position = 0;
const chance = () => uniform({ seed: 1, position: position++ });
const closing = Array.from({ length: 50_256 }, (_, id) => id).filter((id) => {
  return /^["}\]]/.test(new TextDecoder().decode(tokenizer.tokenBytes(id)));
});
const found = new Int32Array(50_304);

/** An allowed token, now and then one that ends something; undefined where there is none. It leaves nothing to collect. */
function pick(mask: Uint32Array): number | undefined {
  const isAllowed = (id: number) => ((mask[id >> 5]! >>> (id & 31)) & 1) === 1;
  let count = 0;
  if (chance() < 0.2) for (const id of closing) if (isAllowed(id)) found[count++] = id;
  if (count === 0) for (let id = 0; id < mask.length * 32; id++) if (isAllowed(id)) found[count++] = id;
  return count === 0 ? undefined : found[Math.floor(chance() * count)];
}

choices(["warm"]).begin(tokenizer); // the tokenizer's tokens are put in order once
const columns = ["compile ms", "first µs", "mean µs", "p99 µs", "worst µs"];
console.log("".padEnd(28) + columns.map((column) => column.padStart(12)).join(""));
const everything: number[] = [];
for (const [name, make] of Object.entries(made)) {
  const compiling: number[] = [];
  const firsts: number[] = [];
  const steps: number[][] = []; // by step of the ways, then by round
  for (let round = 0; round < ROUNDS; round++) {
    position = 0;
    let start = cpu();
    const constraint = make();
    compiling.push(cpu() - start);
    let step = 0;
    for (let text = 0; text < 3; text++) {
      const row = constraint.begin(tokenizer);
      for (let i = 0; i < TOKENS && !row.isWhole; i++) {
        start = cpu();
        const mask = row.mask();
        const time = cpu() - start;
        if (step === 0) firsts.push(time);
        steps[step] ??= [];
        steps[step++]!.push(time);
        const id = pick(mask);
        if (id === undefined) break;
        row.take(id);
      }
    }
  }
  const times = steps.map((rounds) => rounds.toSorted((a, b) => a - b)[rounds.length >> 1]!);
  everything.push(...times);
  const figures = [Math.max(...compiling) / 1000, Math.max(...firsts), ...summary(times)];
  console.log(
    name.padEnd(28) + figures.map((figure) => figure.toFixed(figure < 10 ? 1 : 0).padStart(12)).join(""),
  );
}
console.log(
  "all".padEnd(52) +
    summary(everything)
      .map((figure) => figure.toFixed(0).padStart(12))
      .join(""),
);

function summary(times: readonly number[]): number[] {
  const sorted = times.toSorted((a, b) => a - b);
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  return [mean, sorted[Math.floor(sorted.length * 0.99)]!, sorted.at(-1)!];
}
