import { readFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "../src/index.js";
import { dataFolder } from "./tables.js";
import { fuzz, MIXED, seeded } from "./texts.js";

/** A corpus of half a megabyte: prose, many scripts, code. */
export function corpus(): string {
  const random = seeded(1);
  const plans = readFileSync(join(dataFolder, "TestPlans.txt"), "utf8");
  const odd = Array.from({ length: 2000 }, () => fuzz(random).replace(/\p{Surrogate}/gu, "?"));
  const code = train.toString() + readFileSync(new URL("../src/train.ts", import.meta.url), "utf8");
  return `${plans}${MIXED.join("\n").replace(/\p{Surrogate}/gu, "?")}\n${code}${odd.join("\n")}`;
}
