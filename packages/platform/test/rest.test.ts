import { afterEach, describe, expect, it, vi } from "vitest";
import { Rests, turn } from "../src/rest.js";

afterEach(() => void vi.unstubAllGlobals());

/** Whether a timer that is due runs while this work does. */
async function isHeard(work: () => Promise<void>): Promise<boolean> {
  let heard = false;
  setTimeout(() => {
    heard = true;
  }, 0);
  const until = performance.now() + 5;
  while (performance.now() < until); // the timer is due now
  await work();
  return heard;
}

/** A timer that is due runs in this turn or the next. */
async function twice() {
  await turn();
  await turn();
}

describe("one turn of the event loop", () => {
  it("lets a timer run, which settled promises do not", async () => {
    expect(await isHeard(async () => {})).toBe(false);
    expect(await isHeard(twice)).toBe(true);
  });

  it("is had without setImmediate, and without MessageChannel", async () => {
    vi.stubGlobal("setImmediate", undefined);
    expect(await isHeard(twice)).toBe(true);
    vi.stubGlobal("MessageChannel", undefined);
    expect(await isHeard(twice)).toBe(true);
  });
});

describe("rests", () => {
  it("are taken only when they are due", async () => {
    const rests = new Rests(1_000_000);
    expect(await isHeard(() => rests.take())).toBe(false);
    const due = new Rests(0);
    expect(
      await isHeard(async () => {
        await due.take();
        await due.take();
      }),
    ).toBe(true);
  });

  it("hear a signal before and after", async () => {
    const gone = AbortSignal.abort(new Error("gone"));
    await expect(new Rests(1_000_000).take(gone)).rejects.toThrow("gone");
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("meanwhile")), 0);
    const rests = new Rests(0);
    await expect(
      (async () => {
        for (;;) await rests.take(controller.signal);
      })(),
    ).rejects.toThrow("meanwhile");
  });
});
