import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MissingPathError, PunktFormatError, readPunkt } from "@llm/dataset/node";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../golden/punkt", import.meta.url));

test("reads what a language's folder holds", async () => {
  const { abbreviations, collocations, sentenceStarters, orthography } = await readPunkt(folder);
  expect(abbreviations.has("mr")).toBe(true);
  expect(collocations.has("j\tellis")).toBe(true);
  expect([...sentenceStarters].sort()).toEqual(["but", "he", "in", "it", "they"]);
  expect(orthography.get("he")).toBeGreaterThan(0);
});

test("a folder that is not there, or holds something else, is told of", async () => {
  await expect(readPunkt("/nowhere")).rejects.toThrow(MissingPathError);
  const broken = mkdtempSync(join(tmpdir(), "punkt-"));
  cpSync(folder, broken, { recursive: true });
  writeFileSync(join(broken, "ortho_context.tab"), "he\t2\nshe two\n");
  await expect(readPunkt(broken)).rejects.toThrow(PunktFormatError);
  await expect(readPunkt(broken)).rejects.toThrow(/ortho_context\.tab, line 2/);
});
