// In 3D a reader lets the model write, token by token, and sees what goes into what.
import { presets } from "@llm/gpt";
import { describe, expect, test } from "vitest";
import { cameraOf, facing } from "../insight/scene/camera.js";
import { flowLines } from "../insight/scene/flow-lines.js";
import { bounds, isGiven } from "../insight/scene/layout.js";
import { placeOn } from "../insight/scene/lines.js";
import { project, type Vector } from "../insight/scene/matrix.js";
import { proseOf } from "../insight/views/space/chapter.js";
import { CHAPTERS } from "../insight/views/space/walk.js";
import { answered, openInsight, workAt } from "./insight.js";
import { llama } from "./insight-models.js";
import { panelsOf } from "./insight-space.js";

const site = openInsight();
const next = '[aria-label="What comes next"]';

test("the sorter writes its letters, by g and by press; the text runs through anew, and Back takes one away", async () => {
  await workAt(site, "#v1/space?model=sorter&text=C+B+A+B+B+C", async (page) => {
    const text = page.getByLabel("Text that runs through the model");
    const isRun = (letters: string) =>
      page
        .locator(`[data-shown="model ${[...letters].map((letter) => "ABC".indexOf(letter)).join(".")}"]`)
        .waitFor({ timeout: 60_000 });
    await isRun("CBABBC");
    const first = page.locator(`${next} button`).first();
    await first.waitFor();
    // The list is drawn anew with what the sampler makes of it.
    await answered(page);
    const { words, width } = await page.evaluate((next) => {
      const button = document.querySelector<HTMLElement>(`${next} button`)!;
      return { words: button.innerText, width: button.querySelector("i")!.style.width };
    }, next);
    expect(words).toMatch(/^A\s+(9\d|100)/);
    expect(words).toContain(`${Number.parseFloat(width).toFixed(1)}%`);
    await page.locator(".space-picture canvas").focus();
    for (const written of ["CBABBCA", "CBABBCAB"]) {
      await page.keyboard.press("g");
      await isRun(written);
    }
    await page.locator(`${next} button`).first().press("Enter");
    await isRun("CBABBCABB");
    expect((await text.inputValue()).replaceAll(" ", "")).toBe("CBABBCABB");
    await page.goBack();
    await isRun("CBABBCAB");
    // In a run they are not known before the end.
    await page.locator(".space-picture canvas").focus();
    await page.keyboard.press("p");
    await page.keyboard.press("p");
    await expect.poll(() => page.locator(`${next} ol`).isVisible()).toBe(false);
    await page.keyboard.press("x");
    await expect.poll(() => page.locator(`${next} ol`).isVisible()).toBe(true);
    // Of a text that is longer than what is seen its end is shown, and it is written on.
    await text.fill(`A${"C".repeat(11)}`);
    await isRun("C".repeat(11));
    const note = page.locator(".reading-note");
    expect(await note.innerText()).toContain("The first token is left out: the model sees 11.");
    for (const count of [2, 3]) {
      await page.locator(`${next} button`).first().press("Enter");
      await expect.poll(() => note.innerText()).toContain(`The first ${count} tokens are left out`);
    }
  });
});

test("the list of chapters leads to one, whose prose has the network's numbers and the curve of its bend", async () => {
  await workAt(site, "#v1/space?shape=llama&layers=2", async (page) => {
    await page.locator('[data-shown^="llama"]').waitFor({ timeout: 60_000 });
    const read = await page.locator(".space-walk").innerText();
    expect(read).toContain("Of this network's 22 blocks 2 can be seen");
    expect(read).not.toMatch(/your text|numbers you see|g does that/);
    expect(await page.locator(".flow-words").innerText()).toContain("Here is only a shape");
    await page.getByRole("combobox", { name: "Chapter of the walk" }).selectOption("7");
    const walk = page.locator(".space-walk");
    await expect
      .poll(() => walk.innerText())
      .toContain("its row of 2,048 a row of 11,264: two hidden rows of 5,632");
    expect(await walk.locator("figcaption").innerText()).toContain("SiLU of x: -0.27 at -1;");
    expect(page.url()).toContain("chapter=7");
    // A shape computes nothing, so nothing comes next.
    expect(await page.locator(next).isVisible()).toBe(false);
  });
});

test("m gives the view the whole screen, and takes it back", async () => {
  await workAt(site, "#v1/space?chapter=2", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const canvas = page.locator(".space-picture canvas");
    await canvas.focus();
    await page.keyboard.press("m");
    await page.waitForFunction(() => document.fullscreenElement?.querySelector(".space-walk") !== null);
    // However narrow the window is, the picture has its width.
    for (const width of [390, 768]) {
      await page.setViewportSize({ width, height: 844 });
      await page.waitForFunction(() => {
        const picture = document.querySelector(".space-picture canvas")!.getBoundingClientRect();
        return picture.width >= innerWidth - 24 && picture.height >= innerHeight / 2;
      });
    }
    await page.getByRole("button", { name: "Back to the page (m)" }).press("Enter");
    await page.waitForFunction(() => document.fullscreenElement === null);
  });
});

const networks = [
  ["GPT-2", { ...presets.gpt2, nLayer: 3 }],
  ["a Llama", llama],
] as const;

describe.each(networks)("%s", (name, config) => {
  const panels = panelsOf(config, 8);
  const front = panels.filter(({ plane }) => plane === 0);
  const lines = flowLines(panels);

  test("an arrow leads into all that is computed from what is computed, and none runs across a panel of its column", () => {
    const ends = lines.map(({ to }) => to.join());
    for (const panel of front.filter(({ box }) => !isGiven(box))) {
      const sources = front.filter(({ box }) => panel.box.inputs.includes(box.name) && !isGiven(box));
      const near = sources.filter(({ section }) => section === panel.section);
      const { at, size } = panel;
      const isOwn = ([x, y]: Vector) =>
        x >= at[0] && x <= at[0] + size[0] && y <= at[1] && y >= at[1] - size[1];
      const own = lines.filter(({ to }) => isOwn(to));
      expect(own.length, panel.box.name).toBeGreaterThanOrEqual(new Set(near).size);
    }
    expect(new Set(ends).size).toBeGreaterThan(front.length / 4);
    for (const line of lines.filter(({ bow }) => bow[2] === 0)) {
      for (const share of [0.2, 0.4, 0.5, 0.6, 0.8]) {
        const [x, y] = placeOn(line, share);
        const hit = front.find(
          ({ box, at, size }) =>
            !isGiven(box) && x > at[0] && x < at[0] + size[0] && y < at[1] && y > at[1] - size[1],
        );
        expect(hit?.box.name, `${line.from} ${line.to} at ${share}`).toBe(undefined);
      }
    }
  });

  test("what is faced is seen whole, and reaches the picture's edge", () => {
    for (const aspect of [0.6, 1, 1.5, 3]) {
      for (const seen of [panels, panels.slice(0, 1), panels.filter(({ section }) => section === "h.0")]) {
        const { low, high } = bounds(seen);
        const { matrix } = cameraOf(facing(low, high, aspect), aspect);
        const ends = [low, high].flatMap(([x]) =>
          [low, high].flatMap(([, y]) => [low, high].map(([, , z]) => project(matrix, [x, y, z]))),
        );
        const most = Math.max(...ends.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
        expect(most).toBeLessThan(0.93);
        expect(most).toBeGreaterThan(0.85);
      }
    }
  });

  test("the prose's numbers are the configuration's", () => {
    const shapes = new Map(panels.map(({ box }) => [box.name, box.shape]));
    const words = CHAPTERS.map((chapter) =>
      proseOf(chapter, { shapes })
        .flatMap(({ pieces }) => pieces)
        .map((piece) => piece.words)
        .join(""),
    );
    const { nLayer, nHead, nEmbd, vocabSize } = config;
    expect(words[0]).toContain(`has ${nLayer} blocks`);
    expect(words[0]).toContain(`reads 8 tokens here: a row of ${nEmbd} numbers for each`);
    expect(words[1]).toContain(`these ${vocabSize.toLocaleString("en")} rows of ${nEmbd}`);
    expect(words[3]).toContain(`among ${nHead} heads of ${nEmbd / nHead}`);
    expect(words[3]!.includes("heads of queries in a row share")).toBe(name === "a Llama");
  });
});
