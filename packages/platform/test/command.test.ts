import { spawn } from "node:child_process";
import { Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  Command,
  decimalNumber,
  type Io,
  nonEmpty,
  Option,
  type Program,
  regularExpression,
  repeated,
  run,
  UsageError,
  wholeNumber,
  write,
} from "../src/command/index.js";

class GreetingError extends Error {
  override readonly name = "GreetingError";
}

const failures: Record<string, () => unknown> = {
  usage: () => new UsageError("Say whom to greet."),
  own: () => new GreetingError("Nobody is there."),
  system: () => Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT", syscall: "open" }),
  bug: () => new TypeError("undefined is not a function"),
  node: () => Object.assign(new TypeError("The argument must be a string"), { code: "ERR_INVALID_ARG_TYPE" }),
  text: () => "only a text",
  pipe: () => Object.assign(new Error("write EPIPE"), { code: "EPIPE", syscall: "write" }),
};

const greet = (io: Io) =>
  new Command("greet")
    .summary("greet people")
    .argument("[names...]")
    .requiredOption("--greeting <text>", "what to say", nonEmpty)
    .addOption(
      new Option("--tone <name>", "how to say it").choices(["soft", "loud"]).default("soft" as const),
    )
    .addOption(new Option("--also <text>", "more to say").argParser(repeated))
    .option("--times <n>", "how often", wholeNumber(1, 9), 1)
    .option("--only <pattern>", "whom", regularExpression)
    .option("--pause <s>", "seconds between", decimalNumber(0, 2.5))
    .action((names, options) => write(io.stdout, JSON.stringify({ names, ...options })));

const fail = () =>
  new Command("fail").argument("<how>").action((how) => {
    throw failures[how]!();
  });

const program: Program = {
  name: "hello",
  version: "1.2.3",
  description: "Greets.",
  commands: [greet, fail],
};

function collector() {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}

async function hello(argv: string[], { signal = new AbortController().signal, of = program } = {}) {
  const [out, err] = [collector(), collector()];
  const io = { stdin: Readable.from([]), stdout: out.stream, stderr: err.stream, env: {}, signal };
  const code = await run(of, argv, io);
  return { code, out: out.text(), err: err.text() };
}

test("options and operands, in any order, as their types say", async () => {
  const argv = ["greet", "Ann", "--greeting=hi", "--also", "a", "--times", "3", "-", "--also", "b"];
  const { code, out, err } = await hello([...argv, "--pause", "1e-1"]);
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toEqual({
    names: ["Ann", "-"],
    greeting: "hi",
    tone: "soft",
    also: ["a", "b"],
    times: 3,
    pause: 0.1,
  });
  // Nothing stays behind from one run to the next.
  expect(JSON.parse((await hello(["greet", "--greeting", "hi"])).out)).toEqual({
    names: [],
    greeting: "hi",
    tone: "soft",
    times: 1,
  });
});

describe("a command line that makes no sense: 2, with the way out", () => {
  const seeGreet = '\n"hello greet --help" lists what there is.\n';
  const seeHello = '\n"hello --help" lists what there is.\n';
  const given = ["greet", "--greeting", "hi"];
  test.each([
    [["gret"], `unknown command 'gret'\n(Did you mean greet?)${seeHello}`],
    [["zzz"], `unknown command 'zzz'${seeHello}`],
    [["greet", "--greting", "hi"], `unknown option '--greting'\n(Did you mean --greeting?)${seeGreet}`],
    [["greet"], `required option '--greeting <text>' not specified${seeGreet}`],
    [["greet", "--greeting"], `option '--greeting <text>' argument missing${seeGreet}`],
    [
      ["greet", "--greeting", ""],
      `option '--greeting <text>' argument '' is invalid. It must not be empty.${seeGreet}`,
    ],
    [
      [...given, "--tone", "harsh"],
      `option '--tone <name>' argument 'harsh' is invalid. Allowed choices are soft, loud.${seeGreet}`,
    ],
    ...["0", "10", "1.5", "3e0", "-1", "+1", "", " 1", "0x1", "NaN"].map((times): [string[], string] => [
      [...given, "--times", times],
      `option '--times <n>' argument '${times}' is invalid. It must be a whole number from 1 to 9.${seeGreet}`,
    ]),
    ...["2.6", "-0.1", "", " ", "x", "Infinity"].map((pause): [string[], string] => [
      [...given, "--pause", pause],
      `option '--pause <s>' argument '${pause}' is invalid. It must be a number from 0 to 2.5.${seeGreet}`,
    ]),
    [
      [...given, "--only", "("],
      `option '--only <pattern>' argument '(' is invalid. Invalid regular expression: /(/iu: Unterminated group.${seeGreet}`,
    ],
    [["fail"], `missing required argument 'how'\n"hello fail --help" lists what there is.\n`],
    [
      ["fail", "own", "too"],
      `too many arguments for 'fail'. Expected 1 argument but got 2.\n"hello fail --help" lists what there is.\n`,
    ],
    [["fail", "usage"], 'Say whom to greet.\n"hello fail --help" lists what there is.\n'],
  ])("%j", async (argv, message) => {
    expect(await hello(argv)).toEqual({ code: 2, out: "", err: `hello: ${message}` });
  });

  test("no command: the help, on stderr", async () => {
    const { code, out, err } = await hello([]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^Usage: hello [\s\S]*\n\nhello: no command was given\.\n$/);
  });
});

describe("what fails", () => {
  test.each([
    ["own", "hello: Nobody is there.\n"],
    ["system", "hello: ENOENT: no such file\n"],
    ["text", "hello: only a text\n"],
  ])("an expected error, %s: 1 and its message", async (how, err) => {
    expect(await hello(["fail", how])).toEqual({ code: 1, out: "", err });
  });

  test.each(["bug", "node"])("a fault of the program, %s: 1 and its stack", async (how) => {
    const { code, err } = await hello(["fail", how]);
    expect([code, err]).toEqual([1, expect.stringMatching(/^hello: TypeError.*: .*\n {4}at /)]);
  });

  test("a reader that has gone: a quiet end", async () => {
    expect(await hello(["fail", "pipe"])).toEqual({ code: 0, out: "", err: "" });
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(failures["pipe"]!() as Error) });
    stdout.on("error", () => {});
    const { stream: stderr, text } = collector();
    const io = { stdin: Readable.from([]), stdout, stderr, env: {}, signal: new AbortController().signal };
    expect([await run(program, ["--help"], io), text()]).toEqual([0, ""]);
  });

  test("Ctrl-C: 130; an error of the system meanwhile is told", async () => {
    const signal = AbortSignal.abort();
    expect(await hello(["fail", "own"], { signal })).toEqual({ code: 130, out: "", err: "hello: stopped\n" });
    const { code, err } = await hello(["fail", "system"], { signal });
    expect([code, err]).toEqual([130, "hello: stopped, with an error: ENOENT: no such file\n"]);
    // The command line is checked all the same.
    expect((await hello(["fail"], { signal })).code).toBe(2);
  });
});

describe("help", () => {
  test("of the program and its commands, and the version", async () => {
    const all = await hello(["--help"]);
    expect([all.code, all.err]).toEqual([0, ""]);
    expect(all.out).toMatch(/^Usage: hello <command>[\s\S]*Greets\.[\s\S]*\n {2}greet .* greet people\n/);
    for (const argv of [
      ["greet", "--help"],
      ["greet", "-h"],
      ["help", "greet"],
    ]) {
      const { code, out, err } = await hello(argv);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain("  --tone <name>      how to say it: soft, loud; default: soft\n");
      expect(out).toContain("  --also <text>      more to say\n");
      expect(out).toContain("  --times <n>        how often; default: 1\n");
    }
    expect(await hello(["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });

  test("a default command takes what begins with an option, and its help stands with the program's", async () => {
    const of = { ...program, defaultCommand: "greet" };
    expect(JSON.parse((await hello(["--greeting", "hi", "Ann"], { of })).out)).toMatchObject({
      names: ["Ann"],
    });
    expect((await hello([], { of })).err).toContain("'--greeting <text>' not specified");
    expect((await hello(["gret"], { of })).err).toContain("Did you mean greet?");
    expect((await hello(["--help"], { of })).out).toContain("--pause <s>");
    expect((await hello(["--version"], { of })).out).toBe("1.2.3\n");
  });

  test("a default command may take words that are no command", async () => {
    const of = { ...program, defaultCommand: "greet", defaultTakesWords: true };
    expect(JSON.parse((await hello(["Ann", "--greeting", "hi"], { of })).out)).toMatchObject({
      names: ["Ann"],
    });
    expect((await hello(["greet", "Ann", "--greeting", "hi"], { of })).code).toBe(0);
    expect((await hello(["help", "greet"], { of })).out).toContain("--pause <s>");
    expect((await hello(["--version"], { of })).out).toBe("1.2.3\n");
    expect((await hello(["gret"], { of: { ...of, defaultTakesWords: false } })).err).toContain(
      "Did you mean",
    );
  });
});

test("the first operand may stand before the command", async () => {
  const of = { ...program, operandFirst: true };
  const names = async (argv: string[]) => JSON.parse((await hello(argv, { of })).out).names;
  expect(await names(["Ann", "greet", "Bea", "--greeting", "hi"])).toEqual(["Ann", "Bea"]);
  expect(await names(["greet", "Ann", "Bea", "--greeting", "hi"])).toEqual(["Ann", "Bea"]);
  expect((await hello(["greet", "--help"], { of })).out).toContain("--pause <s>");
  expect((await hello(["Ann", "gret"], { of })).code).toBe(2);
  expect((await hello(["Ann", "greet", "--greeting", "hi"])).code).toBe(2);
});

describe("as a process", () => {
  const script = (action: string) => `
    import { Command, main, write } from ${JSON.stringify(new URL("../src/command/index.ts", import.meta.url).href)};
    await main({ name: "hello", version: "1", description: "", commands: [(io) => new Command("wait").action(async () => {
      await write(io.stdout, "ready\\n");
      ${action}
    })] });`;
  const start = (action: string) => {
    // Without a script on the command line the first word stands for it.
    const flags = ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", script(action)];
    const child = spawn(process.execPath, [...flags, "hello", "wait"], { stdio: "pipe" });
    const ended = new Promise<[number | null, string | null]>((resolve) =>
      child.on("exit", (...how) => resolve(how)),
    );
    const ready = new Promise((resolve) => child.stdout.once("data", resolve));
    return { child, ended, ready };
  };

  test("it ends by itself, though stdin stays open", async () => {
    expect(await start("").ended).toEqual([0, null]);
  });

  test("Ctrl-C aborts the signal, a second one ends the process", async () => {
    const patient = start(
      'io.signal.addEventListener("abort", () => write(io.stdout, "stopping")); await new Promise((r) => setTimeout(r, 1e5));',
    );
    await patient.ready;
    patient.child.kill("SIGINT");
    await new Promise((resolve) => patient.child.stdout.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 250)); // a key of its own
    patient.child.kill("SIGINT");
    expect(await patient.ended).toEqual([null, "SIGINT"]);
  });

  test("one Ctrl-C that comes twice, as under npm, lets it stop by itself", async () => {
    const patient = start(
      'io.signal.addEventListener("abort", () => write(io.stdout, "stopping")); await new Promise((r) => setTimeout(r, 1500)); io.signal.throwIfAborted();',
    );
    await patient.ready;
    patient.child.kill("SIGINT");
    await new Promise((resolve) => patient.child.stdout.once("data", resolve));
    patient.child.kill("SIGINT");
    expect(await patient.ended).toEqual([130, null]);
  });

  test("Ctrl-C while it reads stdin: 130", async () => {
    const reading = start("for await (const chunk of io.stdin) void chunk;");
    await reading.ready;
    reading.child.kill("SIGINT");
    expect(await reading.ended).toEqual([130, null]);
  });
});
