// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string
// in every runtime, with and without a bundler.
import { onRequest, type Reply } from "@llm/platform/worker";
import { Encoder, IdBuffer } from "../encoder.js";
import { MissingByteError } from "../missing-byte.js";
import { WordCounter } from "../word-counts.js";
import type { Answer, CountJob, EncodeJob, Request } from "./messages.js";

let encoder: Encoder | undefined;
let counter: WordCounter | undefined;

function encode(job: EncodeJob): Answer {
  const out = new IdBuffer();
  if ("texts" in job) {
    const ends = Uint32Array.from(job.texts, (text) => {
      encoder!.encode(text, out);
      return out.length;
    });
    return { ids: out.ids, ends, utf8: new Uint8Array() };
  }
  const { utf8, ends, room } = job;
  out.use(room);
  let start = 0;
  for (const [i, end] of ends.entries()) {
    encoder!.encodeUtf8(utf8.subarray(start, end), out);
    ends[i] = out.length;
    start = end;
  }
  return { ids: out.ids, ends, utf8 };
}

function count(job: CountJob): Answer {
  counter!.clear();
  if ("lines" in job) counter!.addLines(job.lines);
  else for (const text of job.texts) counter!.add(text);
  return counter!.counts();
}

function answer(request: Request, reply: Reply<Answer>): void {
  if (request.kind === "start") {
    encoder = Encoder.fromImage(request.module, request.image);
  } else if (request.kind === "startCounting") {
    const { module, pattern, classes } = request;
    counter = new WordCounter(module, pattern, classes);
  } else {
    try {
      const done = request.kind === "encode" ? encode(request) : count(request);
      const arrays = Object.values(done).filter((value) => ArrayBuffer.isView(value));
      reply(
        done,
        arrays.map(({ buffer }) => buffer as ArrayBuffer),
      );
    } catch (error) {
      reply(error instanceof MissingByteError ? { missingByte: error.byte } : { error: String(error) });
    }
  }
}

onRequest(answer);
