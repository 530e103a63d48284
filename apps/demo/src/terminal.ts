import {
  type Column,
  formatTable,
  ProgressLine,
  type TextOutput,
  takesEscapeCodes,
} from "@llm/platform/terminal";

/** Where a terminal writes, and the environment it obeys. */
export interface TerminalOptions {
  stdout: TextOutput;
  stderr: TextOutput;
  env: Readonly<Record<string, string | undefined>>;
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
  readonly #live: ProgressLine;
  #lastPlain: number;

  constructor(options: TerminalOptions) {
    this.#options = { now: () => performance.now(), ...options };
    this.#colour = takesEscapeCodes(options.stdout, options.env);
    this.#live = new ProgressLine(options, { interval: 0 });
    this.#lastPlain = this.#options.now();
  }

  heading(text: string): void {
    this.line("");
    this.line(this.#paint("1", text));
  }

  line(text: string): void {
    this.clear();
    this.#options.stdout.write(`${text}\n`);
  }

  dim(text: string): void {
    this.line(this.#paint("2", text));
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    const [titles, ...lines] = formatTable(columns, rows);
    this.line(this.#paint("2", `  ${titles}`));
    for (const line of lines) this.line(`  ${line}`);
  }

  /** What is going on. Off a terminal at most a line in ten seconds, the first after ten, unless it is a `milestone`. */
  progress(text: string, { milestone = false } = {}): void {
    const { stderr, now } = this.#options;
    if (this.#live.enabled) {
      this.#live.show(() => text);
    } else if (milestone || now() - this.#lastPlain >= 10_000) {
      this.#lastPlain = now();
      stderr.write(`${text}\n`);
    }
  }

  /** For errors and warnings. */
  warn(text: string): void {
    this.clear();
    this.#options.stderr.write(`${text}\n`);
  }

  /** Takes the live line away. */
  clear(): void {
    this.#live.clear();
  }

  #paint(code: string, text: string): string {
    return this.#colour && text ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
