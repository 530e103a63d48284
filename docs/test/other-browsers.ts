import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

/** A page of a browser that is driven. */
export interface DrivenPage {
  /** Opens an address, and comes back when the page has loaded. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page. */
  ask<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

const FIREFOX = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
const WEBKIT = {
  driver: "/usr/bin/WebKitWebDriver",
  screen: "/usr/bin/Xvfb",
  browser: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
};

/** Browsers beside Chromium, as Debian has them; `missing` says what to install. */
export const BROWSERS: readonly { name: string; missing: string | undefined; open(): Promise<DrivenPage> }[] =
  [
    {
      name: "Firefox",
      missing: existsSync(FIREFOX) ? undefined : "apt-get install -y firefox-esr, or set FIREFOX to its path",
      open: openFirefox,
    },
    {
      name: "WebKit",
      missing: Object.values(WEBKIT).every((path) => existsSync(path))
        ? undefined
        : "apt-get install -y webkit2gtk-driver xvfb",
      open: openWebKit,
    },
  ];

/** Firefox speaks WebDriver BiDi over a socket: no driver stands between. */
async function openFirefox(): Promise<DrivenPage> {
  const profile = await mkdtemp(join(tmpdir(), "llm-firefox-"));
  const port = await freePort();
  const browser = spawn(
    FIREFOX,
    ["--headless", "--no-remote", "--profile", profile, `--remote-debugging-port=${port}`, "about:blank"],
    { stdio: "ignore", env: { ...process.env, HOME: profile } },
  );
  const gone = new Promise((resolve) => browser.once("exit", resolve));
  const end = async () => {
    browser.kill();
    await gone;
    await rm(profile, { recursive: true, force: true });
  };
  try {
    const socket = await answers(
      () =>
        new Promise<WebSocket>((resolve, reject) => {
          const opening = new WebSocket(`ws://127.0.0.1:${port}/session`);
          opening.once("open", () => resolve(opening));
          opening.once("error", reject);
        }),
    );
    const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
    socket.on("message", (data) => {
      const { id, error, message, result } = JSON.parse(String(data));
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error) asked?.reject(new Error(`Firefox: ${message}`));
      else asked?.resolve(result as never);
    });
    let next = 0;
    const send = <T>(method: string, params: object): Promise<T> => {
      const id = next++;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise<T>((resolve, reject) => waiting.set(id, { resolve, reject }));
    };
    await send("session.new", { capabilities: {} });
    const { contexts } = await send<{ contexts: { context: string }[] }>("browsingContext.getTree", {});
    const { context } = contexts[0]!;
    return {
      open: async (url) => void (await send("browsingContext.navigate", { context, url, wait: "complete" })),
      async ask<T>(expression: string) {
        const answer = await send<{ result?: { value: string }; exceptionDetails?: { text: string } }>(
          "script.evaluate",
          {
            expression: `JSON.stringify(${expression}) ?? "null"`,
            target: { context },
            awaitPromise: true,
          },
        );
        if (answer.exceptionDetails) throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
        return JSON.parse(answer.result!.value) as T;
      },
      async close() {
        socket.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** WebKitGTK's driver speaks WebDriver as W3C has it, over HTTP; its browser wants a screen. */
async function openWebKit(): Promise<DrivenPage> {
  const home = await mkdtemp(join(tmpdir(), "llm-webkit-"));
  const display = `:${90 + (process.pid % 900)}`;
  const screen = spawn(WEBKIT.screen, [display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
    stdio: "ignore",
  });
  const port = await freePort();
  const driver = spawn(WEBKIT.driver, [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...process.env,
      DISPLAY: display,
      HOME: home,
      // Root has no sandbox.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  const end = async () => {
    driver.kill();
    screen.kill();
    await rm(home, { recursive: true, force: true });
  };
  const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const { value } = (await response.json()) as { value: T & { message?: string } };
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value.message}`);
    return value;
  };
  try {
    await answers(() => send("GET", "/status"));
    const { sessionId } = await send<{ sessionId: string }>("POST", "/session", {
      capabilities: {
        alwaysMatch: {
          "webkitgtk:browserOptions": { binary: WEBKIT.browser, args: ["--automation"] },
          timeouts: { script: 60_000, pageLoad: 60_000 },
        },
      },
    });
    const session = `/session/${sessionId}`;
    return {
      open: async (url) => void (await send("POST", `${session}/url`, { url })),
      ask: (expression) =>
        send("POST", `${session}/execute/sync`, { script: `return ${expression}`, args: [] }),
      async close() {
        await send("DELETE", session).catch(() => {});
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until something does not throw any more. */
async function answers<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
