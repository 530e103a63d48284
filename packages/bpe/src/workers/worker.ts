// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string
// in every runtime, with and without a bundler.
import { Encoder, IdBuffer } from "../encoder.js";
import { MissingByteError } from "../missing-byte.js";
import { WordCounter } from "../word-counts.js";
import type { Answer, CountJob, EncodeJob, Request } from "./messages.js";
import { workerThreads } from "./platform.js";

interface Port {
  postMessage(message: Answer, transfer: ArrayBuffer[]): void;
}

let encoder: Encoder | undefined;
let counter: WordCounter | undefined;
const out = new IdBuffer();

function encode(job: EncodeJob): Answer {
  if ("texts" in job) {
    const ends = new Uint32Array(job.texts.length);
    out.start(0);
    job.texts.forEach((text, i) => {
      encoder!.encode(text, out);
      ends[i] = out.length;
    });
    return { ids: out.taken(), ends };
  }
  out.start(job.utf8.length);
  const ends = job.ends.map((end, i) => {
    encoder!.encodeUtf8(job.utf8.subarray(i === 0 ? 0 : job.ends[i - 1], end), out);
    return out.length;
  });
  return { ids: out.taken(), ends };
}

function count(job: CountJob): Answer {
  counter!.clear();
  if ("lines" in job) counter!.addLines(job.lines);
  else for (const text of job.texts) counter!.add(text);
  return counter!.counts();
}

function answer(port: Port, request: Request): void {
  if (request.kind === "start") {
    encoder = Encoder.fromImage(request.module, request.image);
  } else if (request.kind === "startCounting") {
    const { module, pattern, classes } = request;
    counter = new WordCounter(module, pattern, classes);
  } else {
    try {
      const done = request.kind === "encode" ? encode(request) : count(request);
      const arrays = Object.values(done).filter((value) => ArrayBuffer.isView(value));
      port.postMessage(
        done,
        arrays.map(({ buffer }) => buffer as ArrayBuffer),
      );
    } catch (error) {
      port.postMessage(
        error instanceof MissingByteError ? { missingByte: error.byte } : { error: String(error) },
        [],
      );
    }
  }
}

const nodePort = workerThreads()?.parentPort;
if (nodePort) {
  nodePort.on("message", (request: Request) => answer(nodePort, request));
} else {
  const port = globalThis as unknown as Port;
  addEventListener("message", (event: MessageEvent<Request>) => answer(port, event.data));
}
