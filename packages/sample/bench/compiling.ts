// What a constraint costs to compile in a new process, where no code is warm: 5 processes each, CPU and wall time in ms.
// `npx tsx --conditions=@llm/source bench/compiling.ts`. It should say: 200 ms of CPU time at most.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jsonSchema, regex } from "@llm/sample/constraints";

const golden = new URL("../test/golden/client-schemas.json", import.meta.url);
const object = (patterns: readonly string[], more: object = {}) => ({
  type: "object",
  properties: Object.fromEntries(
    patterns.map((pattern, i) => [`field${i}`, { type: "string", pattern, ...more }]),
  ),
});

const made: Record<string, () => unknown> = {
  date: () => jsonSchema({ type: "string", format: "date" }),
  "four fields": () =>
    jsonSchema(
      object(["^\\p{L}{2,40}$", "^\\p{Lu}\\p{L}*( \\p{L}+)*$", "^[\\p{L}\\p{N}_-]{3,20}$", "^\\P{N}{1,64}$"]),
    ),
  "four fields, lengths": () =>
    jsonSchema(
      object(["^\\p{L}+$", "^\\p{Lu}\\p{L}*( \\p{L}+)*$", "^[\\p{L}\\p{N}_-]+$", "^\\P{N}*$"], {
        minLength: 2,
        maxLength: 64,
      }),
    ),
  tags: () => regex(/#\p{L}[\p{L}\p{N}_]{0,29}/u),
  names: () => regex(/(\p{L}{1,20}[ '-]){1,10}\p{L}{1,20}/u),
  "words and points": () => regex(/[\p{L}\p{N}]{2,40}([._-][\p{L}\p{N}]{1,40}){0,8}/u),
  password: () => jsonSchema(object(["^(?=.*\\p{Lu})(?=.*\\p{Ll})(?=.*\\p{N})(?=.*\\p{P}).{8,64}$"])),
  "e-mail, uuid, uri": () =>
    jsonSchema({
      type: "object",
      properties: Object.fromEntries(
        ["email", "uuid", "uri", "ipv6"].map((format) => [format, { type: "string", format }]),
      ),
    }),
  ...Object.fromEntries(
    Object.entries(JSON.parse(readFileSync(golden, "utf8")) as Record<string, object>).map(
      ([name, schema]) => [name, () => jsonSchema(schema)],
    ),
  ),
};

const PROCESSES = 5;
const [wanted] = process.argv.slice(2);
const make = wanted === undefined ? undefined : made[wanted];
if (make) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  let fault = "";
  try {
    make();
  } catch (error) {
    fault = (error as Error).message;
  }
  const { user, system } = process.cpuUsage(cpu);
  console.log(JSON.stringify({ cpu: (user + system) / 1000, wall: performance.now() - wall, fault }));
} else {
  const columns = ["CPU, median", "CPU, most", "wall, median", "wall, most"];
  console.log("".padEnd(32) + columns.map((column) => column.padStart(14)).join(""));
  for (const name of Object.keys(made)) {
    const runs = Array.from({ length: PROCESSES }, () => {
      const given = [...process.execArgv, fileURLToPath(import.meta.url), name];
      return JSON.parse(execFileSync(process.execPath, given, { encoding: "utf8" })) as Record<
        string,
        number
      >;
    });
    const figures = ["cpu", "wall"].flatMap((key) => {
      const sorted = runs.map((run) => run[key]!).toSorted((a, b) => a - b);
      return [sorted[PROCESSES >> 1]!, sorted.at(-1)!];
    });
    console.log(
      name.padEnd(32) +
        figures.map((figure) => figure.toFixed(0).padStart(14)).join("") +
        (runs[0]!["fault"] ? `  ${runs[0]!["fault"]}` : ""),
    );
  }
}
