// lm-evaluation-harness against our server, and the same items by our own functions: log-probabilities of choices and texts,
// greedy continuations, and what is counted of them. Needs a Python with lm_eval 0.4 and its `api` extra.
//
//     LLM_PYTHON=<python with lm_eval> npm run verify:lm-eval -- <folder of a model>
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "@llm/bpe/node";
import { Gpt } from "@llm/gpt";
import { complete } from "@llm/sample";
import { evaluate, multipleChoice, perplexity, readTask } from "@llm/sample/evaluation";
import { serve } from "@llm/sample/node";
import { useEngine } from "@llm/tensor";

const [source] = process.argv.slice(2);
const python = process.env["LLM_PYTHON"];
if (!source || !python) {
  console.error("name the folder of a model, and in LLM_PYTHON a Python that has lm_eval");
  process.exit(2);
}

const subjects = ["The dog", "A girl", "My friend", "The old man", "Tom", "The little bird", "She", "A boy"];
const places = ["in the park", "at home", "on the road", "by the big tree"];
const verbs = ["ran", "played", "sat", "saw a cat"];
const sentences = subjects.flatMap((subject) =>
  verbs.flatMap((verb) => places.map((place) => `${subject} ${verb} ${place}`)),
);
const items = {
  choice: sentences.slice(0, 64).map((sentence, i) => ({
    query: sentence,
    choices: ["and was happy.", `${verbs[i % 4]} ${places[i % 3]}`, "with 2 friends!", "né"],
    gold: i % 4,
  })),
  text: sentences
    .slice(64, 96)
    .map((sentence, i) => ({ text: `${sentence}, ${sentences[i]}. ${sentence}!` })),
  generate: sentences.slice(96).map((sentence) => ({ prompt: sentence })),
  /** Longer than the model's block. */
  long: [] as { text: string }[],
};

const scratch = await mkdtemp(join(tmpdir(), "lm-eval-"));
const task = (name: keyof typeof items, lines: string[]) =>
  writeFile(
    join(scratch, `${name}.yaml`),
    [
      `task: ours_${name}`,
      "dataset_path: json",
      `dataset_kwargs: { data_files: { test: ${join(scratch, `${name}.jsonl`)} } }`,
      "test_split: test",
      ...lines,
    ].join("\n"),
  );
await useEngine("auto");
const model = await Gpt.load(source);
const tokenizer = await load(source);
for (const blocks of [1, 1.5, 2.5]) {
  let text = "";
  for (let i = 0; tokenizer.count(text) <= blocks * model.blockSize; i++) {
    text += sentences
      .map((_, k) => sentences[(7 * k + i) % sentences.length])
      .join(". ")
      .slice(0, 400);
  }
  items.long.push({ text });
}
for (const [name, all] of Object.entries(items)) {
  await writeFile(join(scratch, `${name}.jsonl`), all.map((item) => JSON.stringify(item)).join("\n"));
}
await task("choice", [
  "output_type: multiple_choice",
  'doc_to_text: "{{query}}"',
  "doc_to_choice: choices",
  "doc_to_target: gold",
  "metric_list: [{ metric: acc }, { metric: acc_norm }]",
]);
for (const name of ["text", "long"] as const) {
  await task(name, [
    "output_type: loglikelihood_rolling",
    'doc_to_text: ""',
    'doc_to_target: "{{text}}"',
    "metric_list: [{ metric: bits_per_byte }]",
  ]);
}
await task("generate", [
  "output_type: generate_until",
  'doc_to_text: "{{prompt}}"',
  'doc_to_target: ""',
  'generation_kwargs: { until: ["."], max_gen_toks: 16, temperature: 0 }',
  "metric_list: [{ metric: exact_match }]",
]);

const server = await serve(model, tokenizer, { name: "model", port: 0 });

interface Found {
  /** What lm_eval got for each item of a task, by the item's place. */
  samples: Record<string, unknown[][]>;
  /** What it counted. */
  results: Record<string, Record<string, number>>;
}

async function theirs(): Promise<Found> {
  const where = `base_url=${server.url}/v1/completions,tokenizer_backend=auto,max_length=${model.blockSize}`;
  const child = spawn(
    python!,
    [
      ...["-m", "lm_eval", "run", "--model", "local-completions", "--model_args", `model=model,${where}`],
      ...["--tasks", "ours_choice", "ours_text", "ours_long", "ours_generate", "--include_path", scratch],
      ...["--batch_size", "4", "--log_samples", "--output_path", join(scratch, "out")],
    ],
    {
      stdio: "inherit",
      env: { ...process.env, HF_HUB_OFFLINE: "1", HF_DATASETS_CACHE: join(scratch, "cache") },
    },
  );
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`lm_eval ended with ${code}`);
  const found: Found = { samples: {}, results: {} };
  for (const file of await readdir(join(scratch, "out"), { recursive: true })) {
    const [, name, ending] = /(?:samples_ours_([a-z]+)|results)_.*\.(jsonl?)$/.exec(file) ?? [];
    if (!ending) continue;
    const text = await readFile(join(scratch, "out", file), "utf8");
    if (!name) {
      found.results = (JSON.parse(text) as Pick<Found, "results">).results;
      continue;
    }
    const lines = text.trim().split("\n");
    const samples = lines.map((line) => JSON.parse(line) as { doc_id: number; resps: unknown[][] });
    samples.sort((a, b) => a.doc_id - b.doc_id);
    found.samples[name] = samples.map(({ resps }) => resps.map(([first]) => first));
  }
  return found;
}

try {
  const { samples, results } = await theirs();
  const { choice = [], text = [], long = [], generate = [] } = samples;
  let worst = 0;
  const compare = (their: unknown, our: number) => {
    const difference = Math.abs(Number(Array.isArray(their) ? their[0] : their) - our);
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  };
  for (const [i, item] of items.choice.entries()) {
    const { logprobs } = await multipleChoice(model, tokenizer, item);
    for (const [c, logprob] of logprobs.entries()) compare(choice[i]?.[c], logprob);
  }
  for (const [i, item] of items.text.entries()) {
    compare(text[i]?.[0], (await perplexity(model, tokenizer, item.text)).logprob);
  }
  const window = model.blockSize - 2; // as lm_eval takes it from max_length
  for (const [i, item] of items.long.entries()) {
    compare(long[i]?.[0], (await perplexity(model, tokenizer, item.text, { window })).logprob);
  }
  for (const [name, metrics] of [
    ["choice", { acc: "accuracy", acc_norm: "accuracy per character" }],
    ["text", { bits_per_byte: "bits per byte" }],
  ] as const) {
    const ours = await evaluate(
      model,
      tokenizer,
      readTask(await readFile(join(scratch, `${name}.jsonl`), "utf8")),
    );
    for (const [their, our] of Object.entries(metrics)) {
      const [theirNumber, ourNumber] = [results[`ours_${name}`]?.[`${their},none`], ours.metrics[our]!];
      compare(theirNumber, ourNumber);
      console.log(`${their} of ${name}: ${theirNumber} there, ${ourNumber} here`);
    }
  }
  let same = 0;
  for (const [i, { prompt }] of items.generate.entries()) {
    const ours = await complete(model, tokenizer, prompt, { temperature: 0, maxTokens: 16, stop: ["."] });
    same += Number(generate[i]?.[0] === ours.text);
  }
  console.log(
    `${4 * items.choice.length} choices, ${items.text.length} texts, ${items.long.length} longer than the block: log-probabilities, and what is counted, differ by ${worst.toExponential(1)} at most`,
  );
  console.log(`${same} of ${items.generate.length} greedy continuations are the same`);
  process.exitCode = worst < 1e-6 && same === items.generate.length ? 0 : 1;
} finally {
  await server.close();
  model.dispose();
  await rm(scratch, { recursive: true });
}
