import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { train } from "@llm/bpe";
import { load, save } from "@llm/bpe/node";
import { Gpt } from "@llm/gpt";
import { writeGGUF } from "@llm/gpt/formats";
import { run } from "@llm/platform/command";
import { complete } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { llamaCppOptions } from "../../src/cli/llama-cpp-options.js";
import { program } from "../../src/cli/program.js";

const text = "The cat sat on the mat. The rat sat on the hat. The bat sat on the flat cat's mat. ".repeat(20);
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  await useEngine("reference");
  folder = mkdtempSync(join(tmpdir(), "llm-sample-cli-"));
  const tokenizer = await train([text], { vocabSize: 280 });
  const model = Gpt.create(
    { vocabSize: 288, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 16, endOfText: 287 },
    { seed: 1 },
  );
  mkdirSync(at("tiny"));
  await model.save(at("tiny"));
  await save(tokenizer, at("tiny/tokenizer.json"));
  writeFileSync(at("text.txt"), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command in this process. */
async function sample(
  argv: string[],
  { stdin = [] as Uint8Array[], signal = new AbortController().signal, onOutput = () => {} } = {},
) {
  const out: Buffer[] = [];
  let err = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      out.push(Buffer.from(chunk));
      onOutput();
      done();
    },
  });
  const stderr = new Writable({
    write(chunk, _, done) {
      err += chunk;
      done();
    },
  });
  const io = { stdin: Readable.from(stdin), stdout, stderr, env: {}, signal };
  const code = await run(program, [...argv, "--engine", "reference"], io);
  const bytes = Buffer.concat(out);
  return { code, bytes, out: bytes.toString(), err };
}

describe("a model", () => {
  test("of a GGUF file writes, scores and packs as the folder does", async () => {
    const tokenizer = await load(at("tiny"));
    const model = await Gpt.load(at("tiny"));
    const { config } = model;
    // What GGUF can say: llama.cpp knows this way of cutting words.
    const gpt2 = await train([text], { vocabSize: 280, pattern: "gpt2" });
    await save(gpt2, at("gpt2.json"));
    await writeGGUF(model, at("tiny.gguf"), { tokenizer: readFileSync(at("gpt2.json"), "utf8") });
    expect([config.vocabSize, tokenizer.vocabSize]).toEqual([288, 280]);
    model.dispose();
    const flags = ["-p", "The cat", "-n", "12", "-s", "3"];
    const expected = await sample(["generate", at("tiny"), "--tokenizer", at("gpt2.json"), ...flags]);
    for (const more of [[], ["--tokenizer", at("gpt2.json")]]) {
      const { code, out, err } = await sample([at("tiny.gguf"), "generate", ...flags, ...more]);
      expect({ code, out }, err).toEqual({ code: 0, out: expected.out });
    }
    expect((await sample(["generate", at("tiny.gguf"), "--dtype", "int8", ...flags])).code).toBe(0);
    const scored = await sample(["eval", at("tiny.gguf"), at("text.txt"), "--limit", "1"]);
    expect(scored.code, scored.err).toBe(0);
  });

  test("without a tokenizer, or none at all, is refused with the way out", async () => {
    const model = await Gpt.load(at("tiny"));
    mkdirSync(at("bare"));
    await model.save(at("bare"));
    await writeGGUF(model, at("bare.gguf"));
    model.dispose();
    const run = async (path: string) => (await sample(["generate", path, "-p", "a", "-n", "1"])).err;
    expect(await run(at("bare"))).toMatch(/bare has no tokenizer that can be read .*--tokenizer/);
    // The ids are its tokens' names.
    expect(await run(at("bare.gguf"))).toMatch(/the text cannot be encoded/);
    expect(await run(at("text.txt"))).toMatch(/text.txt/);
    expect(await run(at("nowhere"))).toMatch(/there is no .*nowhere: name a model's folder/);
  });
});

describe("sample generate", () => {
  test("writes what complete writes with llama.cpp's defaults, before or behind the folder", async () => {
    const model = await Gpt.load(at("tiny"));
    const tokenizer = await load(at("tiny/tokenizer.json"));
    const llamacpp = { chain: "llamacpp", topK: 40, topP: 0.95, minP: 0.05, temperature: 0.8 } as const;
    const wanted = await complete(model, tokenizer, "The cat", { ...llamacpp, maxTokens: 8, seed: 3 });
    const options = ["-p", "The cat", "-n", "8", "--seed", "3"];
    for (const argv of [
      ["generate", at("tiny"), ...options],
      [at("tiny"), "generate", ...options],
    ]) {
      const { code, out, err } = await sample(argv);
      expect([code, out]).toEqual([0, wanted.text]);
      expect(err).toMatch(/^\n8 tokens, .* tokens\/s, .*\(reference, JavaScript, one thread, float32\)\n$/);
    }
    const piped = await sample(["generate", at("tiny"), "-n", "8", "--seed", "3"], {
      stdin: [Buffer.from("The "), Buffer.from("cat")],
    });
    expect(piped.out).toBe(wanted.text);
    const any = ["generate", at("tiny"), "-p", "The cat", "-n", "8", "--temp", "5", "--seed", "-1"];
    const texts = await Promise.all([1, 2, 3].map(async () => (await sample(any)).out));
    expect(new Set(texts).size).toBeGreaterThan(1);
    const greedy = await sample(["generate", at("tiny"), "-p", "The cat", "--temp", "0", "-n", "4"]);
    expect(greedy.out).toBe(
      (await complete(model, tokenizer, "The cat", { temperature: 0, maxTokens: 4 })).text,
    );
    model.dispose();
  });

  test("-n -1 writes until the context is full, and Ctrl-C ends it with 130", async () => {
    const full = await sample(["generate", at("tiny"), "-p", "The cat", "--ignore-eos"]);
    expect(full.code).toBe(0);
    const interrupt = new AbortController();
    const endless = await sample(
      ["generate", at("tiny"), "-p", "The cat", "--context-shift", "--ignore-eos"],
      {
        signal: interrupt.signal,
        onOutput: () => interrupt.abort(),
      },
    );
    expect([endless.code, endless.err]).toEqual([130, "sample: stopped\n"]);
  });

  test.each([
    [["generate"], 2, /missing required argument 'model'/],
    [["generate", "tiny", "-p", "a", "-f", "b"], 2, /both -p and -f/],
    [["generate", "tiny", "-p", "a", "--top-p", "2"], 2, /It must be a number from 0 to 1/],
    [["generate", "tiny", "-p", "a", "--top-k", "2.5"], 2, /--top-k/],
    [["generate", "nothing", "-p", "a"], 1, /nothing/],
    [["tiny", "generat"], 2, /unknown command/],
    [["generate", "-m", "a.gguf"], 2, /\n-m: the model is the first word/],
    [["serve", "tiny", "--ctx-size=64", "-ngl", "9"], 2, /\n--ctx-size: the context.*\n-ngl: .*--engine/],
  ])("refuses %j", async (argv, code, message) => {
    const result = await sample(
      argv.map((each) => (each === "tiny" && argv[1] !== "generat" ? at("tiny") : each)),
    );
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
    expect(result.out).toBe("");
  });
});

describe("sample compress and decompress", () => {
  test("a file there and back, through files and pipes", async () => {
    const packed = await sample([
      "compress",
      at("tiny"),
      at("text.txt"),
      "-o",
      at("text.llm"),
      "--rows",
      "4",
    ]);
    expect([packed.code, packed.out]).toEqual([0, ""]);
    expect(packed.err).toMatch(/^1\.7 kB to .* bits a byte\n$/);
    const unpacked = await sample(["decompress", at("tiny"), "-"], { stdin: [readFileSync(at("text.llm"))] });
    expect([unpacked.code, unpacked.out, unpacked.err]).toEqual([0, text, ""]);
    expect(
      (await sample(["compress", at("tiny"), "--rows", "4"], { stdin: [Buffer.from(text)] })).bytes,
    ).toEqual(readFileSync(at("text.llm")));
  });

  test("a damaged file, and another model, by name", async () => {
    const bytes = readFileSync(at("text.llm"));
    const cut = await sample(["decompress", at("tiny")], { stdin: [bytes.subarray(0, -5)] });
    expect([cut.code, cut.out]).toEqual([1, ""]);
    expect(cut.err).toMatch(/^sample: the file is cut off/);
    const other = Gpt.create(
      { vocabSize: 288, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 16, endOfText: 287 },
      { seed: 2 },
    );
    await other.save(at("other"));
    await save(await load(at("tiny/tokenizer.json")), at("other/tokenizer.json"));
    const wrong = await sample(["decompress", at("other"), at("text.llm"), "-o", at("wrong.txt")]);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toBe('sample: the file was compressed with "tiny", and this is "other"\n');
    expect(() => readFileSync(at("wrong.txt"))).toThrow(/ENOENT/);
  });
});

test("sample eval scores tasks and texts", async () => {
  writeFileSync(
    at("mats.jsonl"),
    [
      { task: { name: "mats", baseline: 0.5 } },
      { query: "The cat sat on the", choices: ["mat", "moon"], gold: 0 },
      { query: "The rat sat on the", choices: ["sea", "hat"], gold: 1 },
    ]
      .map((line) => JSON.stringify(line))
      .join("\n"),
  );
  const { code, out, err } = await sample(["eval", at("tiny"), at("mats.jsonl"), at("text.txt")]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^task +items +metric +value\nmats +2 +accuracy +[01]\.\d{4}\n/);
  expect(out).toMatch(/\ntext\.txt +1 +bits per byte +\d\.\d{4}\n$/);
  const json = await sample(["eval", at("tiny"), at("mats.jsonl"), "--limit", "1", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ task: "mats", kind: "multipleChoice", items: 1 });
  writeFileSync(at("bad.jsonl"), '{"query":1}');
  const bad = await sample(["eval", at("tiny"), at("bad.jsonl")]);
  expect([bad.code, bad.err]).toEqual([
    1,
    expect.stringMatching(/^sample: .*bad\.jsonl: line 1 of the task is not an item of any kind/),
  ]);
});

test("sample bench says how fast it reads and writes", async () => {
  const { code, out, err } = await sample([
    "bench",
    at("tiny"),
    "-p",
    "16",
    "-n",
    "4",
    "-r",
    "2",
    "--rows",
    "2",
  ]);
  expect(code).toBe(0);
  expect(out).toMatch(/^test +tokens\/s +±\npp16 +\d+\.\d\d +\d+\.\d\d\ntg4 x 2 +\d+\.\d\d +\d+\.\d\d\n$/);
  expect(err).toBe("tiny on reference, JavaScript, one thread, float32\n");
  const json = await sample(["bench", at("tiny"), "-p", "0", "-n", "2", "-r", "1", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ test: "tg2" });
});

test.each([
  ["generate", "-p", "a"],
  ["eval", "text.txt"],
  ["bench", "-p", "16", "-n", "4", "-r", "1"],
  ["compress", "text.txt"],
  ["decompress", "text.llm"],
])("sample %s ends with 130 where it is stopped", async (command, ...rest) => {
  const argv = [command!, at("tiny"), ...rest.map((each) => (each.startsWith("text.") ? at(each) : each))];
  const { code, out, err } = await sample(argv, { signal: AbortSignal.abort() });
  expect([code, out, err]).toEqual([130, "", "sample: stopped\n"]);
});

test("options that llama.cpp has, too, are called as there", () => {
  // Of llama-cli, llama-server and llama-bench.
  const theirs =
    `-p --prompt -f --file -n --predict -s --seed --temp --temperature --top-k --top-p --min-p --typical --typical-p
    --top-nsigma --top-n-sigma --xtc-probability --xtc-threshold --repeat-penalty --repeat-last-n --frequency-penalty
    --presence-penalty --dry-multiplier --dry-base --dry-allowed-length -r --reverse-prompt --ignore-eos --context-shift
    -t --threads --system-prompt --host --port --api-key -a --alias --parallel --timeout --cors-origins
    --n-prompt --n-gen --repetitions`.split(/\s+/);
  /** What it has none of, or means something else by. */
  const ours = `--engine --dtype --tokenizer --cache-rows --queue --limit --shots --delimiter --json --rows -o --output`;
  const io = { stdin: [], stdout: new Writable(), stderr: new Writable() } as never;
  const names = new Set(
    program.commands.flatMap((make) => make(io).options.flatMap(({ short, long }) => [short, long])),
  );
  names.delete(undefined);
  expect([...names].sort()).toEqual([...theirs, ...ours.split(" ")].sort());
  // A hint at what there is instead is of no use where the option itself is there.
  expect(Object.keys(llamaCppOptions).filter((name) => names.has(name))).toEqual([]);
});

test("the process: text on stdout, and Ctrl-C ends it with 130", async () => {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@llm/source",
      "--import",
      import.meta.resolve("tsx"),
      new URL("../../src/cli/main.ts", import.meta.url).pathname,
      ...[
        at("tiny"),
        "generate",
        "-p",
        "The cat",
        "--context-shift",
        "--ignore-eos",
        "--engine",
        "reference",
      ],
    ],
    { stdio: "pipe" },
  );
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  child.stdout.once("data", () => child.kill("SIGINT"));
  child.stdout.resume();
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect([code, err]).toEqual([130, "sample: stopped\n"]);
});
