import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readUrlList, UrlListError, urlFilter } from "../src/index.js";
import { MissingPathError, readUrlLists } from "../src/node/index.js";

const text = "# domains\r\nbad.com\r\n\n  worse.co.uk  \nbäd.example";

test("a list is read from bytes, plain or gzip, in pieces of any size", async () => {
  const expected = ["bad.com", "worse.co.uk", "bäd.example"];
  for (const bytes of [Buffer.from(text), gzipSync(text)]) {
    expect(await readUrlList(bytes)).toEqual(expected);
    expect(await readUrlList(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
    expect(await readUrlList(new Blob([new Uint8Array(bytes)]).stream())).toEqual(expected);
  }
  expect(await readUrlList(new Uint8Array())).toEqual([]);
});

test("a damaged list is refused, not used in part", async () => {
  const bytes = gzipSync(text.repeat(100));
  await expect(readUrlList(bytes.subarray(0, bytes.length - 9))).rejects.toThrow(UrlListError);
  bytes[bytes.length - 6]! ^= 1;
  await expect(readUrlList(bytes)).rejects.toThrow("corrupt_gzip");
});

test("lists are read from files, several for one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dataset-"));
  const at = (name: string) => join(folder, name);
  try {
    await writeFile(at("domains.gz"), gzipSync("bad.com\n"));
    await writeFile(at("more"), "worse.co.uk\n");
    await writeFile(at("words"), "casino\n");
    const lists = await readUrlLists({ domains: [at("domains.gz"), at("more")], words: at("words") });
    expect(lists).toEqual({ domains: ["bad.com", "worse.co.uk"], words: ["casino"] });
    await expect(readUrlLists({ urls: at("none") })).rejects.toThrow(MissingPathError);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const folder = `${data}/url-lists`;
if (!existsSync(folder)) console.log(`Skipped: no lists at ${folder}; set LLM_DATA`);

const LETTERS: Readonly<Record<string, string>> = {
  hard_blacklisted: "h",
  soft_blacklisted: "s",
  blacklisted_subword: "b",
};

test.skipIf(!existsSync(folder))(
  "every word of the public lists is judged as datatrove judges it",
  async () => {
    const expected: Record<string, string[]> = JSON.parse(
      readFileSync(new URL("golden/lists.json", import.meta.url), "utf8"),
    );
    const path = (name: string) => join(folder, `${name}.txt`);
    const lists = await readUrlLists({
      words: path("banned_words"),
      subwords: path("banned_subwords"),
      softWords: path("soft_banned_words"),
    });
    const step = urlFilter({ lists });
    const judge = async (url: string) => {
      const { verdicts } = await step.inspect!({ id: "", text: "", meta: { url } });
      const drop = verdicts.find(({ keep }) => !keep);
      return drop && "reason" in drop ? LETTERS[drop.reason] : ".";
    };
    for (const [name, rows] of Object.entries(expected)) {
      const entries = await readUrlList(readFileSync(path(name)));
      expect(entries.length).toBe(rows.length);
      for (const [i, word] of entries.entries()) {
        const next = entries[(i + 1) % entries.length]!;
        const urls = [
          `https://example.org/${word}`,
          `https://example.org/a-${word}_b/`,
          `https://${word}.example.com/`,
          `https://example.org/${word.toUpperCase()}`,
          `https://example.org/x${word}y`,
          `https://example.org/${word}/${next}`,
          `https://${word}${next}.example.net/?q=${word}`,
          `https://example.org/${[...word].join("-")}`,
        ];
        const found = await Promise.all(urls.map(judge));
        expect(found.join(""), `${name} ${i}`).toBe(rows[i]);
      }
    }
  },
);
