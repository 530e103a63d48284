import { Gpt, type GptConfig } from "@llm/gpt";
import { type Captured, capture, type Explanation, explainCell } from "@llm/gpt/inspect";
import { tensor } from "@llm/tensor";
import type { Page } from "playwright-core";
import { siteModel, siteTokenizer } from "./insight.js";

/** The text that runs through a model where a test names none. */
export const text = "The model is trained on";

/** Grouped queries, rotary positions, a gated MLP: none of the site's models has them. */
export const llama: GptConfig = {
  vocabSize: 512,
  blockSize: 32,
  nLayer: 3,
  nHead: 4,
  nKvHead: 2,
  nEmbd: 32,
  norm: "rms",
  bias: false,
  mlp: { kind: "gated", width: 40 },
  activation: "silu",
  tied: false,
  position: "rope",
};

/** The models that a view is tried with, and what is given to the page in the place of the site's own. */
export const models: [string, () => Promise<[model: Gpt, given?: Gpt]>][] = [
  ["base", async () => [(await siteModel()).model]],
  [
    "a model with GQA, RoPE and SwiGLU",
    async () => {
      const model = Gpt.create(llama, { seed: 5 });
      return [model, model];
    },
  ],
];

/** Lets a page load this model in the place of the site's. */
export async function give(page: Page, model: Gpt): Promise<void> {
  const files: Record<string, Uint8Array> = await model.toFiles();
  await page.route("**/insight/base/step-3125/*", (route) => {
    const body = files[new URL(route.request().url()).pathname.split("/").at(-1)!];
    return body ? route.fulfill({ body: Buffer.from(body) }) : route.fulfill({ status: 404 });
  });
}

/** The text through a model, in Node. */
export async function captured(model: Gpt): Promise<Captured & { ids: number[] }> {
  const ids = [...(await siteTokenizer()).encodeOrdinary(text)];
  return { ids, ...(await capture(model, tensor(ids, [1, ids.length], "int32"), { detail: true })) };
}

/** How a cell came about; where it is a copy, or let through by a mask, then how that did which it is taken from, and so on. */
export function derivation(all: Captured, name: string, index: readonly number[]): Explanation[] {
  const made = explainCell(all, name, index);
  const kind = all.descriptions.find((each) => each.name === name)!.cell?.kind;
  const isTaken = kind === "copy" || (kind === "mask" && made.captured > -Infinity);
  const from = made.operands.at(-1);
  return isTaken && from ? [made, ...derivation(all, from.tensor, from.index)] : [made];
}
