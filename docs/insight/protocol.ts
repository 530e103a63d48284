import type { Engine } from "./engine/engine.js";

/** What the page asks of the worker. */
export type Request =
  | { readonly id: number; readonly method: keyof Engine; readonly argument: unknown }
  | { readonly abort: number };

/** What it answers. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
