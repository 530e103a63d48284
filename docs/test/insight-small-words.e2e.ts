// Small words in 3D: tokens beside rows, numbers of heads, the part that the eye is in, and what else names a tensor in words.

import { presets } from "@llm/gpt";
import { expect, test } from "vitest";
import { type Camera, cameraOf, facing, type Pose } from "../insight/scene/camera.js";
import { bounds, type Panel } from "../insight/scene/layout.js";
import { meet, ofRect, within } from "../insight/views/space/convex.js";
import { namesOf } from "../insight/views/space/labels.js";
import { overview } from "../insight/views/space/overview.js";
import { around, cornersOf, isOn, type Point, pixels, type Rect } from "../insight/views/space/pixels.js";
import { namesFrom, placeNames } from "../insight/views/space/placing.js";
import { smallWords } from "../insight/views/space/token-labels.js";
import { areasOf, insideOf } from "../insight/views/space/whereabouts.js";
import { openInsight, workAt } from "./insight.js";
import { llama } from "./insight-models.js";
import { panelsOf } from "./insight-space.js";

const site = openInsight();

const SIZE = { width: 926, height: 610 };
const small = { ...presets.gpt2, nLayer: 2, nEmbd: 64, nHead: 4, vocabSize: 8, blockSize: 32, endOfText: 7 };
const models = [
  ["a small GPT-2", panelsOf(small, 8)],
  ["a Llama", panelsOf(llama, 8)],
] as const;
const text = {
  texts: { text: [..."ABCDEFGH"], vocabulary: [..."ABCDEFGH"] },
  ids: [0, 1, 2, 3, 4, 5, 6, 7],
  lens: [],
};

const cameraAt = (pose: Pose) => cameraOf(pose, SIZE.width / SIZE.height);
const named = (panels: readonly Panel[], ...names: string[]) =>
  panels.filter(({ box }) => names.includes(box.name));

function seen(
  read: readonly Panel[],
  all: readonly Panel[],
  camera: Camera,
  pointed?: { panel: Panel; row: number; column: number },
) {
  const at = smallWords(read, all, text, () => pointed);
  return at(camera, { size: SIZE, open: new Set() }, []);
}

const rectOf = ({ at, size }: Panel, camera: Camera): Rect =>
  around(pixels(cornersOf(at, size), camera, SIZE)!);

test.each(models)(
  "%s: rows in one line have their tokens once, at the leftmost that is seen",
  (_, panels) => {
    for (const names of [
      ["ln_f.mean", "ln_f.rstd", "ln_f"],
      ["h.0.attn.weights", "h.0.attn.weights.max", "h.0.attn.weights.sum"],
      ["h.0.attn.q", "h.0.attn.k", "h.0.attn.v"],
    ]) {
      const read = named(panels, ...names);
      const camera = cameraAt(overview(read, SIZE));
      const words = seen(read, panels, camera).filter(({ look }) => look === "row" || look === "after");
      expect(words.map(({ words }) => words)).toEqual(text.texts.text);
      const left = Math.min(
        ...read.filter(({ plane }) => plane === 0).map((panel) => rectOf(panel, camera).left),
      );
      for (const { right } of words) expect(Math.abs(right - left)).toBeLessThan(40);
    }
  },
);

test("where rows are low, words of all spread beside them in order, and where they are lower still there are none", () => {
  const panels = models[0][1];
  const read = named(panels, "embedding.token");
  const [panel] = read as [Panel];
  const whole = overview(read, SIZE);
  // So far away that a row has 7 pixels, and that it has 2.5.
  for (const [share, words] of [
    [7, text.texts.text],
    [2.5, []],
  ] as const) {
    const { top, bottom } = rectOf(panel, cameraAt(whole));
    const camera = cameraAt({ ...whole, distance: (whole.distance * (bottom - top)) / 8 / share });
    const placed = seen(read, panels, camera).filter(({ look }) => look === "row");
    expect(placed.map(({ words }) => words)).toEqual(words);
    const apart = placed.slice(1).map(({ top }, i) => top - placed[i]!.top);
    // A line of small letters.
    expect(Math.min(13, ...apart)).toBeGreaterThan(12.9);
  }
});

test("words of rows of several tensors stand on none of each other, nor on what is written already", () => {
  const [, panels] = models[0];
  const taken = [{ left: 0, right: 400, top: 200, bottom: 260 }];
  for (const names of [
    ["h.0.attn.scores", "h.0.attn.masked", "h.0.attn.weights", "h.0.attn.v", "h.0.attn"],
    ["embedding", "h.0.ln_1", "h.0.residual_1"],
    ["logits", "probabilities", "probabilities.max", "probabilities.sum"],
  ]) {
    const read = named(panels, ...names);
    const at = smallWords(read, panels, text, () => undefined);
    const words = at(cameraAt(overview(read, SIZE)), { size: SIZE, open: new Set() }, taken).filter(
      ({ look }) => look === "row" || look === "after",
    );
    expect(words.length, `${names}`).toBeGreaterThan(0);
    expect(words.filter((word) => words.some((other) => other !== word && isOn(word, other)))).toEqual([]);
    expect(words.filter((word) => taken.some((other) => isOn(word, other)))).toEqual([]);
  }
});

test("what stands far apart is not all shown: what a part is about is large enough to be read", () => {
  for (const [, panels] of models) {
    for (const [subject, ...others] of [
      ["h.1.attn.weights", "h.0.residual_2"],
      ["h.0.ln_1", "embedding", "h.0.residual_1"],
    ]) {
      const read = named(panels, subject!, ...others);
      const first = named(panels, subject!);
      const pose = overview(read, SIZE, undefined, { subject: first, read: [], others: [], beyond: [] });
      const { left, top, right, bottom } = rectOf(first[0]!, cameraAt(pose));
      const { rows } = first[0]!.box;
      expect((bottom - top) / rows >= 8 || right - left >= 0.26 * SIZE.height, subject).toBe(true);
      expect(pose.distance).toBeLessThan(overview(read, SIZE).distance);
    }
  }
});

test("in parts of the base's later chapters all rows of a text are named, or regularly some", () => {
  const panels = models[0][1];
  for (const names of [
    ["attn", "attn.weights", "attn.v"],
    ["attn.c_proj", "attn"],
    ["ln_2.mean", "ln_2.rstd", "ln_2"],
    ["mlp.c_fc", "ln_2"],
    ["mlp.c_proj", "mlp.gated"],
  ].map((own) => own.map((name) => `h.0.${name}`))) {
    const read = named(panels, ...names);
    const words = smallWords(
      read,
      panels,
      text,
      () => undefined,
      new Set(names.slice(0, 1)),
    )(cameraAt(overview(read, SIZE)), { size: SIZE, open: new Set() }, []).filter(
      ({ look }) => look === "row" || look === "after",
    );
    const rows = words.map(({ words }) => text.texts.text.indexOf(words));
    expect(rows.length, `${names}`).toBeGreaterThan(0);
    // Each line of tensors begins anew.
    const steps = rows.slice(1).map((row, i) => row - rows[i]!);
    expect(new Set(steps.filter((step) => step > 0)).size, `${names} ${rows}`).toBe(1);
  }
});

test("where no cell is large enough for a word, the text stands at its ids, and what comes next at the probabilities", () => {
  for (const [, panels] of models) {
    const lens = [{ best: [{ id: 2, p: 0.5 }] }];
    const at = smallWords(panels, panels, { ...text, lens }, () => undefined);
    const placed = at(cameraAt(overview(panels, SIZE)), { size: SIZE, open: new Set() }, []);
    const lists = placed.filter(({ look }) => look === "list").map(({ words }) => words);
    expect(lists.map((list) => list.replaceAll("\n", ""))).toEqual([text.texts.text.join(""), "→ C 50.0%"]);
  }
});

test.each(models)(
  "%s: no word of a token, and no number of a head, stands on cells that are read",
  (_, panels) => {
    let count = 0;
    for (const names of [
      ["wte.weight", "embedding.token", "ids"],
      ["h.0.attn.q", "h.0.attn.k", "h.0.attn.v"],
      ["h.0.attn.weights", "h.0.attn.weights.max", "h.0.attn.weights.sum"],
      ["h.0.attn.scores"],
    ]) {
      const read = named(panels, ...names);
      const { low, high } = bounds(read);
      for (const yaw of [-0.7, -0.3, 0.1, 0.35, 0.8]) {
        const camera = cameraAt(facing(low, high, SIZE.width / SIZE.height, { yaw, pitch: 0.2 }));
        const words = seen(read, panels, camera).filter(({ look }) => look !== "where");
        expect(
          words.filter((word) => words.some((other) => other !== word && isOnHead(word, other))),
        ).toEqual([]);
        const fronts = read.map(({ at, size }) => pixels(cornersOf(at, size), camera, SIZE)!);
        const covered = words.filter((word) => fronts.some((front) => isOnFront(word, front)));
        expect(
          covered.map(({ words }) => words),
          `${names} ${yaw}`,
        ).toEqual([]);
        count += words.length;
      }
    }
    expect(count).toBeGreaterThan(100);
  },
);

/** Two pixels of a word may be in a corner that is slanted. */
function isOnFront({ left, top, right, bottom }: Rect, front: readonly Point[]): boolean {
  const corners = [left + 2, right - 2].flatMap((x) => [top + 2, bottom - 2].map((y) => ({ x, y })));
  const isApart = front.some((from, i) => {
    const to = front[(i + 1) % front.length]!;
    return corners.every(({ x, y }) => (to.x - from.x) * (y - from.y) <= (to.y - from.y) * (x - from.x));
  });
  return !isApart && isOn({ left, top, right, bottom }, around(front));
}

const isOnHead = (a: Rect & { look: string }, b: Rect & { look: string }) =>
  (a.look === "head" || b.look === "head") && isOn(a, b);

test.each(models)("%s: heads behind each other have their numbers, from either side", (_, panels) => {
  const read = named(panels, "h.0.attn.scores");
  const { low, high } = bounds(read);
  for (const yaw of [-0.6, 0.35]) {
    const camera = cameraAt(facing(low, high, SIZE.width / SIZE.height, { yaw, pitch: 0.2 }));
    const heads = seen(read, panels, camera).filter(({ look }) => look === "head");
    expect(heads.length).toBeGreaterThanOrEqual(read.length - 1);
    for (const { words, ...place } of heads) {
      const rect = rectOf(read[Number(words.replace("head ", ""))]!, camera);
      const near = { ...rect, left: rect.left - 20, right: rect.right + 20 };
      expect(isOn(place, near), `${words} ${yaw}`).toBe(true);
    }
  }
});

test.each(models)("%s: near to a part it is said where one is, and not where all is seen", (_, panels) => {
  const regions = areasOf(panels);
  const where = (...names: string[]) =>
    insideOf(regions, cameraAt(overview(named(panels, ...names), SIZE)))?.words;
  expect(where("h.1.attn.scores")).toBe("block 1: attention");
  expect(where("h.0.mlp.c_fc")).toBe("block 0: MLP");
  expect(where("h.0.ln_1")).toBe("block 0");
  expect(where("logits")).toBe("output");
  expect(insideOf(regions, cameraAt(overview(panels, SIZE)))).toBeUndefined();
  // It gives way to what stands in the corner.
  const read = named(panels, "h.1.attn.scores");
  const marker = { left: 6, top: 6, right: 120, bottom: 32 };
  const at = smallWords(read, panels, undefined, () => undefined);
  const [place] = at(cameraAt(overview(read, SIZE)), { size: SIZE, open: new Set() }, [marker]);
  expect(place).toMatchObject({ words: "block 1: attention", look: "where" });
  expect(isOn(place!, marker)).toBe(false);
});

test.each(models)("%s: narrow columns have short names over or below them", (_, panels) => {
  for (const [name, words] of [
    ["h.0.ln_1.rstd", "1 / spread"],
    ["h.0.attn.weights.max", "max"],
    ["h.0.attn.weights.sum", "sum of exp"],
    ["probabilities.max", "max"],
  ] as const) {
    const row = name.replace(/\.[a-z]+$/, "");
    const read = panels.filter(({ box }) => box.name === row || box.name.startsWith(`${row}.`));
    const camera = cameraAt(overview(named(read, name, row), SIZE));
    const placed = placeNames(namesFrom(namesOf(read)), camera, SIZE).words.find(
      (each) => each.words === words,
    );
    expect(placed, name).toBeDefined();
    const { left, right } = rectOf(named(read, name)[0]!, camera);
    expect(placed!.left, name).toBeLessThan(right);
    expect(placed!.right, name).toBeGreaterThan(left);
  }
});

test("the list of tensors has words and names, block by block, and a cell's tensor is named in words", async () => {
  await workAt(site, "#v1/space?chapter=4&tensor=h.0.attn.q&cell=0.1.7.0", async (page) => {
    await page.locator('[data-cell="h.0.attn.q 0.1.7.0"]').waitFor({ timeout: 60_000 });
    const { groups, option, where } = await page.evaluate(() => {
      const own = document.querySelector<HTMLOptionElement>('option[value="h.0.attn.q"]')!;
      return {
        groups: [...own.closest("select")!.querySelectorAll("optgroup")].map(({ label }) => label),
        option: [own.textContent, (own.parentElement as HTMLOptGroupElement).label],
        where: document.querySelector(".space-where b")!.textContent,
      };
    });
    expect(groups).toEqual(["before the blocks", "block 0", "block 1", "after the blocks"]);
    expect(option).toEqual(["queries (h.0.attn.q)", "block 0"]);
    expect(where).toMatch(/^queries, head 1, position 7 \(".+"\), channel 0\. $/);
  });
});

test("in the picture heads have numbers, and the eye's part is named", async () => {
  await workAt(site, "#v1/space?chapter=5&phase=4", async (page) => {
    await page.locator(".space-token.where").waitFor({ timeout: 60_000 });
    // Those between have theirs where there is room.
    for (const head of ["head 0", "head 3"])
      await page.locator(".space-token.head").getByText(head, { exact: true }).waitFor({ timeout: 60_000 });
    expect(await page.locator(".space-token.where:visible").textContent()).toBe("block 0: attention");
  });
});

test("on a phone whose screen is filled each row has its whole name, and the first and the last head theirs", async () => {
  await workAt(site, "#v1/space?chapter=5&phase=6", async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Fill the screen" }).click();
    await page.waitForFunction(() => document.fullscreenElement !== null);
    for (const head of ["head 0", "head 3"])
      await page.locator(".space-token.head").getByText(head, { exact: true }).waitFor({ timeout: 60_000 });
    const rows = () =>
      page
        .locator(".space-token:is(.row, .after):visible")
        .evaluateAll((words) => words.map(({ textContent }) => textContent).join(""));
    await expect.poll(rows, { timeout: 60_000 }).toBe("The␣model␣is␣trained␣on");
  });
});

test.each(models)(
  "%s: on a phone the name of what is read stands on no plane behind it, nor of another",
  (_, panels) => {
    const all = namesFrom(namesOf(panels));
    for (const names of [
      ["h.0.attn.weights", "h.0.attn.weights.max", "h.0.attn.weights.sum"],
      ["h.0.attn.q", "h.0.attn.k", "h.0.attn.scores"],
    ]) {
      const read = named(panels, ...names);
      const tensors = namesOf(read).filter((each) => each.kind === "tensor");
      for (const [width, height] of [320, 350, 370].flatMap((width) =>
        [300, 400, 465].map((high) => [width, high]),
      )) {
        const size = { width: width!, height: height! };
        const others = named(panels, "h.0.attn.scores.masked");
        const made = read.filter(({ box }) => box.name === names[0]);
        const pose = overview(made, size, undefined, { read, others, beyond: [] });
        const camera = cameraOf(pose, size.width / size.height);
        const small = smallWords(read, panels, text, () => undefined)(camera, { size, open: new Set() }, []);
        const { words } = placeNames(all, camera, size, small, new Set(names), true);
        for (const name of words) {
          const own = tensors.find((each) => [each.words, each.short].includes(name.words))!;
          for (const panel of read.filter(({ box, plane }) => box.name !== own.tensor || plane > 0)) {
            const front = pixels(cornersOf(panel.at, panel.size), camera, size);
            const isOnIt = front && meet(within(front), ofRect(name));
            expect(isOnIt, `${name.words} on ${panel.box.name}, ${width} x ${height}`).toBe(false);
          }
        }
      }
    }
  },
);
