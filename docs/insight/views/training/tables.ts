import type { RunLog } from "../../run/records.js";
import type { Run } from "./run.js";

export function logTableOf(log: RunLog | undefined) {
  return {
    caption: "The log of your run",
    head: ["step", "loss", "on documents it does not learn from"],
    rows: [
      ...(log?.steps ?? []).map(({ step, loss }) => [step, loss, ""]),
      ...(log?.validation ?? []).map(({ step, loss }) => [step, "", loss]),
    ],
  };
}

export function tableOf(run: Run | undefined) {
  const names = run?.start.parameters ?? [];
  return {
    caption: "Step by step, with the gradient norm of each weight",
    head: ["step", "loss", "learning rate", "gradient norm", "tokens a second", ...names],
    rows: (run?.records ?? []).map(({ step, loss, lr, gradNorm, tokensPerSecond, norms }) => [
      step,
      loss,
      lr,
      gradNorm,
      Math.round(tokensPerSecond),
      ...norms,
    ]),
  };
}
