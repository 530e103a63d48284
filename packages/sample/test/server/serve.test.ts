import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { modelOf } from "@llm/sample";
import { serve } from "@llm/sample/node";
import OpenAI from "openai";
import { describe, expect, it, vi } from "vitest";
import { bytes } from "../models.js";
import { actor, babbler, serving } from "./server.js";

const messages = [{ role: "user" as const, content: "Hi" }];

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes in use, once all rubbish is gone. */
function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe("serve", () => {
  it("names its model, and no other", async () => {
    const { client } = await serving(actor("Hi"), { name: "tiny/one" });
    const { data } = await client.models.list();
    expect(data.map(({ id, object }) => [id, object])).toEqual([["tiny/one", "model"]]);
    expect((await client.models.retrieve("tiny/one")).id).toBe("tiny/one");
    await expect(client.models.retrieve("gpt-4")).rejects.toThrow(OpenAI.NotFoundError);
    const asking = client.chat.completions.create({ model: "gpt-4", messages });
    await expect(asking).rejects.toMatchObject({ status: 404, param: "model", code: "model_not_found" });
  });

  it("wants its key, but for its health", async () => {
    const { client, url } = await serving(actor("Hi"), { apiKey: "secret" });
    expect((await client.chat.completions.create({ model: "model", messages })).choices).toHaveLength(1);
    for (const authorization of ["Bearer wrong", "Bearer ", "secret", ""]) {
      const response = await fetch(`${url}/v1/models`, { headers: { authorization } });
      expect(response.status).toBe(401);
    }
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it("answers to its own names alone where only this machine is served", async () => {
    const { port } = await serving(actor("Hi"));
    const ask = (host: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(`GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
        });
        socket.once("data", (data) => resolve(String(data).split("\r\n", 1)[0]!));
      });
    expect(await ask(`localhost:${port}`)).toContain("200");
    expect(await ask("evil.example")).toContain("403");
    expect(await ask("127.0.0.1.evil.example")).toContain("403");
  });

  it.each([
    ["{", 400],
    ["[]", 400],
    ["null", 400],
    ["", 400],
    ["[".repeat(100_000), 400],
    [JSON.stringify({ messages: [{ role: "user", content: "x".repeat(5000) }] }), 413],
  ])("refuses a body such as %.20s", async (body, status) => {
    const { post } = await serving(actor("Hi"), { maxBodyBytes: 4000 });
    const small = body.length > 5000 && status === 400 ? 413 : status;
    const response = await post("/v1/chat/completions", body);
    expect(response.status).toBe(small);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });

  it("reads no more of a body than it may, however it comes", async () => {
    const { url, post } = await serving(actor("Hi"), { maxBodyBytes: 4000 });
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent++ < 100) controller.enqueue(new Uint8Array(1000).fill(32));
        else controller.close();
      },
    });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
    const response = await fetch(`${url}/v1/completions`, init as RequestInit);
    expect(response.status).toBe(413);
    const chunked = new Blob([JSON.stringify({ messages })]).stream();
    const whole = await fetch(`${url}/v1/chat/completions`, { ...init, body: chunked } as RequestInit);
    expect(whole.status).toBe(200);
    const invalid = await post("/v1/completions", "", { body: Uint8Array.of(0x22, 0xff, 0x22) });
    expect(invalid.status).toBe(400);
    const form = await post("/v1/completions", "{}", { headers: { "content-type": "text/plain" } });
    expect(form.status).toBe(415);
    const [nowhere, wrong] = [await post("/v1/nowhere", {}), await fetch(`${url}/v1/completions`)];
    expect([nowhere.status, wrong.status, wrong.headers.get("allow")]).toEqual([404, 405, "POST"]);
    const packed = await post("/v1/completions", "{}", {
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
    });
    expect([packed.status, packed.headers.get("accept-encoding")]).toEqual([415, "identity"]);
    expect((await fetch(`${url}/v1/models/`)).status).toBe(200);
  });

  it("lets scripts of other pages ask where it is told to, and of no others", async () => {
    const origin = "http://localhost:3000";
    const ask = async (url: string, from: string) => {
      const headers = { origin: from, "access-control-request-method": "POST" };
      const { status, headers: said } = await fetch(`${url}/v1/models`, { method: "OPTIONS", headers });
      return [status, said.get("access-control-allow-origin")];
    };
    const closed = await serving(actor("Hi"));
    expect(await ask(closed.url, origin)).toEqual([405, null]);
    const open = await serving(actor("Hi"), { origins: [origin], apiKey: "secret" });
    expect(await ask(open.url, origin)).toEqual([204, origin]);
    expect(await ask(open.url, "http://evil.example")).toEqual([204, null]);
    const { headers, status } = await fetch(`${open.url}/v1/models`, { headers: { origin } });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([401, origin]);
  });

  it("sends away whom the queue has no place for, and the client comes again", async () => {
    const { url, client } = await serving(babbler(), { maxRows: 1, maxQueue: 1 });
    const retries: string[] = [];
    const counting = new OpenAI({
      baseURL: `${url}/v1`,
      apiKey: "none",
      fetch: (input, init) => {
        retries.push(new Headers(init?.headers).get("x-stainless-retry-count")!);
        return fetch(input, init);
      },
    });
    const request = { model: "model", messages, max_tokens: 3000, logit_bias: { "0": -100 }, seed: 1 };
    const stop = new AbortController();
    const streams = [1, 2].map(() =>
      client.chat.completions.create({ ...request, stream: true }, { signal: stop.signal }),
    );
    await Promise.all(streams);
    const refused = counting.chat.completions.create({ ...request, max_tokens: 1 }, { maxRetries: 0 });
    const error = await refused.then(
      () => undefined,
      (error: InstanceType<typeof OpenAI.RateLimitError>) => error,
    );
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error!.headers.get("retry-after")).toBe("1");
    setTimeout(() => stop.abort(), 500);
    const { choices } = await counting.chat.completions.create({ ...request, max_tokens: 1 });
    expect(choices).toHaveLength(1);
    expect(retries).toEqual(["0", "0", "1"]);
  });

  it("is not asked again for what no waiting mends", async () => {
    const { url } = await serving(actor("Hi"));
    const retries: string[] = [];
    const client = new OpenAI({
      baseURL: `${url}/v1`,
      apiKey: "none",
      fetch: (input, init) => {
        retries.push(new Headers(init?.headers).get("x-stainless-retry-count")!);
        return fetch(input, init);
      },
    });
    const ask = (fields: object) => client.chat.completions.create({ model: "model", messages, ...fields });
    await expect(ask({ model: "gpt-4" })).rejects.toThrow(OpenAI.NotFoundError);
    await expect(ask({ temperature: -1 })).rejects.toThrow(OpenAI.BadRequestError);
    expect(retries).toEqual(["0", "0"]);
  });

  it("tells Prometheus what it does", async () => {
    const { client, url } = await serving(actor("Hello"));
    await client.chat.completions.create({ model: "model", messages });
    await client.chat.completions.create({ model: "model", messages });
    for (const path of ["/nowhere", "/v1/models/a", "/v1/models/b"]) await fetch(`${url}${path}`);
    const text = await (await fetch(`${url}/metrics`)).text();
    const value = (name: string) =>
      Number(
        text
          .split("\n")
          .find((line) => line.startsWith(name))
          ?.split(" ")
          .at(-1),
      );
    expect(value('llm_requests_total{route="/v1/chat/completions",status="200"}')).toBe(2);
    expect(value('llm_requests_total{route="other",status="404"}')).toBe(3);
    expect(value("llm_output_tokens_total")).toBe(12);
    expect(value("llm_prompt_tokens_total")).toBe(2 * 20);
    expect(value("llm_cached_tokens_total")).toBe(19);
    expect(value("llm_time_to_first_token_seconds_count")).toBe(2);
    expect(value("llm_texts_open")).toBe(0);
    expect(value("llm_rows_kept")).toBe(2);
  });

  it("frees the rows of clients that leave, whenever they do, and of no others, and their memory", async () => {
    const said = [vi.spyOn(console, "error"), vi.spyOn(console, "info")];
    const { client, url, post } = await serving(babbler(), {
      maxRows: 4,
      maxQueue: 300,
      maxBodyBytes: 10_000,
    });
    let state = 3;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    const request = { model: "model", messages, logit_bias: { "0": -100 }, stream: true as const };
    const refused = { "{": 400, [`"${"x".repeat(20_000)}"`]: 413 };
    /** Clients of which every tenth stays, and every tenth sends what is none: how many were answered as they should be. */
    const storm = async (clients: number) => {
      let answered = 0;
      await Promise.all(
        Array.from({ length: clients }, async (_, seed) => {
          if (seed % 10 === 5) {
            const [body, status] = Object.entries(refused)[seed % 20 === 5 ? 0 : 1]!;
            if ((await post("/v1/chat/completions", body)).status === status) answered++;
            return;
          }
          const stays = seed % 10 === 0;
          const options = { signal: stays ? null : AbortSignal.timeout(1 + random(400)), maxRetries: 0 };
          try {
            const own = { ...request, seed, max_tokens: stays ? 20 : 2000 };
            const stream = await client.chat.completions.create(own, options);
            for await (const { choices } of stream) if (choices[0]!.finish_reason && stays) answered++;
          } catch (error) {
            if (stays) throw error;
          }
        }),
      );
      return answered;
    };
    const isIdle = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.includes("llm_texts_open 0") && text.includes("llm_texts_waiting 0");
    };
    const settled = () => expect.poll(isIdle, { timeout: 10_000 }).toBe(true);
    expect(await storm(200)).toBe(40);
    await settled();
    const before = memory();
    // What is lost grows with every storm; what only waits to be freed does not.
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4 && least >= 1.05 * before; i++) {
      expect(await storm(200)).toBe(40);
      await settled();
      least = Math.min(least, memory());
    }
    expect(least).toBeLessThan(1.05 * before);
    for (const each of said) expect(each).not.toHaveBeenCalled();
  });

  it("reads no further for a client that has left, once the step under way is over", async () => {
    const read: string[] = [];
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const model = modelOf(
      async (context) => {
        read.push(bytes.decode(context.slice(0, 5)));
        if (read.length === 8) await held;
        return new Float32Array(256);
      },
      { vocabSize: 256, blockSize: 4096 },
    );
    const { client, url } = await serving(model, { maxRows: 1, readTimeout: Number.POSITIVE_INFINITY });
    const leave = new AbortController();
    const request = { model: "model", max_tokens: 2000, stream: true as const };
    await client.completions.create({ ...request, prompt: "leave" }, { signal: leave.signal });
    await expect.poll(() => read.length).toBe(8);
    const staying = client.completions.create({ model: "model", prompt: "stays", max_tokens: 3 });
    leave.abort();
    for (let i = 0; i < 3; i++) await fetch(`${url}/health`); // by then the server knows of it
    goOn();
    expect((await staying).usage!.completion_tokens).toBe(3);
    expect(read.slice(7)).toEqual(["leave", "stays", "stays", "stays"]);
  });

  it("pauses for a client that does not read, and for no other", async () => {
    const { post, client, url } = await serving(babbler(200_000), { maxRows: 2 });
    const endless = { messages, stream: true, logit_bias: { "0": -100 }, logprobs: true, top_logprobs: 20 };
    const slow = await post("/v1/chat/completions", endless); // nobody reads its body
    const written = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/llm_output_tokens_total (\d+)/.exec(text)![1]);
    };
    let before = -1;
    for (let now = await written(); now !== before; now = await written()) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(before).toBeGreaterThan(0);
    const quick = await client.chat.completions.create({ model: "model", messages, max_tokens: 50, seed: 1 });
    expect(quick.usage!.completion_tokens).toBeGreaterThan(0);
    expect((await written()) - before).toBe(quick.usage!.completion_tokens);
    await slow.body!.cancel();
  });

  it("takes the row of a client that reads nothing for too long, and says so when it reads on", async () => {
    const { post, client } = await serving(babbler(200_000), { maxRows: 1, readTimeout: 300 });
    const endless = { messages, stream: true, logit_bias: { "0": -100 }, logprobs: true, top_logprobs: 20 };
    const slow = await post("/v1/chat/completions", endless);
    const quick = await client.chat.completions.create({ model: "model", messages, max_tokens: 5, seed: 1 });
    expect(quick.usage!.completion_tokens).toBeGreaterThan(0);
    const text = await slow.text();
    expect(text.slice(text.trimEnd().lastIndexOf("data: "))).toContain("nothing was read for 300 ms");
    await expect(serve(actor("Hi"), bytes, { readTimeout: 0 })).rejects.toThrow("readTimeout is 0");
  });

  it("lets what is under way finish when it closes, as long as it may", async () => {
    const model = modelOf(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return new Float32Array(256);
      },
      { vocabSize: 256, blockSize: 1000 },
    );
    const server = await serve(model, bytes, { port: 0 });
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
    const request = { model: "model", messages, seed: 1, stream: true as const };
    const short = await client.chat.completions.create({ ...request, max_tokens: 10 });
    const long = await client.chat.completions.create({ ...request, max_tokens: 900 });
    const reasons: unknown[] = [];
    const reading = async (stream: AsyncIterable<OpenAI.ChatCompletionChunk>) => {
      for await (const { choices } of stream) {
        if (choices[0]!.finish_reason) reasons.push(choices[0]!.finish_reason);
      }
    };
    const [shortEnd, longEnd] = [reading(short), reading(long)];
    const closing = server.close({ grace: 500 });
    await expect(longEnd).rejects.toThrow("shutting down");
    await shortEnd;
    await closing;
    expect(reasons).toEqual(["length"]);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it("refuses options it does not have, and a port that is taken", async () => {
    // @ts-expect-error: there is no such option
    await expect(serve(actor("Hi"), bytes, { prot: 1 })).rejects.toThrow('did you mean "port"');
    const { port } = await serving(actor("Hi"));
    await expect(serve(actor("Hi"), bytes, { port })).rejects.toThrow("EADDRINUSE");
  });
});
