/** Runs one example in a worker of its own; console output goes to the page as it appears. */
export type Message =
  | { type: "print"; level: "log" | "error"; lines: string[] }
  | { type: "done" }
  | { type: "error"; message: string };

const examples = import.meta.glob("../../../packages/*/examples/*.ts");
const send = (message: Message) => self.postMessage(message);

for (const level of ["log", "info", "debug", "warn", "error"] as const) {
  console[level] = (...values: unknown[]) =>
    send({
      type: "print",
      level: level === "warn" || level === "error" ? "error" : "log",
      // The same text as the examples' own test compares.
      lines: values.map(String).join(" ").split("\n"),
    });
}

self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  send({ type: "error", message: String(event.reason) });
});

self.onmessage = async ({ data: path }: MessageEvent<string>) => {
  try {
    const load = examples[path];
    if (!load) throw new Error(`There is no example ${path}; there are ${Object.keys(examples).join(", ")}`);
    await load();
    send({ type: "done" });
  } catch (error) {
    send({ type: "error", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
};
