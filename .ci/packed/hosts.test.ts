// Hosts that allow less: Node's permissions, no compilation of WebAssembly at run time, no WebAssembly.
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { long, wholeProject } from "./consumer.js";
import { newestNode, thisNode, workerd } from "./tools.js";

wholeProject.write(
  "engine.mjs",
  `import { add, doctor, tensor, useEngine } from "@llm/tensor";
  const { name } = await useEngine("auto");
  console.log(name, (await add(tensor([1, 2], [2]), tensor([3, 4], [2])).data()).join());
  if ((await doctor()).some(({ reason }) => !reason)) console.log("no reason");`,
);
wholeProject.write(
  "tokens.mjs",
  `import { train, useModules } from "@llm/bpe";
  if (globalThis.compiled) useModules(globalThis.compiled);
  try {
    const tokenizer = await train("she sells sea shells ".repeat(20), { vocabSize: 270 });
    console.log(tokenizer.decode(tokenizer.encode("sea shells")));
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }`,
);

// As Cloudflare Workers refuse: what was compiled before can be instantiated, and nothing else can.
wholeProject.write(
  "no-compilation.cjs",
  `const refuse = () => { throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder"); };
  const { Module, instantiate } = WebAssembly;
  const { readFileSync } = require("node:fs");
  if (process.env.COMPILED) {
    const compiled = (name) => new Module(readFileSync("node_modules/@llm/bpe/dist/" + name + ".wasm"));
    globalThis.compiled = { encoding: compiled("encoding"), training: compiled("training") };
  }
  WebAssembly.Module = new Proxy(Module, { construct: refuse });
  WebAssembly.compile = async () => refuse();
  WebAssembly.instantiate = async (module, imports) => module instanceof Module ? instantiate(module, imports) : refuse();`,
);

describe("Node with permissions", () => {
  const reading = ["--no-warnings", "--permission", "--allow-fs-read=*"];
  test.each([
    { allowed: [], engine: "wasm" },
    { allowed: ["--allow-worker"], engine: "wasm" },
    { allowed: ["--allow-addons"], engine: "(?:native|wasm)" },
    { allowed: ["--allow-worker", "--allow-addons"], engine: "(?:native|wasm)" },
  ])("@llm/tensor takes an engine that works with $allowed", async ({ allowed, engine }) => {
    const flags = [...reading, ...allowed];
    const printed = await wholeProject.runs("engine.mjs", { runtime: newestNode, flags });
    expect(printed).toMatch(new RegExp(`^${engine} 4,6\n$`));
  });

  test("@llm/bpe trains and encodes", async () => {
    expect(await wholeProject.runs("tokens.mjs", { runtime: newestNode, flags: reading })).toBe(
      "sea shells\n",
    );
  });
});

describe("no compilation of WebAssembly", () => {
  const flags = ["--require", "./no-compilation.cjs"];

  test("@llm/tensor goes on to the reference engine", async () => {
    expect(await wholeProject.runs("engine.mjs", { flags })).toBe("reference 4,6\n");
  });

  test("@llm/bpe says what to give it, and takes it", async () => {
    const refused = await wholeProject.runs("tokens.mjs", { flags });
    expect(refused).toMatch(/^BpeError: .*disallowed by embedder.*useModules\(\) @llm\/bpe\/encoding\.wasm/);
    const given = { ...thisNode, command: ["env", "COMPILED=1", ...thisNode.command] };
    expect(await wholeProject.runs("tokens.mjs", { runtime: given, flags })).toBe("sea shells\n");
  });
});

test("without WebAssembly @llm/tensor goes on to the reference engine", async () => {
  const printed = await wholeProject.runs("engine.mjs", { flags: ["--jitless"] });
  expect(printed).toBe("reference 4,6\n");
});

// "No compilation of WebAssembly" imitates it where there is less time.
if (long)
  test("Cloudflare's workerd runs @llm/bpe and @llm/tensor", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import encoding from "./encoding.wasm";
      import training from "./training.wasm";
      import { train, useModules } from "@llm/bpe";
      import { add, tensor, useEngine } from "@llm/tensor";
      async function test() {
        useModules({ encoding, training });
        const tokenizer = await train("she sells sea shells ".repeat(20), { vocabSize: 270 });
        console.log(tokenizer.decode(tokenizer.encode("sea shells")));
        const { name } = await useEngine("auto");
        console.log(name, (await add(tensor([1, 2], [2]), tensor([3, 4], [2])).data()).join());
      }
      export default { test };`,
        resolveDir: wholeProject.folder,
      },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      external: ["./*.wasm"],
      logLevel: "silent",
    });
    wholeProject.write("worker.mjs", outputFiles[0]!.contents);
    const wasm = (name: string) =>
      `(name = "${name}.wasm", wasm = embed "node_modules/@llm/bpe/dist/${name}.wasm")`;
    wholeProject.write(
      "workerd.capnp",
      `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "main", worker = .main)]);
    const main :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [
      (name = "main", esModule = embed "worker.mjs"), ${wasm("encoding")}, ${wasm("training")}]);`,
    );
    const printed = await wholeProject.exec(workerd, ["test", "workerd.capnp"]);
    expect(printed).toBe("sea shells\nreference 4,6\n");
  });
