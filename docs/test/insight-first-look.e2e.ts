// What a reader meets who has just opened the page: its keys, what the story speaks of, texts to try.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openInsight, workAt } from "./insight.js";

const site = openInsight();
const at = (hash: string, work: (page: Page) => Promise<void>) => workAt(site, hash, work);

test("keys are heard before anything has the focus; those of the page and of a field stay theirs", async () => {
  await at("#v1/sampling", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    const taken = await page.evaluate(() =>
      ["ArrowDown", "d"].map((key) => {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        return !document.body.dispatchEvent(event);
      }),
    );
    expect(taken).toEqual([false, true]);
    await page.waitForFunction(() => location.hash.includes("at="));
    await page.keyboard.press("ControlOrMeta+d");
    await page.getByLabel("Text that the model continues").press("End");
    await page.keyboard.type(">");
    expect(await page.getByRole("button", { name: /Begin the story/ }).isVisible()).toBe(true);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press(">");
    await page.getByText("Stop 1 of 9").first().waitFor();
    // It can be turned off, and stays so.
    await page.locator(".insight").focus();
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Also while nothing" }).press("Space");
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByText("Stop 1 of 9").first().waitFor();
    await page.keyboard.press(">");
    await page.locator(".insight").focus();
    await page.keyboard.press(">");
    await page.getByText("Stop 2 of 9").first().waitFor();
    await page.evaluate(() => localStorage.clear());
  });
});

test("the story brings what it speaks of into sight, below its panel, on a phone and with a mouse", async () => {
  await at("", async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.locator("[data-shown]").first().waitFor({ timeout: 60_000 });
    for (let stop = 1; stop <= 5; stop++) {
      await page.keyboard.press(">");
      await page.getByText(`Stop ${stop} of 9`).waitFor();
      await isInSight(page);
    }
    await page.keyboard.press("<");
    await page.getByRole("button", { name: "Start" }).waitFor();
    await isInSight(page);
    // Whoever looks elsewhere stays there.
    await page.mouse.wheel(0, 900);
    await page.getByRole("button", { name: "Scroll to it" }).click();
    await isInSight(page);

    await page.getByRole("button", { name: "Stop 6: Logits" }).click();
    await page.getByText("1 of 9: The whole network").waitFor({ timeout: 60_000 });
    await page.keyboard.press("Space");
    await page.getByRole("heading", { name: "1 of 9: The whole network, part 2 of" }).waitFor();
  });
});

/** Waits until what is marked begins between the panel and the end of the window. */
const isInSight = (page: Page) =>
  page.waitForFunction(() => {
    const part = document.querySelector(".tour-part")?.getBoundingClientRect();
    const panel = document.querySelector(".tour")!.getBoundingClientRect();
    // With the frame around it.
    return part && part.top - 6 >= panel.bottom && part.top < innerHeight - 100;
  });

test("texts to try are of the kind that the model has read, and change with it", async () => {
  await at("#v1/sampling", async (page) => {
    await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
    const text = page.getByLabel("Text that the model continues");
    const texts = page.getByLabel("Texts to try");
    await texts.selectOption("The loss is");
    expect(await text.inputValue()).toBe("The loss is");
    const models = page.locator("select[data-models]");
    await models.selectOption("copier");
    expect(await text.inputValue()).toBe("d 7 k b p 3 d 7 k b p 3");
    await page.getByText("repeats what came before").waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".stage li").length > 0);
    await text.fill("a b a");
    await models.selectOption("assistant-base");
    expect(await text.inputValue()).toBe("a b a");
    await texts.selectOption("What is 7+2? 7+2=");
    // What is folded opens where a link has set it.
    expect(await page.getByRole("slider", { name: "min-p" }).isVisible()).toBe(false);
    await page.evaluate(() => {
      location.hash = "#v1/sampling?minP=0.2";
    });
    await page.getByRole("slider", { name: "min-p" }).waitFor();
    expect(await page.locator(".insight-warning").innerText()).toBe("");
  });
});

test("the list of models leads to where GPT-2's folder is opened, and what was shown stays", async () => {
  for (const [view, shown] of [
    ["space?model=sorter", "sorter"],
    ["inside?model=copier", "copier"],
    ["sampling", "base-3125"],
  ]) {
    await workAt(site, `#v1/${view}`, async (page) => {
      await page.locator("[data-shown]").waitFor({ timeout: 60_000 });
      const [models, address] = [page.getByRole("combobox", { name: "Model" }), page.url()];
      await models.selectOption({ label: "GPT-2, or a model of yours: open its folder…" });
      const folder = page.locator(".insight-run").getByLabel("or its folder");
      await folder.waitFor();
      expect(await folder.evaluate((field) => document.activeElement === field)).toBe(true);
      expect(await models.inputValue()).toBe(shown);
      expect(page.url()).toBe(address);
      if (shown !== "base-3125") return;
      await page.getByRole("button", { name: "Open GPT-2" }).press("Enter");
      expect(await folder.evaluate((field) => document.activeElement === field)).toBe(true);
      const link = page.getByRole("link", { name: "openai-community/gpt2" });
      expect([await link.getAttribute("target"), await link.getAttribute("rel")]).toEqual([
        "_blank",
        "noopener",
      ]);
    });
  }
});
