import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "@llm/platform/command";
import { readSafetensors, tensor, useEngine, writeSafetensors } from "@llm/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { program } from "../src/cli/program.js";
import { writeGGUF, writeLLMC, writeNanoGPT } from "../src/formats/index.js";
import { Gpt, type GptConfig } from "../src/index.js";
import { estimateMemory } from "../src/inspect/index.js";

const config: GptConfig = { vocabSize: 64, blockSize: 16, nLayer: 2, nHead: 2, nEmbd: 32 };
const ids = [3, 1, 4, 1, 5];
const logits = async (model: Gpt) => [...(await model.forward(tensor(ids, [1, 5], "int32")).data())];
const family = (name: string) => fileURLToPath(new URL(`./golden/families/${name}`, import.meta.url));

let folder: string;
let model: Gpt;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  await useEngine("reference");
  folder = mkdtempSync(join(tmpdir(), "llm-gpt-cli-"));
  model = Gpt.create(config, { seed: 1 });
  await model.save(at("model"), { maxShardBytes: 50_000 });
  writeFileSync(at("model/generation_config.json"), "{}");
  await writeGGUF(model, at("model.gguf"), { type: "f32" });
  await writeLLMC(model, at("model.bin"));
  await writeNanoGPT(Gpt.create({ ...config, activation: "gelu-erf" }, { seed: 1 }), at("model.pt"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command in this process. */
async function gpt(
  argv: string[],
  { tty = false, env = {}, onError = () => {}, signal = new AbortController().signal } = {} as {
    tty?: boolean;
    env?: Record<string, string>;
    onError?: (text: string) => void;
    signal?: AbortSignal;
  },
) {
  const said = { out: "", err: "" };
  const sink = (name: "out" | "err") =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        if (name === "err") onError(String(chunk));
        done();
      },
    });
  const stderr = Object.assign(sink("err"), { isTTY: tty, columns: 200 });
  const code = await run(program, argv, {
    stdin: Readable.from([]),
    stdout: sink("out"),
    stderr,
    env,
    signal,
  });
  return { code, ...said };
}

describe("describe", () => {
  test("is what a folder alone asks for, and says each part", async () => {
    const { code, out, err } = await gpt([at("model")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/form +Hugging Face folder, gpt2, \d files\n/);
    expect(out).toMatch(/parameters +28,032\n/);
    expect(out).toMatch(/embedding +2,560 \(9\.1%\)\n/);
    expect(out).toMatch(/head +the embedding\n/);
    expect(out).toMatch(/memory +112\.1 kB for the weights/);
    expect(out).toMatch(/training +\d+\.\d kB in all, for a row of 16 with AdamW/);
    expect(await gpt(["describe", at("model")])).toEqual({ code, out, err });
    expect((await gpt([at("model/config.json")])).out).toBe(
      out.replace(at("model"), at("model/config.json")),
    );
  });

  test.each([
    ["model", "folder", "F32"],
    ["model.gguf", "gguf", "f32"],
    ["model.bin", "llmc", "float32"],
    ["model.pt", "nanogpt", "float32"],
  ])("%s as JSON", async (name, format, type) => {
    const { code, out } = await gpt(["describe", at(name), "--json"]);
    const facts = JSON.parse(out);
    expect(code).toBe(0);
    expect(facts).toMatchObject({ format, kind: "gpt2", config: { nLayer: 2, vocabSize: 64 } });
    expect(facts.types[type]).toEqual({ numbers: model.numParameters, bytes: 4 * model.numParameters });
    expect(facts.parameters).toEqual({
      total: model.numParameters,
      embedding: 80 * 32,
      attention: 2 * (4 * 32 * 32 + 4 * 32),
      mlp: 2 * (8 * 32 * 32 + 5 * 32),
      norms: 5 * 64,
      other: 0,
      head: 0,
    });
    const one = { batch: 1, T: 16 };
    expect(facts.memory).toEqual({
      weights: 4 * 28_032,
      decoding: estimateMemory(facts.config, { ...one, training: false, prompt: 1 }).total,
      training: estimateMemory(facts.config, { ...one, training: true }).total,
    });
  });

  test.each(readdirSync(family("")))("%s, and every number is of a part", async (name) => {
    const { code, out } = await gpt([family(name), "--json"]);
    const { parameters, kind } = JSON.parse(out);
    const { total, ...parts } = parameters;
    expect(code).toBe(0);
    expect(kind).toBe(JSON.parse(readFileSync(join(family(name), "config.json"), "utf8")).model_type);
    expect(Object.values<number>(parts).reduce((sum, part) => sum + part)).toBe(total);
    expect(total).toBe((await Gpt.load(family(name))).numParameters);
    expect((await gpt([family(name)])).code).toBe(0);
    expect(await gpt(["check", family(name)])).toMatchObject({ code: 0, out: "" });
  });

  test("what is no model says what is", async () => {
    writeFileSync(at("text.txt"), "hello");
    writeFileSync(at("empty"), "");
    mkdirSync(at("bare"));
    for (const [path, words] of [
      ["nowhere", "there is no"],
      ["text.txt", "is no model that is read here: a folder with config.json, a GGUF file"],
      ["empty", "is no model that is read here"],
      ["bare", "no readable config.json"],
    ] as const) {
      const { code, out, err } = await gpt([at(path)]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain(words);
    }
    expect((await gpt([])).code).toBe(2);
    expect((await gpt(["chek", at("model")])).code).toBe(2);
  });
});

describe("check", () => {
  const shard = "model-00001-of-00003.safetensors";
  /** A copy of the model with a file changed. */
  async function broken(name: string, change: (path: string) => void): Promise<string> {
    await model.save(at(name), { maxShardBytes: 50_000 });
    change(at(name));
    return at(name);
  }
  const tensorsOf = (
    path: string,
    change: (tensors: ReturnType<typeof readSafetensors>["tensors"]) => void,
  ) => {
    const { tensors } = readSafetensors(readFileSync(path));
    change(tensors);
    writeFileSync(
      path,
      writeSafetensors([...tensors].map(([name, { shape, data }]) => [name, { shape, data }])),
    );
  };

  test.each(["model", "model.gguf", "model.bin", "model.pt"])("%s is whole", async (name) => {
    const { code, out, err } = await gpt(["check", at(name)]);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toMatch(/: whole, \d+ tensors, 28,032 numbers\n$/);
    const json = JSON.parse((await gpt(["check", at(name), "--json"])).out);
    expect(json).toEqual({ model: at(name), faults: [], tensors: 28, numbers: 28_032 });
  });

  test.each<[string, (path: string) => void, RegExp[]]>([
    [
      "numbers",
      (path) =>
        tensorsOf(join(path, shard), (tensors) => {
          tensors.get("wte.weight")!.data.fill(Number.NaN, 0, 3);
          tensors.get("wpe.weight")!.data[7] = Number.NEGATIVE_INFINITY;
        }),
      [/^wte\.weight: 3 of 2048 numbers are NaN or infinite$/m, /^wpe\.weight: 1 of 512/m],
    ],
    [
      "shapes",
      (path) => tensorsOf(join(path, shard), (tensors) => tensors.get("h.0.ln_1.bias")!.shape.unshift(1)),
      [/h\.0\.ln_1\.bias has shape \[1,32\]/],
    ],
    [
      "missing",
      (path) => tensorsOf(join(path, shard), (tensors) => tensors.delete("h.0.ln_1.bias")),
      [/h\.0\.ln_1\.bias is missing/],
    ],
    [
      "misplaced",
      (path) =>
        tensorsOf(join(path, shard), (tensors) => tensors.set("ln_f.bias", tensors.get("h.0.ln_1.bias")!)),
      [/it has ln_f\.bias, and the index says that it is in model-00003/],
    ],
    [
      "cut",
      (path) => writeFileSync(join(path, shard), readFileSync(join(path, shard)).subarray(0, -8)),
      [/model-00001.*ended/],
    ],
    ["absent", (path) => rmSync(join(path, shard)), [/model-00001.*no such file/]],
    [
      "settings",
      (path) => {
        const json = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
        writeFileSync(
          join(path, "config.json"),
          JSON.stringify({ ...json, scale_attn_by_inverse_layer_idx: true }),
        );
      },
      [/scale_attn_by_inverse_layer_idx is true; only false is computed/],
    ],
    ["json", (path) => writeFileSync(join(path, "config.json"), "{"), [/not JSON/]],
  ])("%s: exit code 1, and the reasons", async (name, change, words) => {
    const path = await broken(name, change);
    const { code, out, err } = await gpt(["check", path]);
    expect(code).toBe(1);
    for (const each of words) expect(out).toMatch(each);
    expect(err).toContain(`has ${words.length === 1 ? "a fault" : `${words.length} faults`}`);
    const { faults } = JSON.parse((await gpt(["check", path, "--json"])).out);
    expect(faults.length).toBe(words.length);
  });

  test("a head that is not the table, and a damaged file of another form", async () => {
    const files = await model.toFiles();
    mkdirSync(at("head"));
    writeFileSync(at("head/config.json"), files["config.json"]);
    writeFileSync(at("head/model.safetensors"), files["model.safetensors"]);
    tensorsOf(at("head/model.safetensors"), (tensors) => {
      const { shape, data, dtype } = tensors.get("wte.weight")!;
      tensors.set("lm_head.weight", { shape, dtype, data: data.map((value) => 2 * value) as Float32Array });
    });
    expect((await gpt(["check", at("head")])).out).toMatch(/lm_head\.weight differs from wte\.weight/);
    writeFileSync(at("cut.bin"), readFileSync(at("model.bin")).subarray(0, -4));
    expect(await gpt(["check", at("cut.bin")])).toMatchObject({ code: 1, out: /cut short/ });
  });
});

describe("convert", () => {
  const opened = async (name: string) => logits(await Gpt.load(at(name)));

  test("to shards in bfloat16 and back, with the files beside", async () => {
    const argv = [
      "convert",
      at("model"),
      at("shards"),
      "--dtype",
      "bfloat16",
      "--max-shard-size",
      "0.02MB",
      "--json",
    ];
    const { code, out, err } = await gpt(argv);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ path: at("shards"), format: "hf", type: "bfloat16" });
    expect(err).toMatch(/: needs about 144\.9 kB of memory, writes about 56\.1 kB to .*shards\n$/);
    const names = readdirSync(at("shards"));
    expect(names).toContain("model.safetensors.index.json");
    expect(names).toContain("generation_config.json");
    expect((await gpt(["convert", at("shards"), at("whole")])).code).toBe(0);
    expect(readdirSync(at("whole"))).toContain("model.safetensors");
    expect(await opened("whole")).toEqual(await opened("shards"));
  });

  test.each(["model.gguf", "model.bin", "model.pt"])(
    "%s to a folder and back to the same bytes",
    async (name) => {
      const to = `of-${name.slice(6)}`;
      expect((await gpt(["convert", at(name), at(to)])).code).toBe(0);
      const erf = await logits(Gpt.create({ ...config, activation: "gelu-erf" }, { seed: 1 }));
      expect(await opened(to)).toEqual(name === "model.pt" ? erf : await logits(model));
      const options = name === "model.gguf" ? ["--quantize", "f32", "--no-tokenizer"] : [];
      expect((await gpt(["convert", at(to), at(`again-${name}`), ...options])).code).toBe(0);
      expect(readFileSync(at(`again-${name}`)).equals(readFileSync(at(name)))).toBe(true);
    },
  );

  test("to a GGUF file of 8 bits, and under our own names", async () => {
    expect((await gpt(["convert", at("model"), at("small.gguf"), "--quantize", "q8_0"])).code).toBe(0);
    expect(statSync(at("small.gguf")).size).toBeLessThan(statSync(at("model.gguf")).size / 2);
    expect((await gpt(["convert", at("model"), at("own"), "--format", "llm"])).code).toBe(0);
    expect(JSON.parse(readFileSync(at("own/config.json"), "utf8")).model_type).toBe("llm-gpt");
    expect((await gpt(["convert", at("own"), at("published")])).code).toBe(0);
    expect(JSON.parse(readFileSync(at("published/config.json"), "utf8")).model_type).toBe("gpt2");
    expect(await opened("published")).toEqual(await logits(model));
    await Gpt.create({ ...config, softcap: 3 }, { seed: 1 }).save(at("unpublished"));
    expect(await gpt(["convert", at("unpublished"), at("x")])).toMatchObject({
      code: 1,
      err: /say --format llm/,
    });
    expect((await gpt(["convert", at("unpublished"), at("x"), "--format", "llm"])).code).toBe(0);
  });

  test("what is there is not written over, unless it is forced", async () => {
    writeFileSync(at("kept.bin"), "old");
    for (const to of ["kept.bin", "model"]) {
      const { code, err } = await gpt(["convert", at("model"), at(to)]);
      expect([code, err]).toEqual([
        2,
        expect.stringContaining("is there already. Name another, or say --force."),
      ]);
    }
    expect(readFileSync(at("kept.bin"), "utf8")).toBe("old");
    expect((await gpt(["convert", at("model"), at("kept.bin"), "--force"])).code).toBe(0);
    expect(readFileSync(at("kept.bin")).equals(readFileSync(at("model.bin")))).toBe(true);
    await model.save(at("itself"));
    expect((await gpt(["convert", at("itself"), at("itself"), "--dtype", "bfloat16", "--force"])).code).toBe(
      0,
    );
    expect((await gpt(["check", at("itself")])).code).toBe(0);
  });

  test.each([
    [["model", "x", "--quantize", "q8_0"], "--quantize is for GGUF"],
    [["model", "x.gguf", "--dtype", "float32"], "takes --quantize"],
    [["model", "x.bin", "--dtype", "float16"], "llm.c has float32 and bfloat16"],
    [["model", "x.pt", "--dtype", "bfloat16"], "in float32"],
    [["model", "x.bin", "--max-shard-size", "1GB"], "is for folders"],
    [["model", "x", "--max-shard-size", "2"], "such as 2GB"],
    [["model", "x", "--max-shard-size", "0GB"], "such as 2GB"],
    [["model", "x", "--format", "onnx"], "hf, llm, gguf, nanogpt, llmc"],
    [["model", "model", "--format", "gguf"], "is a folder; name a file"],
    [["model", "model.bin", "--format", "hf"], "is a file; name a folder"],
    [["model", "y", "--activation", "gelu"], "is for checkpoints of nanoGPT"],
  ])("%j makes no sense: exit code 2", async ([from, to, ...options], words) => {
    const { code, err } = await gpt(["convert", at(from!), at(to!), ...options]);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  test("a place that cannot be written is told before the model is read", async () => {
    for (const to of ["nowhere/x.bin", "model.bin/x"]) {
      const { code, err } = await gpt(["convert", at("model"), at(to)]);
      expect([code, err]).toEqual([1, expect.stringMatching(/^gpt: cannot write /)]);
    }
  });

  test.each(["stopped", "stopped.gguf", "stopped.bin"])("Ctrl-C leaves nothing of %s: 130", async (to) => {
    const stop = new AbortController();
    const onError = (text: string) => void (text.includes("needs about") && stop.abort());
    const { code, out } = await gpt(["convert", at("model"), at(to)], { signal: stop.signal, onError });
    expect([code, out]).toEqual([130, ""]);
    expect(readdirSync(folder).filter((name) => name.includes("stopped"))).toEqual([]);
  });

  test("Ctrl-C in the midst of writing leaves the old model", async () => {
    await model.save(at("old"));
    const before = await opened("old");
    const stop = new AbortController();
    const onError = (text: string) => void (text.includes("writing") && stop.abort());
    const argv = ["convert", family(readdirSync(family(""))[0]!), at("old"), "--force"];
    const { code } = await gpt(argv, { signal: stop.signal, onError, tty: true });
    expect(code).toBe(130);
    expect(readdirSync(at("old")).sort()).toEqual(["config.json", "model.safetensors"]);
    expect(await opened("old")).toEqual(before);
  });

  test("progress on a terminal only", async () => {
    const argv = ["convert", at("model"), at("progress"), "--force"];
    expect((await gpt(argv, { tty: true })).err).toContain("\r\u001b[2Kreading ");
    expect((await gpt(argv, { tty: true, env: { NO_COLOR: "1" } })).err).not.toContain("\u001b");
    expect((await gpt(argv)).err).not.toContain("\u001b");
  });
});

test("as a process: Ctrl-C while it works ends it with 130 and leaves nothing", async () => {
  await Gpt.create({ ...config, vocabSize: 60_000, nEmbd: 128 }, { seed: 1 }).save(at("large"));
  const child = spawn(
    process.execPath,
    [
      "--conditions=@llm/source",
      "--import",
      import.meta.resolve("tsx"),
      new URL("../src/cli/main.ts", import.meta.url).pathname,
      ...["convert", at("large"), at("interrupted"), "--max-shard-size", "100kB"],
    ],
    { stdio: "pipe" },
  );
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
    if (String(chunk).includes("needs about")) child.kill("SIGINT");
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect([code, err]).toEqual([130, expect.stringMatching(/\ngpt: stopped\n$/)]);
  expect(readdirSync(folder)).not.toContain("interrupted");
});
