import { transform } from "sucrase";

type Modules = Record<string, () => Promise<unknown>>;
type Program = (require: (name: string) => unknown, exports: object) => Promise<void>;

const AsyncFunction = (async () => {}).constructor as new (...source: string[]) => Program;
/** The name by which a stack calls the code, and the lines that `AsyncFunction` puts before it. */
const FILE = "edited.ts";
const HEADER_LINES = 2;

/** Runs TypeScript with imports and top-level await. Its imports are loaded before it starts. */
export async function evaluate(source: string, modules: Modules): Promise<void> {
  const { code } = transform(source, { transforms: ["typescript", "imports"], disableESTransforms: true });
  const program = new AsyncFunction("require", "exports", `${code}\n//# sourceURL=${FILE}`);
  const loaded = new Map<string, unknown>();
  for (const [, name] of code.matchAll(/require\('([^']+)'\)/g)) {
    if (modules[name!]) loaded.set(name!, await modules[name!]!());
  }
  await program((name) => {
    if (loaded.has(name)) return loaded.get(name);
    throw new Error(`A page cannot import "${name}". It can import ${Object.keys(modules).join(", ")}.`);
  }, {});
}

/** What went wrong, in words, with the line of the edited code where it did. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return `The program threw ${String(error)}`;
  // sucrase ends what it says about a line that it cannot read in (line:column).
  const unread = /^(?:Error transforming [^:]*: )?(.*) \((\d+):(\d+)\)$/s.exec(error.message);
  if (unread) return `Line ${unread[2]}, column ${unread[3]} cannot be read: ${unread[1]}`;
  const place = new RegExp(`${FILE}:(\\d+)`).exec(error.stack ?? "");
  const line = place ? ` (line ${Number(place[1]) - HEADER_LINES})` : "";
  return `${error.name}: ${error.message}${line}`;
}
