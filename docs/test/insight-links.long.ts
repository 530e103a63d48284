// Links that nobody thought of, and reloads, in every view: each shows something, and says what was not understood.
import { expect, test } from "vitest";
import { VIEWS } from "../insight/views.js";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();

const views = VIEWS.map(({ name }) => name);

const junk = [
  "",
  "constructor",
  "__proto__",
  "-1",
  "1e9",
  "99999",
  "NaN",
  "0.5",
  "1_2_3",
  "%00",
  "9.9.9_9",
  "own",
];

test.each(views)("%s: a link with nonsense in every field shows the usual, with a note", async (view) => {
  const names = Object.keys((await VIEWS.find(({ name }) => name === view)!.load()).fields);
  await workAt(site, `#v1/${view}`, async (page) => {
    const isThere = () => page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });
    await isThere();
    for (const value of junk) {
      for (const name of view === "data" || view === "before" ? [...names] : [names.join("&")]) {
        const query = name
          .split("&")
          .map((each) => `${each}=${value}`)
          .join("&");
        const hash = `#v1/${view}?${query}&constructor=1`;
        await page.evaluate((hash) => {
          location.hash = hash;
        }, hash);
        await page.locator(".insight-note", { hasText: "not understood" }).waitFor({ timeout: 20_000 });
      }
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#v1/${view}`);
      await expect.poll(() => page.locator(".insight-note").innerText(), { timeout: 20_000 }).toBe("");
      await expect.poll(() => page.locator(".insight-warning").innerText(), { timeout: 60_000 }).toBe("");
      await isThere();
    }
  });
});

/** A state of each view that is not the usual. */
const states: Readonly<Record<string, string>> = {
  data: "?step=c4Quality&limits=minWords*60",
  tokens: "?text=a+cat+sat&step=2&second=none",
  training: "?nEmbd=16&steps=7&seed=3&text=a+cat",
  inside: "?text=a+cat+sat&layer=1&head=2&tensor=h.1.attn.q",
  space: "?text=a+cat+sat&chapter=4&tensor=h.1.attn.q",
  before: "?part=models&who=steps&temperature=0.5&after=2",
  sampling: "?text=a+cat+sat&temperature=1.5&topK=20&seed=9",
};

test.each(views)("%s: a reload shows what was shown", async (view) => {
  await workAt(site, `#v1/${view}${states[view]}`, async (page) => {
    const look = async () => {
      await page.locator("[data-shown], [data-loaded]").first().waitFor({ timeout: 60_000 });
      return page.evaluate(() => {
        const { dataset } = document.querySelector<HTMLElement>(".insight-view > div")!;
        const fields = document.querySelectorAll<HTMLInputElement>(
          ".insight-view :is(input:not([type=file]), select, textarea)",
        );
        const values = [...fields].map((field) => (field.type === "checkbox" ? field.checked : field.value));
        return { shown: dataset["shown"], values, hash: location.hash };
      });
    };
    const before = await look();
    await page.reload();
    expect(await look()).toEqual(before);
    expect(before.hash).toBe(`#v1/${view}${states[view]}`);
    expect(await page.locator(".insight-note").innerText()).toBe("");
  });
});
