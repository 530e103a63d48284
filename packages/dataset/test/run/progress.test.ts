import { expect, test } from "vitest";
import { type RunProgress, Tally, terminalProgress } from "../../src/node/run/progress.js";

const plan = { name: "clean", tasks: 10, logDir: "", pending: [7, 8, 9] };

test("tasks add up, and one that goes on after a crash is not counted twice", () => {
  const told: RunProgress[] = [];
  const tally = new Tally(plan, (progress) => told.push(progress));
  const [seven, eight] = [tally.of(7), tally.of(8)];
  seven({ items: 4, kept: 2, bytes: 40 });
  eight({ items: 1, kept: 1, bytes: 10 });
  seven({ items: 6, kept: 3, bytes: 60 });
  seven({ items: 1, kept: 1, bytes: 10 });
  expect(told.at(-1)).toMatchObject({
    items: 8,
    kept: 5,
    bytes: 80,
    complete: 7,
    secondsLeft: undefined,
  });
  tally.complete();
  const { complete, seconds, secondsLeft } = told.at(-1)!;
  expect([complete, secondsLeft]).toEqual([8, 2 * seconds]);
});

test("a terminal shows a line that is written over", () => {
  const written: string[] = [];
  const out = (isTTY: boolean) =>
    ({ isTTY, write: (text: string) => written.push(text) }) as unknown as NodeJS.WriteStream;
  const progress: RunProgress = {
    stage: "clean",
    tasks: 10,
    complete: 4,
    items: 500,
    kept: 250,
    bytes: 5e6,
    seconds: 2,
    secondsLeft: 3725,
  };
  expect(terminalProgress(out(false))).toBeUndefined();
  for (const shown of [progress, { ...progress, kept: undefined, bytes: undefined }]) {
    const bar = terminalProgress(out(true))!;
    bar.show(shown);
    bar.close();
  }
  expect(written).toEqual([
    "\r\u001b[2Kclean 4/10 tasks, 250 docs/s, 2.5 MB/s, 50% kept, 1:02:05 left",
    "\n",
    "\r\u001b[2Kclean 4/10 tasks, 250/s, 1:02:05 left",
    "\n",
  ]);
});
