import type { Engine } from "@llm/tensor";
import { afterAll } from "vitest";

const made: Engine[] = [];

afterAll(() => Promise.all(made.map((engine) => engine.close())));

/** The engine, closed after the last test of the file. */
export function closedAtEnd<Made extends Engine>(engine: Made): Made {
  made.push(engine);
  return engine;
}
