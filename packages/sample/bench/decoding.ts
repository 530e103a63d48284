// What a model's steps cost: reading a prompt, and writing 1, 4 and 16 texts at once. `npm run bench -w @llm/sample`
// CPU time and time on the clock, medians of rounds that take the settings by turns. `-- gpt2` for GPT-2 124M's shape.
import { Gpt, presets } from "@llm/gpt";
import type { LogitsModel } from "@llm/sample";
import { engine, useEngine } from "@llm/tensor";

const PROMPT = 128;
const TOKENS = 16;
const ROUNDS = 5;

await useEngine("auto", { threads: 1 });
console.log(`\n${engine().device}`);

/** Runs all of them by turns: the medians of CPU and clock, in milliseconds. */
async function measure(
  work: Record<string, () => Promise<void>>,
): Promise<Map<string, { cpu: number; clock: number }>> {
  const all = new Map(
    Object.keys(work).map((name) => [name, { cpu: [] as number[], clock: [] as number[] }]),
  );
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(work)) {
      const [cpu, clock] = [process.cpuUsage(), performance.now()];
      await run();
      const { user, system } = process.cpuUsage(cpu);
      if (round < 0) continue; // to warm up
      all.get(name)!.cpu.push((user + system) / 1000);
      all.get(name)!.clock.push(performance.now() - clock);
    }
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;
  return new Map(
    [...all].map(([name, { cpu, clock }]) => [name, { cpu: median(cpu), clock: median(clock) }]),
  );
}

const idsOf = (key: number, count: number, vocabSize: number) =>
  Array.from({ length: count }, (_, i) => (7919 * (i + 1) + 104_729 * key) % vocabSize);

async function prefillAndDecode(model: LogitsModel): Promise<void> {
  const prompt = idsOf(1, PROMPT, model.vocabSize);
  const work: Record<string, () => Promise<void>> = {
    prefill: async () => {
      const session = model.session(1);
      await session.step([{ row: 0, ids: prompt }]);
      session.dispose();
    },
  };
  for (const samples of [1, 4, 16]) {
    const session = model.session(samples, { positions: PROMPT + TOKENS });
    await session.step(session.rows.map((row) => ({ row, ids: idsOf(row, PROMPT, model.vocabSize) })));
    work[`decode ${samples}`] = async () => {
      for (let t = 0; t < TOKENS; t++) {
        await session.step(session.rows.map((row) => ({ row, ids: [t] })));
      }
      for (const row of session.rows) session.truncate(row, PROMPT);
    };
  }
  console.log(`${"step".padEnd(30)} ${"CPU-ms a token".padStart(15)} ${"tokens/s".padStart(10)}`);
  for (const [name, { cpu, clock }] of await measure(work)) {
    const [what, rows] = name.split(" ");
    const tokens = rows ? Number(rows) * TOKENS : PROMPT;
    const title = rows ? `decode, rows: ${rows}` : `${what} of ${PROMPT} ids`;
    const rate = (1000 * tokens) / clock;
    console.log(
      `${title.padEnd(30)} ${(cpu / tokens).toFixed(3).padStart(15)} ${rate.toFixed(0).padStart(10)}`,
    );
  }
}

const shape = process.argv.includes("gpt2")
  ? presets.gpt2
  : { vocabSize: 50_257, blockSize: 256, nLayer: 6, nHead: 6, nEmbd: 384 };
console.log(`${shape.nLayer} layers, ${shape.nEmbd} wide, ${shape.vocabSize} tokens, one thread`);
const model = Gpt.create(shape, { seed: 1 });
await prefillAndDecode(model);
model.dispose();
