// What a terminal shows: a line of progress, tables, and numbers as people read them.

/** A stream to write to; a terminal knows its width. */
export interface TextOutput {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a stream is a terminal that understands escape codes, and its owner wants them. */
export function takesEscapeCodes(stream: TextOutput, env: Environment): boolean {
  return Boolean(stream.isTTY) && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

const CLEAR_LINE = "\r\u001b[2K";

/** A line that is rewritten as work goes on; none where the stream is no terminal. */
export class ProgressLine {
  /** Whether anything will be shown. */
  readonly enabled: boolean;
  readonly #stream: TextOutput;
  readonly #interval: number;
  #last = Number.NEGATIVE_INFINITY;
  #live = false;

  /** @param options.interval milliseconds from one text to the next at least; 100 by default */
  constructor(
    { stderr, env }: { stderr: TextOutput; env: Environment },
    { interval = 100 }: { interval?: number } = {},
  ) {
    this.#stream = stderr;
    this.#interval = interval;
    this.enabled = takesEscapeCodes(stderr, env);
  }

  /** Shows what is going on; too soon after the last text it asks for none. */
  show(text: () => string): void {
    const now = performance.now();
    if (!this.enabled || now - this.#last < this.#interval) return;
    this.#last = now;
    this.#live = true;
    const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
    this.#stream.write(CLEAR_LINE + shorten(text(), width));
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#live) this.#stream.write(CLEAR_LINE);
    this.#live = false;
  }
}

/** A column of a table: its title, and on which side its cells stand. */
export interface Column {
  title: string;
  align?: "left" | "right";
}

/** The lines of a table, titles first. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const pad = (cell: string, i: number) =>
    columns[i]!.align === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  return all.map((row) => row.map(pad).join("  ").trimEnd());
}

/** A text of at most `width` characters. */
export function shorten(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** 1234567 as "1,234,567". */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** 0.1234 as "12.3%". */
export function formatPercent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** Bytes as "7.3 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  // 999,950 bytes are "1.0 MB", not "1000.0 kB".
  for (; value >= 999.95 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Seconds as "3:05" or "1:02:07". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
