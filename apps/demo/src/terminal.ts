import type { WriteStream } from "node:tty";

/** A column of a table: its title, and on which side its cells stand. */
export interface Column {
  title: string;
  align?: "left" | "right";
}

type Output = Pick<WriteStream, "write"> & Partial<Pick<WriteStream, "isTTY" | "columns">>;

/** Where a terminal writes, and the environment it obeys. */
export interface TerminalOptions {
  stdout: Output;
  stderr: Output;
  env?: Record<string, string | undefined>;
  /** Milliseconds; for tests. */
  now?: () => number;
}

/**
 * Results on stdout; progress on stderr: a live line where that is a terminal, otherwise a plain
 * line now and then. Colour only on a terminal, and never with NO_COLOR.
 */
export class Terminal {
  readonly #options: Required<TerminalOptions>;
  readonly #colour: boolean;
  #live = false;
  #lastPlain = Number.NEGATIVE_INFINITY;

  constructor(options: TerminalOptions) {
    this.#options = { env: process.env, now: () => performance.now(), ...options };
    const { env, stdout } = this.#options;
    this.#colour = Boolean(stdout.isTTY) && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  }

  heading(text: string): void {
    this.line("");
    this.line(this.#paint("1", text));
  }

  line(text: string): void {
    this.#clear();
    this.#options.stdout.write(`${text}\n`);
  }

  dim(text: string): void {
    this.line(this.#paint("2", text));
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const widths = columns.map(({ title }, i) =>
      Math.max(title.length, ...rows.map((row) => row[i]!.length)),
    );
    const format = (cells: readonly string[]) =>
      cells
        .map((cell, i) =>
          columns[i]!.align === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
        )
        .join("  ")
        .trimEnd();
    this.line(this.#paint("2", `  ${format(columns.map(({ title }) => title))}`));
    for (const row of rows) this.line(`  ${format(row)}`);
  }

  /** What is going on. Off a terminal at most one line in ten seconds, unless it is a `milestone`. */
  progress(text: string, { milestone = false } = {}): void {
    const { stderr, env, now } = this.#options;
    if (stderr.isTTY && env["TERM"] !== "dumb") {
      const width = Math.max(20, (stderr.columns ?? 80) - 1);
      stderr.write(`\r\u001b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
      this.#live = true;
    } else if (milestone || now() - this.#lastPlain >= 10_000) {
      this.#lastPlain = now();
      stderr.write(`${text}\n`);
    }
  }

  /** For errors and warnings. */
  warn(text: string): void {
    this.#clear();
    this.#options.stderr.write(`${text}\n`);
  }

  #clear(): void {
    if (!this.#live) return;
    this.#options.stderr.write("\r\u001b[2K");
    this.#live = false;
  }

  #paint(code: string, text: string): string {
    return this.#colour && text ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
