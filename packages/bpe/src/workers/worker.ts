// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string
// in every runtime, with and without a bundler.
import { Encoder, IdBuffer } from "../encoder.js";
import { MissingByteError } from "../missing-byte.js";
import type { Answer, Request } from "./messages.js";
import { workerThreads } from "./platform.js";

interface Port {
  postMessage(message: Answer, transfer: ArrayBuffer[]): void;
}

let encoder: Encoder | undefined;
const out = new IdBuffer();

function encode(texts: string[]): Answer {
  const ends = new Uint32Array(texts.length);
  out.start(texts.reduce((sum, text) => sum + text.length, 0));
  texts.forEach((text, i) => {
    encoder!.encode(text, out);
    ends[i] = out.length;
  });
  return { ids: out.taken(), ends };
}

function answer(port: Port, request: Request): void {
  if (request.kind === "start") {
    encoder = Encoder.fromImage(request.module, request.image);
    return;
  }
  try {
    const done = encode(request.texts);
    port.postMessage(done, "ids" in done ? [done.ids.buffer, done.ends.buffer] : []);
  } catch (error) {
    port.postMessage(
      error instanceof MissingByteError ? { missingByte: error.byte } : { error: String(error) },
      [],
    );
  }
}

const nodePort = workerThreads()?.parentPort;
if (nodePort) {
  nodePort.on("message", (request: Request) => answer(nodePort, request));
} else {
  const port = globalThis as unknown as Port;
  addEventListener("message", (event: MessageEvent<Request>) => answer(port, event.data));
}
