import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HttpError, parseResponse } from "../../src/warc/http.js";
import { readRecords, type WarcRecord } from "../../src/warc/record.js";
import golden from "../golden/warc.json" with { type: "json" };

const folder = join(
  process.env["LLM_DATA"] ?? new URL("../../../../../shared/data", import.meta.url).pathname,
  "warc",
);
const hasData = existsSync(folder);
if (!hasData) console.warn(`skipped: no WARC files at ${folder}`);

interface Found {
  type: string;
  uri: string | null;
  length: number;
  status?: string;
  body?: string;
  bodyLength?: number;
}

async function describe({ type, headers, content }: WarcRecord): Promise<Found> {
  const uri =
    headers
      .get("warc-target-uri")
      ?.replace(/^<(.*)>$/, "$1")
      .replaceAll(" ", "%20") ?? null;
  const found = { type, uri, length: content.length };
  if (type !== "response") return found;
  try {
    const { status, body } = await parseResponse(content);
    const hash = createHash("sha256").update(body).digest("hex").slice(0, 16);
    return { ...found, status: `${status}`, body: hash, bodyLength: body.length };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return { ...found, body: error.reason };
  }
}

/** Where we differ on purpose: warcio gives nothing of a body that only claims to be chunked. */
const ours: Readonly<Record<string, Partial<Found>>> = {
  "example-wrong-chunks.warc.gz": { bodyLength: 1270 },
};

test.skipIf(!hasData).each(Object.entries(golden))(
  "%s: every record that warcio reads, the same",
  async (file, { records, problem }) => {
    const found: Found[] = [];
    for await (const record of readRecords(readFileSync(join(folder, file))))
      if (!("problem" in record)) found.push(await describe(record));
    for (const [i, wanted] of (records as Found[]).entries()) {
      const differs = wanted.type === "response" ? ours[file] : undefined;
      if (differs)
        expect(found[i]).toMatchObject({
          type: wanted.type,
          uri: wanted.uri,
          length: wanted.length,
          ...differs,
        });
      else expect(found[i]).toEqual(wanted);
    }
    // Where warcio gives up, we go on: gzip that is not cut by records, and bad chunks. Behind a length that is wrong it stops too.
    if (problem === null && file !== "example-trunc.warc") expect(found).toHaveLength(records.length);
    else expect(found.length).toBeGreaterThanOrEqual(records.length);
  },
);
