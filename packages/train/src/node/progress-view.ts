import process from "node:process";
import type { Kinds } from "@llm/platform/options";
import {
  formatCount,
  formatDuration,
  formatPercent,
  ProgressLine,
  type TextOutput,
} from "@llm/platform/terminal";
import { check } from "../check.js";
import type { TrainStep } from "../train-options.js";

/** Shows a run as it goes. */
export interface ProgressView {
  /** Shows a step: on a terminal one line that is rewritten, elsewhere a line now and then. */
  step(step: TrainStep): void;
  /** Leaves the last state as a line. */
  end(): void;
}

/** Options of {@link progressView}. */
export interface ProgressViewOptions {
  /** Steps in all, for the time left. */
  steps: number;
  /** Where to write. Default stderr. */
  output?: TextOutput;
  /** Seconds between two lines where the output is no terminal. Default 10. */
  interval?: number;
  /** Default that of the process: NO_COLOR and TERM are heard. */
  env?: Readonly<Record<string, string | undefined>>;
}

const VIEW: Kinds<ProgressViewOptions> = {
  steps: "count!",
  output: "object",
  interval: "number",
  env: "object",
};

/** Losses that the sparkline shows. */
const WIDTH = 24;
const BARS = [..."▁▂▃▄▅▆▇█"];

/** A view of a run: the losses as a line of bars, tokens per second, utilisation, time left; warns of spikes. */
export function progressView(options: ProgressViewOptions): ProgressView {
  check("progressView", options, VIEW);
  const { steps, output = process.stderr, interval = 10, env = process.env } = options;
  const line = new ProgressLine({ stderr: output, env });
  const losses: number[] = [];
  let last: TrainStep | undefined;
  let written = Number.NEGATIVE_INFINITY;
  let writtenStep = 0;
  let pace = 0; // seconds per step, smoothed

  const text = (bars: string) => {
    const { step, loss, lr, tokensPerSecond, mfu } = last!;
    const parts = [
      `step ${formatCount(step)}/${formatCount(steps)}`,
      `loss ${loss.toFixed(4)}`,
      ...(bars ? [bars] : []),
      `lr ${lr.toExponential(1)}`,
      `${formatCount(tokensPerSecond)} tokens/s`,
      ...(mfu === undefined ? [] : [`MFU ${formatPercent(mfu)}`]),
      `${formatDuration(pace * (steps - step))} left`,
    ];
    return parts.join("  ");
  };
  const say = (words: string) => {
    line.clear();
    output.write(`${words}\n`);
  };

  return {
    step(step) {
      last = step;
      pace = pace ? 0.95 * pace + 0.05 * step.seconds : step.seconds;
      losses.push(step.loss);
      if (step.evaluation) {
        const figures = Object.entries(step.evaluation).map(([split, loss]) => `${split} ${loss.toFixed(4)}`);
        say(`step ${formatCount(step.step)}: ${figures.join(", ")}`);
      }
      if (line.enabled) {
        line.show(() => text(sparkline(losses, WIDTH)));
      } else if (performance.now() - written > 1000 * interval) {
        written = performance.now();
        writtenStep = step.step;
        output.write(`${text("")}\n`);
      }
    },
    end() {
      line.clear();
      if (last && (line.enabled || writtenStep !== last.step)) output.write(`${text("")}\n`);
    },
  };
}

/** Values as bars from the least to the most, means where there are more of them than bars. */
export function sparkline(values: readonly number[], width: number): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / count),
      Math.floor(((i + 1) * values.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const finite = means.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return means
    .map((mean) => {
      if (!Number.isFinite(mean)) return "×";
      return BARS[Math.round(((mean - least) / (most - least || 1)) * (BARS.length - 1))];
    })
    .join("");
}
