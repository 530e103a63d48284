// A model behind the API that openai's client and many others speak: a chat, streamed, and what the server remembers.
import { modelOf, type Tokenizer } from "@llm/sample";
import { serve } from "@llm/sample/node";

// Bytes are tokens; 0 ends a text.
const tokenizer: Tokenizer = {
  vocabSize: 256,
  encode: (text) => Uint32Array.from(new TextEncoder().encode(text)),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(Uint8Array.of(id), { stream: true }), end: () => utf8.decode() };
  },
};

// A model that says the alphabet, from wherever it is.
const model = modelOf(
  (ids) => {
    const last = String.fromCharCode(ids.at(-1)!);
    const next = last === "e" ? 0 : /[a-d]/.test(last) ? ids.at(-1)! + 1 : "a".charCodeAt(0);
    return Float32Array.from({ length: 256 }, (_, id) => (id === next ? 50 : 0));
  },
  { vocabSize: 256, blockSize: 256, endOfText: 0 },
);

const server = await serve(model, tokenizer, { name: "alphabet", port: 0, apiKey: "secret" });

/** What `new OpenAI({ baseURL: server.url + "/v1", apiKey: "secret" }).chat.completions.create(..)` sends. */
const ask = (fields: object) =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer secret", "content-type": "application/json" },
    body: JSON.stringify({ model: "alphabet", messages: [{ role: "user", content: "Go on" }], ...fields }),
  });

const { choices, usage } = await (await ask({ logprobs: true })).json();
console.log(choices[0].message.content, choices[0].finish_reason, usage.completion_tokens);

// Streamed: a role, pieces, a reason. The prompt is not read again, but for its last token.
const events = (
  await (await ask({ stream: true, stop: "d", stream_options: { include_usage: true } })).text()
).split("\n\n");
for (const event of events) {
  if (!event.startsWith("data: {")) continue;
  const chunk = JSON.parse(event.slice("data: ".length));
  if (chunk.usage)
    console.log(`${chunk.usage.prompt_tokens_details.cached_tokens} of ${chunk.usage.prompt_tokens} cached`);
  else console.log(JSON.stringify(chunk.choices[0].delta), chunk.choices[0].finish_reason ?? "");
}

// What would change the answer and is not supported is refused by name.
const refused = await ask({ temprature: 0 });
console.log(refused.status, (await refused.json()).error.message);
await server.close();

// Output:
// abcde stop 6
// {"role":"assistant","content":""}
// {"content":"a"}
// {"content":"b"}
// {"content":"c"}
// {} stop
// 22 of 23 cached
// 400 temprature: there is no such field here: did you mean "temperature"?
