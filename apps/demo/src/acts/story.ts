import type { RunArguments } from "../commands/arguments.js";
import type { Input } from "../input.js";
import type { ReportData } from "../report/data.js";
import type { RunFolder } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { RunTokenizer } from "../stages/tokenizer.js";
import type { Terminal } from "../terminal.js";

/** What every act of a run works with. */
export interface Story {
  args: RunArguments;
  recipe: Recipe;
  input: Input;
  engine: string;
  folder: RunFolder;
  terminal: Terminal;
  signal: AbortSignal;
}

/** What the acts up to the base model leave for those behind them. */
export interface BaseResult extends RunTokenizer {
  /** What the report says of them. */
  report: Pick<ReportData, "facts" | "funnel" | "relaxed" | "scores">;
}
