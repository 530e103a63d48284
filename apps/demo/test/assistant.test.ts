import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { type ChatMessage, renderChat } from "@llm/bpe";
import { load } from "@llm/bpe/node";
import { chatTemplateFromConfig } from "@llm/bpe/template";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chat } from "../src/chat.js";
import { serveRun } from "../src/serve.js";
import { proseFolder } from "./prose.js";
import { copyBefore, messageOf, type TinyRun, tinyRun } from "./tiny.js";

let base: string;
let pages: string;
/** A run from beginning to end, which other tests look at or begin with a part of. */
let finished: Awaited<ReturnType<typeof whole>>;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "llm-demo-"));
  pages = await proseFolder(join(base, "pages"), 12);
  finished = await whole("whole");
});
afterAll(() => rm(base, { recursive: true, force: true }));

const isLong = import.meta.env.MODE === "long";
const runs = () => join(base, "runs");
const whole = (name: string, options: Partial<TinyRun> = {}) =>
  tinyRun(name, { input: [pages], runs: runs(), steps: 4, last: "end", ...options });

/** What a chat with the finished run is asked for. */
const args = () => ({ name: "whole", runs: runs(), tokens: 5, temperature: 0, seed: 1 });

/** What the stages behind the base model left, without times. */
function result(folder: string): Record<string, string> {
  const read = (name: string) => readFileSync(join(folder, name));
  const log = (name: string) =>
    read(name)
      .toString()
      .replace(/,"seconds":[^,}]*/g, "");
  return {
    sftLog: log("sft/log.jsonl"),
    rlLog: log("rl/log.jsonl"),
    sft: read("sft/model/model.safetensors").toString("base64"),
    rl: read("rl/model/model.safetensors").toString("base64"),
    test: read("rl/test.json").toString(),
    compared: read("stages/compare.json").toString(),
  };
}

/** Streams that remember, and a signal. */
function streams(input: readonly string[] = []) {
  const said = { out: "", err: "" };
  const stream = (name: keyof typeof said) =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    });
  const abort = new AbortController();
  const io = {
    stdin: Readable.from(input),
    stdout: stream("out"),
    stderr: stream("err"),
    env: {},
    signal: abort.signal,
  };
  return { said, io, abort };
}

describe("from a base model to an assistant", () => {
  test("every stage says what it is for, and its numbers are in the report", async () => {
    const { folder, text, error } = finished;
    expect(error).toBeUndefined();
    for (const part of [
      "SFT",
      "GRPO",
      "one try right",
      "The same three questions",
      "What is Page",
      "npm run demo -- chat",
    ])
      expect(text).toContain(part);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    for (const part of [
      "Supervised fine-tuning",
      "Right answers while it tries",
      "All tries at one question",
      "What one try gained",
    ])
      expect(html).toContain(part);
    expect(html.match(/<li class="(right|wrong)">/g)).toHaveLength(8); // two groups of four
  });

  const moments: [moment: string, stage: string][] = [
    ["step 3/6", "sft"],
    ["step 2/3", "rl"],
  ];
  const others: typeof moments = [
    ["step 6/6", "sft"],
    ["asking sums: greedy", "exam-sft-validation"],
    ["step 1/3", "rl"],
    ["asking sums: greedy", "exam-rl-test"],
  ];
  test.each(isLong ? [...moments, ...others] : moments)(
    'stopped at "%s" of %s and started again, it ends as if it had not been stopped',
    async (moment, stage) => {
      const name = `stopped-${stage}-${moment.replace(/\W/g, "-")}`;
      copyBefore(stage, finished.folder, join(runs(), name));
      const first = await whole(name, { until: (text) => text.includes(moment) });
      expect((first.error as Error)?.name).toBe("AbortError");
      const second = await whole(name);
      expect(second.error).toBeUndefined();
      expect(result(second.folder)).toEqual(result(finished.folder));
    },
  );

  test("until base, and on to the end later, is the same run", async () => {
    copyBefore("pretrain", finished.folder, join(runs(), "later"));
    const { text } = await whole("later", { last: "base" });
    expect(text).not.toContain("GRPO");
    await expect(chat({ ...args(), name: "later", model: "rl" }, streams().io)).rejects.toThrow(
      /has no rl model yet, only base/,
    );
    const { error } = await whole("later");
    expect(error).toBeUndefined();
    expect(result(join(runs(), "later"))).toEqual(result(finished.folder));
  });

  test("controls and the gamed reward are added to a finished run", async () => {
    const { text, error, folder } = await whole("whole", { more: { controls: true, rewardModel: true } });
    expect(error).toBeUndefined();
    for (const part of [
      "SFT for longer",
      "shuffled rewards",
      "The reward model agrees",
      "SFT, then RL: ", // by the same sums
      " over SFT for longer, between ",
    ])
      expect(text).toContain(part);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    expect(html).toContain("how it is gamed");
  });

  test.runIf(isLong)("several seeds are several runs, with intervals over them", async () => {
    const { text, error } = await whole("whole", { more: { seeds: 2 } });
    expect(error).toBeUndefined();
    expect(text).toContain("Over 2 seeds");
    expect(text).toMatch(/SFT, then RL +\d\.\d{3} ± \d/);
  });

  test("conversations of one's own take the place of those about titles", async () => {
    const conversations = join(base, "own.jsonl");
    const messages = [
      { role: "user", content: "Who are you?" },
      { role: "assistant", content: "A small model." },
    ];
    writeFileSync(conversations, `${JSON.stringify({ messages })}\n`);
    copyBefore("sft", finished.folder, join(runs(), "own"));
    // Conversations make it another run, from here on.
    const identity = join(runs(), "own", "run.json");
    const hash = createHash("sha256")
      .update(JSON.stringify([messages]))
      .digest("hex");
    const known = JSON.parse(readFileSync(identity, "utf8"));
    writeFileSync(identity, JSON.stringify({ ...known, conversations: hash }));
    const { text, error } = await whole("own", { more: { conversations } });
    expect(error).toBeUndefined();
    expect(text).toContain("Who are you?");
  });

  test.each([
    ["{", /own-bad\.jsonl:2 is not JSON/],
    ['{"text": "a"}', /own-bad\.jsonl:2 has no messages/],
    ['{"messages": [{"role": "robot", "content": "a"}]}', /own-bad\.jsonl:2 has the message/],
    ['{"messages": [{"role": "user", "content": "a"}]}', /own-bad\.jsonl:2 has no answer/],
    [
      '[{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]',
      /own-bad\.jsonl:2 has no answer/,
    ],
    ['[{"role": "assistant", "content": "a"}]', /own-bad\.jsonl:2 has a message of the assistant where/],
    [
      '[{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]',
      /a message of the system where/,
    ],
    ["7", /own-bad\.jsonl:2 has no messages/],
  ])("a line %s of conversations is refused by its number", async (line, message) => {
    const conversations = join(base, "own-bad.jsonl");
    writeFileSync(
      conversations,
      `${JSON.stringify([
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ])}\n${line}\n`,
    );
    const { error } = await whole("own-bad", { more: { conversations } });
    expect(messageOf(error)).toMatch(message);
    expect(existsSync(join(runs(), "own-bad"))).toBe(false); // before anything is done
  });
});

describe("a damaged file of a run", () => {
  /** As many bytes as before, so that the stage that left it still counts as done. */
  const damage = (file: string) => {
    const bytes = readFileSync(file);
    bytes.write("{".repeat(Math.min(64, bytes.length)));
    writeFileSync(file, bytes);
  };

  test.each([
    ["train.jsonl", "tokenizer"],
    ["tokenizer.json", "shards"],
    ["tokens/train/manifest.json", "baselines"],
    ["model/config.json", "sft"],
    ["sft/model/model.safetensors", "rl"],
    ["rl/test.json", "compare"],
  ])("%s is named, with the way out", async (file, stage) => {
    const name = `damaged-${file.replace(/\W/g, "-")}`;
    copyBefore(stage, finished.folder, join(runs(), name));
    damage(join(runs(), name, file));
    const { error } = await whole(name);
    const place = join(runs(), name, /model/.test(file) ? dirname(file) : file);
    expect(messageOf(error)).toContain(place);
    expect(messageOf(error)).toMatch(/cannot be used: .+\nDelete it/s);
  });
});

describe("a model of a run", () => {
  test("has its tokenizer beside it, and a template that writes a chat as it was learned", async () => {
    for (const place of ["sft", "rl"]) {
      const folder = join(finished.folder, place, "model");
      const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
      const tokenizer = await load(folder);
      const template = chatTemplateFromConfig(read("tokenizer_config.json"));
      const user = (content: string) => ({ role: "user" as const, content });
      const chats: ChatMessage[][] = [
        [user("What is 47+38?")],
        [{ role: "system", content: "Be brief.\nAlways." }, user(" What is <|bos|>? ")],
        [user("What is ms?"), { role: "assistant", content: "I don't know." }, user("What is 1+2?")],
      ];
      for (const messages of chats) {
        const { ids } = renderChat(tokenizer, messages, { completion: true });
        expect([...template.encode(tokenizer, messages, { addGenerationPrompt: true }).ids]).toEqual([
          ...ids,
        ]);
      }
      expect(read("generation_config.json")["eos_token_id"]).toBe(
        tokenizer.specialTokens.get("<|assistant_end|>"),
      );
    }
  });
});

describe("talking to a run", () => {
  test("a question on the command line is answered, by each of its models alike every time", async () => {
    for (const model of ["base", "sft", "rl"] as const) {
      const answers = [];
      for (let i = 0; i < 2; i++) {
        const { said, io } = streams();
        await chat({ ...args(), model, question: "What is 12+34?" }, io);
        answers.push(said.out);
      }
      expect(answers[0]).toBe(answers[1]);
      expect(answers[0]).toMatch(/\n$/);
    }
  });

  test("a chat: questions, commands, and what is no command", async () => {
    const lines = [
      "What is 1+2?",
      "/model base",
      "/temperature 1",
      "/seed 7",
      "/temperature hot",
      "/model gpt",
      "/what",
      "What is",
      "/exit",
    ];
    const { said, io } = streams(lines.map((line) => `${line}\n`));
    await chat(args(), io);
    expect(said.out.split("\n").length).toBeGreaterThan(2);
    for (const part of [
      "The rl model",
      "Now the base model",
      "Temperature 1.",
      "Seed 7.",
      "takes a number",
      "/model base, /model sft, /model rl",
      "There is no /what",
    ])
      expect(said.err).toContain(part);
  });

  test("a run that has no such model says how to get it", async () => {
    await expect(chat({ ...args(), name: "nowhere" }, streams().io)).rejects.toThrow(
      /has no finished model: train one with/,
    );
  });

  test("a damaged model is named, and so is one of another run", async () => {
    const folder = join(runs(), "mixed");
    cpSync(finished.folder, folder, { recursive: true });
    const ask = (model: "sft" | "rl") =>
      chat({ ...args(), name: "mixed", model, question: "What is 12+34?" }, streams().io);
    writeFileSync(join(folder, "sft/model/tokenizer.json"), "{}");
    await expect(ask("sft")).rejects.toThrow(
      /mixed.sft.model cannot be used: its tokenizer is not the run's/,
    );
    truncateSync(join(folder, "rl/model/model.safetensors"), 1000);
    await expect(ask("rl")).rejects.toThrow(/mixed.rl.model cannot be used: .*cut short/);
  });

  test("serve answers as OpenAI's API does, and with a page", async () => {
    const { said, io, abort } = streams();
    const serving = serveRun({ name: "whole", runs: runs(), host: "127.0.0.1", port: 0 }, io);
    while (!said.out.includes("\n")) await new Promise((resolve) => setTimeout(resolve, 20));
    const url = said.out.trim();
    expect((await fetch(url)).headers.get("content-type")).toMatch(/text\/html/);
    const body = {
      model: "whole-rl",
      temperature: 0,
      max_tokens: 5,
      messages: [{ role: "user", content: "What is 12+34?" }],
    };
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
    const alone = streams();
    await chat({ ...args(), question: "What is 12+34?" }, alone.io);
    expect(choices[0]!.message.content.trim()).toBe(alone.said.out.trim());
    abort.abort();
    await serving;
  });
});
