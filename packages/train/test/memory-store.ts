import type { CheckpointStore, Snapshot } from "../src/index.js";

/** Keeps every snapshot in memory. */
export function memoryStore(): CheckpointStore & { saved: Snapshot[] } {
  const saved: Snapshot[] = [];
  return {
    saved,
    save: async (snapshot) => void saved.push(snapshot),
    latest: async () => saved.at(-1),
    evaluated: async (step, losses) => {
      const last = saved.at(-1);
      if (last?.step !== step) return;
      saved[saved.length - 1] = { ...last, evaluations: [...last.evaluations, { step, losses }] };
    },
  };
}
