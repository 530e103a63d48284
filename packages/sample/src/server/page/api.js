// What the page asks of the server.

/** The key, where the server wants one: for as long as the tab is open. */
export const key = {
  get: () => sessionStorage.getItem("key") ?? "",
  set: (value) => sessionStorage.setItem("key", value),
};

function headers() {
  return { "content-type": "application/json", ...(key.get() && { authorization: `Bearer ${key.get()}` }) };
}

/** An answer with another status. */
export class StatusError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function request(path, init) {
  const response = await fetch(path, { headers: headers(), ...init });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new StatusError(response.status, body.error?.message ?? `the server answered ${response.status}`);
}

export async function modelName() {
  const { data } = await (await request("/v1/models")).json();
  return data[0].id;
}

/** The chunks of an answer, as they come. */
export async function* chat(body, signal) {
  const init = { method: "POST", body: JSON.stringify({ ...body, stream: true }), signal };
  const response = await request("/v1/chat/completions", init);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (held + value).split("\n\n");
    held = events.pop();
    for (const event of events) {
      if (!event.startsWith("data: ") || event === "data: [DONE]") continue;
      const chunk = JSON.parse(event.slice("data: ".length));
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
}
