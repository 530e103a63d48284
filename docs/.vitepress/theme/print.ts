/** What a worker tells the page about the program that runs in it. */
export type Message =
  | { type: "print"; level: "log" | "error"; lines: string[] }
  | { type: "done" }
  | { type: "error"; message: string };

/** Runs `program` once for each message; console output goes to the page as it appears. */
export function runForPage(
  program: (data: string) => Promise<unknown>,
  describe: (error: unknown) => string,
): void {
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
    send({ type: "error", message: describe(event.reason) });
  });
  self.onmessage = async ({ data }: MessageEvent<string>) => {
    try {
      await program(data);
      send({ type: "done" });
    } catch (error) {
      send({ type: "error", message: describe(error) });
    }
  };
}
