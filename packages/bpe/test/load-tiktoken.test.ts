import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { get_encoding, type TiktokenEncoding } from "tiktoken";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DownloadError, ENCODINGS, type EncodingName, loadTiktoken, Tokenizer } from "../src/index.js";
import { dataFolder } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

const tableOf = (file: string) => readFileSync(join(dataFolder, `${file}.tiktoken`));

describe("published encodings", () => {
  const oracles: [EncodingName, string, TiktokenEncoding][] = [
    ["gpt2", "r50k_base", "gpt2"],
    ["r50k", "r50k_base", "r50k_base"],
    ["p50k", "p50k_base", "p50k_base"],
    ["p50k_edit", "p50k_base", "p50k_edit"],
    ["cl100k", "cl100k_base", "cl100k_base"],
    ["o200k", "o200k_base", "o200k_base"],
  ];
  test.each(oracles)("%s is tiktoken's", async (name, file, oracle) => {
    const ours = await loadTiktoken(new Uint8Array(tableOf(file)), name);
    const theirs = get_encoding(oracle);
    const special = [...ours.specialTokens.keys()].join(" x");
    for (const [token, id] of ours.specialTokens) {
      expect(Array.from(theirs.encode(token, "all")), token).toEqual([id]);
    }
    const random = seeded(2);
    for (const text of [...MIXED, special, ...Array.from({ length: 50 }, () => fuzz(random))]) {
      expect(ours.encode(text, { allowedSpecial: "all" }), text).toEqual(theirs.encode(text, "all"));
    }
    expect(ours.vocabSize).toBe(ENCODINGS[name].vocabSize);
    // Its own list of special tokens is not in tiktoken's interface: nothing beyond ours is one.
    for (const token of ["<|endofprompt|>", "<|fim_prefix|>", "<|im_start|>", "<|start|>"]) {
      if (!ours.specialTokens.has(token)) expect(theirs.encode(token, "all").length).toBeGreaterThan(1);
    }
    theirs.free();
  });

  test("o200k_harmony names every id, each once", () => {
    const harmony = Tokenizer.fromTiktoken(tableOf("o200k_base"), "o200k_harmony");
    expect(harmony.vocabSize).toBe(201088);
    expect(Array.from({ length: 201088 }, (_, id) => harmony.has(id)).every(Boolean)).toBe(true);
    const text = "<|start|>user<|message|>Hi<|end|><|reserved_200013|><|endofprompt|>";
    const ids = harmony.encode(text, { allowedSpecial: "all" });
    expect(Array.from(ids).filter((id) => id > 199997)).toEqual([200006, 200008, 200007, 200013, 200018]);
    expect(harmony.decode(ids)).toBe(text);
  });

  test("a name that is none, and a table of another encoding", () => {
    expect(() => Tokenizer.fromTiktoken(tableOf("r50k_base"), "r51k" as EncodingName)).toThrow(
      /"r51k".*o200k/,
    );
    expect(() => Tokenizer.fromTiktoken(tableOf("r50k_base"), "toString" as EncodingName)).toThrow(
      /toString/,
    );
    expect(() => Tokenizer.fromTiktoken(tableOf("r50k_base"), "p50k")).toThrow(/50256 tokens.* 50280/);
  });
});

describe("over HTTP", () => {
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/r50k") response.end(tableOf("r50k_base"));
      else if (request.url === "/cut") response.end(tableOf("r50k_base").subarray(0, 90_000));
      else if (request.url === "/page") response.end("<!doctype html>");
      else if (request.url === "/slow") response.write("AA== 0\n");
      else response.writeHead(404).end("no");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("a table", async () => {
    const tokenizer = await loadTiktoken(`${origin}/r50k`, "r50k");
    expect(Array.from(tokenizer.encode("Hello world"))).toEqual([15496, 995]);
    const url = new URL(`${origin}/r50k`);
    expect((await loadTiktoken(url, { pattern: "p50k" })).specialTokens.size).toBe(0);
  });

  test("what goes wrong is said", async () => {
    const missing = loadTiktoken(`${origin}/none`, "r50k");
    await expect(missing).rejects.toThrow(DownloadError);
    await expect(missing).rejects.toMatchObject({ status: 404, url: `${origin}/none` });
    await expect(loadTiktoken(`${origin}/page`, "r50k")).rejects.toThrow(/\/page: Line 1 .*doctype/);
    await expect(loadTiktoken(`${origin}/cut`, "r50k")).rejects.toThrow(/\/cut: /);
    await expect(loadTiktoken("http://127.0.0.1:1/", "r50k")).rejects.toThrow(/could not be fetched/);
    await expect(loadTiktoken("file:///x.tiktoken", "r50k")).rejects.toThrow(/load` of @llm\/bpe\/node/);
  });

  test("giving up throws the signal's reason", async () => {
    const aborted = loadTiktoken(`${origin}/r50k`, "r50k", { signal: AbortSignal.abort(new Error("why")) });
    await expect(aborted).rejects.toThrow("why");
    const late = loadTiktoken(`${origin}/slow`, "r50k", { signal: AbortSignal.timeout(100) });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
