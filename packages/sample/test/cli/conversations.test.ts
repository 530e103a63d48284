import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { CHAT_TOKENS, train } from "@llm/bpe";
import { save } from "@llm/bpe/node";
import { Gpt } from "@llm/gpt";
import { run } from "@llm/platform/command";
import { useEngine } from "@llm/tensor";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "../../src/cli/program.js";

let folder: string;
let chatFolder: string;
let templateFolder: string;

async function makeModel(folder: string, specialTokens: readonly string[]): Promise<void> {
  const tokenizer = await train("she sells sea shells by the sea shore ".repeat(9), {
    vocabSize: 290,
    specialTokens,
  });
  const sizes = { vocabSize: tokenizer.vocabSize, blockSize: 256, nLayer: 1, nHead: 2, nEmbd: 16 };
  const model = Gpt.create(
    { ...sizes, endOfText: tokenizer.specialTokens.get(specialTokens.at(-1)!)! },
    { seed: 1 },
  );
  await model.save(folder);
  await save(tokenizer, join(folder, "tokenizer.json"));
  model.dispose();
}

beforeAll(async () => {
  await useEngine("reference");
  const made = mkdtempSync(join(tmpdir(), "llm-sample-cli-"));
  [folder, chatFolder, templateFolder] = ["plain", "chat", "template"].map((name) => join(made, name)) as [
    string,
    string,
    string,
  ];
  await makeModel(folder, ["<|endoftext|>"]);
  await makeModel(chatFolder, CHAT_TOKENS);
  await makeModel(templateFolder, ["<end>"]);
  const chat_template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}<end>{% endfor %}[assistant]";
  const config = { chat_template, eos_token: "<end>" };
  writeFileSync(join(templateFolder, "tokenizer_config.json"), JSON.stringify(config));
});
afterAll(() => rmSync(join(folder, ".."), { recursive: true }));

async function sample(argv: string[], lines: string[] = [], signal = new AbortController().signal) {
  const said = { out: "", err: "" };
  const sink = (name: "out" | "err") =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    });
  const stdin = Readable.from(lines.map((line) => Buffer.from(`${line}\n`)));
  const io = { stdin, stdout: sink("out"), stderr: sink("err"), env: {}, signal };
  return { code: await run(program, argv, io), ...said };
}

/** The command in a process of its own, once it listens. */
async function served(
  argv: string[],
): Promise<{ child: ChildProcess; url: string; ended: Promise<number | null> }> {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const flags = ["--conditions=@llm/source", "--import", "tsx", main];
  const child = spawn(process.execPath, [...flags, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let said = "";
  const url = new Promise<string>((resolve, reject) => {
    child.stderr!.on("data", (data) => {
      said += data;
      const found = /at (http:\S+)/.exec(said);
      if (found) resolve(found[1]!);
    });
    child.on("close", () => reject(new Error(said)));
  });
  return { child, url: await url, ended };
}

describe("sample <model> serve", () => {
  it.each([
    ["SIGTERM" as const, 0],
    ["SIGINT" as const, 130],
  ])("serves a folder, and ends in order at %s while it streams", async (signal, code) => {
    const origins = "http://a.example,http://b.example";
    const argv = [templateFolder, "serve", "--port", "0", "--alias", "tiny", "--cors-origins", origins];
    const { child, url, ended } = await served(argv);
    for (const origin of origins.split(",")) {
      const { headers } = await fetch(`${url}/health`, { headers: { origin } });
      expect(headers.get("access-control-allow-origin")).toBe(origin);
    }
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "she <end> sells" }];
    const request = { model: "tiny", messages, max_tokens: 100, stream: true as const };
    const streams = await Promise.all(
      [1, 2, 3].map((seed) => client.chat.completions.create({ ...request, seed })),
    );
    let isTold = false;
    const last = streams.map(async (stream) => {
      let reason: unknown;
      for await (const { choices } of stream) {
        if (!isTold) child.kill(signal);
        isTold = true;
        reason = choices[0]!.finish_reason;
      }
      return reason;
    });
    for (const reason of await Promise.all(last)) expect(["stop", "length"]).toContain(reason); // what was under way is finished
    expect(await ended).toBe(code);
  });

  it("says what is wrong with a folder", async () => {
    const { code, err } = await sample(["/nowhere", "serve", "--port", "0"]);
    expect([code, err]).toEqual([1, expect.stringContaining("/nowhere")]);
    const { code: misuse, err: hint } = await sample([folder, "serve", "--prot", "0"]);
    expect([misuse, hint]).toEqual([2, expect.stringContaining("--port")]);
  });
});

describe("sample <model> chat", () => {
  it.each(["plain", "chat", "template"])("answers each line: a folder with a %s form", async (form) => {
    const path = { plain: folder, chat: chatFolder, template: templateFolder }[form]!;
    const argv = [path, "chat", "--seed", "3", "-n", "5", "--system-prompt", "sea"];
    const { code, out, err } = await sample(argv, ["she sells", "", "shells"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").length).toBeGreaterThanOrEqual(3);
    expect(await sample(argv, ["she sells", "", "shells"])).toMatchObject({ out });
    expect(
      (await sample([...argv.slice(0, 3), "4", ...argv.slice(4)], ["she sells", "", "shells"])).out,
    ).not.toBe(out);
  });

  it("ends with 130 at Ctrl-C", async () => {
    const { code, err } = await sample([folder, "chat"], ["she"], AbortSignal.abort());
    expect([code, err]).toEqual([130, "sample: stopped\n"]);
  });
});
