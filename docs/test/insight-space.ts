import type { Gpt, GptConfig } from "@llm/gpt";
import { describe } from "@llm/gpt/inspect";
import type { Page } from "playwright-core";
import { layout, type Panel } from "../insight/scene/layout.js";
import { schemeOf } from "../insight/scheme.js";

/** Where a model's tensors stand in space for so many positions. */
export const panelsOf = (of: Gpt | GptConfig, positions: number): Panel[] =>
  layout(schemeOf(describe(of, { detail: true }), positions));

/** The picture's red, green, blue and opacity at places from -1 to 1. */
export const pixels = (page: Page, places: { x: number; y: number }[]): Promise<number[][]> =>
  page.locator(".space-picture canvas").evaluate((canvas, places) => {
    const gl = (canvas as HTMLCanvasElement).getContext("webgl2")!;
    return places.map(({ x, y }) => {
      const rgba = new Uint8Array(4);
      const at = [((x + 1) / 2) * gl.drawingBufferWidth, ((y + 1) / 2) * gl.drawingBufferHeight];
      gl.readPixels(Math.floor(at[0]!), Math.floor(at[1]!), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
      return [...rgba];
    });
  }, places);

/** Changes fields of the page's first view, as a link would. */
export const change = (page: Page, fields: Record<string, string>): Promise<void> =>
  page.evaluate((fields) => {
    const [view, query] = location.hash.split("?");
    location.hash = `${view}?${new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...fields })}`;
  }, fields);
