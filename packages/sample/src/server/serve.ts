/*!
This program holds hono and @hono/node-server, Copyright (c) 2021 - present, Yusuke Wada and Hono contributors; zod, Copyright (c)
2025 Colin McDonnell; tdigest, Copyright (c) 2015 Will Welch; and bintrees, Copyright (C) 2011 by Vadim Graboys, all under the
MIT License:

Permission is hereby granted, free of charge, to any person obtaining
a copy of this software and associated documentation files (the
'Software'), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be
included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED 'AS IS', WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.
IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

It holds prom-client (Simon Nyberg and contributors) and @opentelemetry/api (The OpenTelemetry Authors) too, unchanged, under the
Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0
*/
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { checkModel, checkTokenizer, read } from "../check.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { appOf } from "./app.js";
import { isLoopback } from "./guard.js";
import { SERVE, type ServeOptions } from "./options.js";
import { Service } from "./service.js";

/** A server that listens. */
export interface Server {
  /** Where it is reached: "http://127.0.0.1:8080". */
  readonly url: string;
  readonly port: number;
  /**
   * Ends it: no new requests are taken, and those under way may finish for so many milliseconds (5,000 by default). What is not
   * finished then ends with an error. Resolves when all is closed and the memory given back.
   */
  close(options?: { grace?: number }): Promise<void>;
}

/**
 * Serves a model over HTTP, as OpenAI's API does: /v1/chat/completions, /v1/completions, /v1/models, and /tokenize, /detokenize,
 * /tokenizer_info, /health, /metrics.
 *
 * @throws InvalidOptionError for an option it does not have or cannot use, or the system's error where it cannot listen
 */
export async function serve(
  model: LogitsModel,
  tokenizer: Tokenizer,
  options: ServeOptions = {},
): Promise<Server> {
  checkModel("serve", model);
  checkTokenizer("serve", tokenizer);
  const { host = "127.0.0.1", port = 8080, ...rest } = read("serve", options, SERVE);
  const service = new Service(model, tokenizer, rest);
  const app = appOf(service, isLoopback(host));
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  try {
    await listen(server, host, port);
  } catch (error) {
    await service.scheduler.stop();
    throw error;
  }
  const address = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = async (grace: number) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    if ("closeIdleConnections" in server) server.closeIdleConnections();
    await within(grace, service.scheduler.idle());
    await service.scheduler.stop();
    // Their last words are written; a client that does not read them is not waited for.
    await within(500, closed);
    if ("closeAllConnections" in server) server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: ({ grace = 5000 } = {}) => {
      closing ??= close(grace);
      return closing;
    },
  };
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
