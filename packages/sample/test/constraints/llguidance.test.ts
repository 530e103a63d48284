import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { Tokenizer } from "@llm/bpe";
import { jsonSchema, regex } from "@llm/sample/constraints";
import { expect, test } from "vitest";
import golden from "../golden/llguidance.json" with { type: "json" };

interface Case {
  name: string;
  schema?: object;
  regex?: string;
  /** The CRC-32 of each mask, whether the text may end there, and the token that was drawn. */
  walks: [crc: number, mayEnd: number, id?: number][][];
}

const modules = join(dirname(createRequire(import.meta.url).resolve("gpt-tokenizer")), "../..");
const ranks = readFileSync(join(modules, "gpt-tokenizer/data/r50k_base.tiktoken"));
const tokenizer = Tokenizer.fromTiktoken(ranks, "r50k");

/** The bits of tokens that the golden file speaks of. */
const kept = new Uint32Array(Math.ceil(tokenizer.vocabSize / 32)).fill(0xffffffff);
for (let id = 0; id < 50_256; id++) {
  if (tokenizer.tokenBytes(id).includes(0x7f)) kept[id >> 5]! &= ~(1 << (id & 31));
}

test.each((golden as Case[]).map((each) => [each.name, each] as const))(
  "masks of llguidance: %s",
  (_, each) => {
    const constraint = each.schema ? jsonSchema(each.schema, { maxBlanks: 0 }) : regex(each.regex!);
    for (const walk of each.walks) {
      const row = constraint.begin(tokenizer);
      const text: number[] = [];
      for (const [crc, mayEnd, id] of walk) {
        const mask = row.mask().map((word, i) => word & kept[i]!);
        const at = JSON.stringify(tokenizer.decode(text));
        expect([crc32(new Uint8Array(mask.buffer)), Number(row.mayEnd)], at).toEqual([crc, mayEnd]);
        if (id === undefined) break;
        row.take(id);
        text.push(id);
      }
    }
  },
);
