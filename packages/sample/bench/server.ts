// Tokens a second and the time between two tokens of a text, for 1, 4 and 16 clients that stream over HTTP, each with a prompt of
// its own or one that begins as all others do; and how soon /health answers while 1,000 tokens are read (`-- health` for that alone).
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Gpt } from "@llm/gpt";
import type { Tokenizer } from "@llm/sample";
import { serve } from "@llm/sample/node";
import { useEngine } from "@llm/tensor";

const SIZES = { vocabSize: 50_257, blockSize: 512, nLayer: 6, nHead: 6, nEmbd: 384 };
const PROMPT = 192;
const TOKENS = 32;

/** Every token is a letter. */
const tokenizer: Tokenizer = {
  vocabSize: SIZES.vocabSize,
  encode: (text) => Uint32Array.from(text, (letter) => letter.codePointAt(0)!),
  decode: (ids) => "x".repeat(ids.length),
  decoder: () => ({ write: () => "x", end: () => "" }),
};

const engine = await useEngine("auto", { threads: 1 });
const model = Gpt.create(SIZES, { seed: 1 });
const server = await serve(model, tokenizer, { port: 0, maxRows: 16, keptRows: 16, name: "bench" });
console.log(
  `${SIZES.nLayer} layers, ${SIZES.nEmbd} wide, ${SIZES.vocabSize} tokens, engine ${engine.name}, one thread`,
);
console.log(`prompts of ${PROMPT}, ${TOKENS} tokens each; medians of three rounds`);
console.log("clients  prompts                tokens/s  to the first, ms  between, ms: median    p95");

let round = 0;
for (const clients of process.argv.includes("health") ? [] : [1, 4, 16]) {
  for (const common of [0, PROMPT - 16]) {
    const rounds: number[][] = [];
    for (let i = 0; i < 3; i++) rounds.push(await measure(clients, common));
    const [speed, first, middle, p95] = [0, 1, 2, 3].map((j) =>
      quantile(
        rounds.map((each) => each[j]!),
        0.5,
      ),
    );
    const kind = common > 0 ? `${common} ids in common` : "all different";
    console.log(
      `${String(clients).padStart(7)}  ${kind.padEnd(20)}  ${speed!.toFixed(1).padStart(8)}  ${first!.toFixed(0).padStart(16)}  ${middle!.toFixed(1).padStart(19)}  ${p95!.toFixed(1).padStart(5)}`,
    );
  }
}
await server.close();
model.dispose();
await measureHealth();

/** /health, asked again and again by a thread of its own while one prompt after the other is read. */
async function measureHealth(): Promise<void> {
  const model = Gpt.create({ ...SIZES, blockSize: 1024 }, { seed: 1 });
  const server = await serve(model, tokenizer, { port: 0, maxRows: 1, keptRows: 0 });
  const asking = `
    const { parentPort, workerData: url } = require("node:worker_threads");
    let isOver = false;
    parentPort.once("message", () => { isOver = true; });
    (async () => {
      const times = [];
      while (!isOver) {
        const begun = performance.now();
        await (await fetch(url)).text();
        times.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      parentPort.postMessage(times);
    })();`;
  const worker = new Worker(asking, { eval: true, workerData: `${server.url}/health` });
  const answered = once(worker, "message");
  for (let round = 0; round < 3; round++) {
    const prompt = Array.from({ length: 1000 }, (_, i) => (1000 * round + 7 * i) % SIZES.vocabSize);
    await fetch(`${server.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ prompt, max_tokens: 1, seed: 1 }),
    });
  }
  worker.postMessage("enough");
  const [times] = (await answered) as [number[]];
  await worker.terminate();
  await server.close();
  model.dispose();
  const [median, slowest] = [quantile(times, 0.5), quantile(times, 1)];
  console.log(
    `/health while prompts of 1,000 are read: ${times.length} answers, median ${median.toFixed(0)} ms, the slowest ${slowest.toFixed(0)} ms`,
  );
}

async function measure(clients: number, common: number): Promise<number[]> {
  round++;
  const idAt = (client: number, i: number) =>
    (i < common ? 7 * i : 1000 * round + 97 * client + i) % SIZES.vocabSize;
  const begun = performance.now();
  const firsts: number[] = [];
  const gaps: number[] = [];
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const prompt = Array.from({ length: PROMPT }, (_, i) => idAt(client, i));
      const body = JSON.stringify({ prompt, max_tokens: TOKENS, stream: true, seed: client });
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${server.url}/v1/completions`, { method: "POST", headers, body });
      let last: number | undefined;
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        for (const _ of chunk.matchAll(/"text":"x"/g)) {
          const now = performance.now();
          if (last === undefined) firsts.push(now - begun);
          else gaps.push(now - last);
          last = now;
        }
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return [(clients * TOKENS) / seconds, quantile(firsts, 0.5), quantile(gaps, 0.5), quantile(gaps, 0.95)];
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;
}
