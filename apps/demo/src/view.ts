import { formatCount, formatPercent } from "@llm/platform/terminal";
import type { Score } from "./baselines.js";
import { type FunnelStep, keptAndLost } from "./report/data.js";
import type { Terminal } from "./terminal.js";

/** The funnel as a table: what each step kept and dropped, and its main reasons. */
export function showFunnel(terminal: Terminal, funnel: readonly FunnelStep[]): void {
  terminal.table(
    [
      { title: "step" },
      { title: "in", align: "right" },
      { title: "kept", align: "right" },
      { title: "dropped", align: "right" },
      { title: "why" },
    ],
    funnel.map((step) => {
      const { name, in: all, out, dropped } = step;
      const { kept, lost } = keptAndLost(step);
      const why = dropped.slice(0, 3).map((reason) => `${reason.reason} ${formatCount(reason.count)}`);
      if (dropped.length > 3) why.push("…");
      if (out !== kept) why.push(`cut into ${formatCount(out)}`);
      return [name, formatCount(all), formatCount(kept), lost ? formatCount(lost) : "", why.join(", ")];
    }),
  );
}

/** The model's validation loss beside the baselines', and what it gained. */
export function showScores(
  terminal: Terminal,
  scores: { unigram: Score; bigram: Score; model: Score },
): void {
  terminal.table(
    [
      { title: "predicted by" },
      { title: "nats per token", align: "right" },
      { title: "bits per byte", align: "right" },
    ],
    Object.entries({
      "unigram (how often each token occurs)": scores.unigram,
      "bigram (Kneser-Ney)": scores.bigram,
      "the model": scores.model,
    }).map(([name, { nats, bitsPerByte }]) => [name, nats.toFixed(3), bitsPerByte.toFixed(3)]),
  );
  const gain = 1 - scores.model.bitsPerByte / scores.bigram.bitsPerByte;
  terminal.line(
    gain > 0
      ? `  The model needs ${formatPercent(gain)} fewer bits than the bigram.`
      : "  The model does not beat the bigram yet: give it more --steps.",
  );
}
