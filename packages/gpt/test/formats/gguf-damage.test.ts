import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import type { MetadataEntry } from "../../src/formats/gguf/metadata.js";
import { encodeHeader, type WrittenTensor } from "../../src/formats/gguf/write-header.js";
import { readGGUF } from "../../src/formats/index.js";
import { ConfigError, OptionsError, WeightsError } from "../../src/index.js";

const whole = new Uint8Array(
  readFileSync(fileURLToPath(new URL("../golden/llama-cpp/llama/model.gguf", import.meta.url))),
);
/** Where a text stands in the file. */
const find = (text: string) => Buffer.from(whole).indexOf(text);

beforeAll(() => useEngine("reference"));

/** The file with numbers put into it. */
function patched(...changes: [at: number, bits: 8 | 32 | 64, value: number | bigint][]): Uint8Array {
  const bytes = whole.slice();
  const view = new DataView(bytes.buffer);
  for (const [at, bits, value] of changes) {
    if (bits === 64) view.setBigUint64(at, BigInt(value), true);
    else if (bits === 32) view.setUint32(at, Number(value), true);
    else view.setUint8(at, Number(value));
  }
  return bytes;
}

/** A head and the bytes of data after it. */
function file(entries: readonly MetadataEntry[], tensors: readonly WrittenTensor[], data = 0): Uint8Array {
  const head = encodeHeader(entries, tensors);
  const bytes = new Uint8Array(head.length + data);
  bytes.set(head);
  return bytes;
}

async function refusal(bytes: Uint8Array): Promise<Error> {
  try {
    await readGGUF(bytes);
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was read");
}

const info = (name: string) => find(name) + name.length; // axes u32, extents u64, type u32, offset u64

const kinds: [string, () => Uint8Array, string[]][] = [
  ["nothing", () => new Uint8Array(0), ["0 bytes long", "cut short"]],
  ["a few bytes", () => whole.slice(0, 20), ["20 bytes long", "cut short"]],
  [
    "another file",
    () => new TextEncoder().encode("%PDF-1.7 and what a file has then"),
    ['begins with "%PDF"'],
  ],
  ["an older format", () => patched([0, 8, 0x74], [1, 8, 0x6a], [2, 8, 0x67], [3, 8, 0x67]), ["before GGUF"]],
  ["version 1", () => patched([4, 32, 1]), ["version 1", "2 and 3"]],
  ["version 4", () => patched([4, 32, 4]), ["version 4", "2 and 3"]],
  ["big-endian", () => patched([4, 32, 0x03000000]), ["big-endian", "gguf_convert_endian"]],
  ["too many tensors", () => patched([8, 64, 2n ** 40n]), ["number of tensors", "1099511627776"]],
  ["more tensors than numbers", () => patched([8, 64, 2n ** 64n - 1n]), ["18446744073709551615"]],
  ["too many pairs", () => patched([16, 64, 2n ** 31n]), ["number of key-value pairs", "2147483648"]],
  ["a key without end", () => patched([24, 64, 2n ** 33n]), ["key 0 needs 8589934592 bytes"]],
  [
    "a list without end",
    () => patched([find("tokenizer.ggml.tokens") + 21 + 8, 64, 2n ** 33n]),
    ["the length of tokenizer.ggml.tokens is 8589934592"],
  ],
  [
    "a text without end",
    () => patched([find("general.name") + 12 + 4, 64, 2n ** 34n]),
    ["general.name needs 17179869184 bytes"],
  ],
  [
    "an unknown kind of value",
    () => patched([find("general.name") + 12, 32, 13]),
    ["general.name is of type 13"],
  ],
  [
    "a list of lists",
    () => patched([find("tokenizer.ggml.merges") + 21 + 4, 32, 9]),
    ["tokenizer.ggml.merges is a list of lists"],
  ],
  ["no axes", () => patched([info("blk.0.attn_q.weight"), 32, 0]), ["blk.0.attn_q.weight has 0 axes"]],
  ["too many axes", () => patched([info("blk.0.attn_q.weight"), 32, 5]), ["blk.0.attn_q.weight has 5 axes"]],
  [
    "a tensor larger than numbers",
    () =>
      patched(
        [info("blk.0.attn_q.weight") + 4, 64, 2n ** 40n],
        [info("blk.0.attn_q.weight") + 12, 64, 2n ** 40n],
      ),
    ["blk.0.attn_q.weight has the shape [1099511627776,1099511627776]"],
  ],
  ["an empty tensor", () => patched([info("blk.0.attn_q.weight") + 12, 64, 0]), ["has the shape [0,32]"]],
  [
    "rows of half a block",
    () => patched([info("blk.0.attn_q.weight") + 4, 64, 48]),
    ["blk.0.attn_q.weight has the shape [64,48] in q4_1", "32"],
  ],
  [
    "an unknown type",
    () => patched([info("blk.0.attn_q.weight") + 20, 32, 23]),
    ["blk.0.attn_q.weight is of type 23", "q6_K"],
  ],
  [
    "an offset beyond the end",
    () => patched([info("output.weight") + 24, 64, 2 ** 30]),
    ["output.weight ends at", "the file at 37888", "cut short"],
  ],
  [
    "an offset into another tensor",
    () => patched([info("output.weight") + 24, 64, 32]),
    ["inside token_embd.weight"],
  ],
  ["an offset between", () => patched([info("output.weight") + 24, 64, 36000 + 1]), ["no multiple of 32"]],
  [
    "another model's shape",
    () => patched([find("llama.feed_forward_length") + 25 + 4, 32, 32]),
    ["the tensors do not fit the metadata", "blk.0.ffn_gate.weight has shape [64,32]", "[32,32]"],
  ],
  [
    "more layers than tensors",
    () => patched([find("llama.block_count") + 17 + 4, 32, 3]),
    ["blk.2.attn_q.weight is missing"],
  ],
];

test.each(kinds)("%s is refused in words", async (_, make, words) => {
  const error = await refusal(make());
  expect(error).toBeInstanceOf(WeightsError);
  for (const word of ["the file", ...words]) expect(error.message).toContain(word);
});

test("a file that is cut short anywhere is refused", async () => {
  for (let length = 0; length < whole.length; length += 331) {
    expect(await refusal(whole.slice(0, length))).toBeInstanceOf(WeightsError);
  }
  expect(await refusal(whole.slice(0, whole.length - 32))).toBeInstanceOf(WeightsError);
});

test("whatever number stands in the head, the file is read or refused, and not more", async () => {
  const head = find("blk.0.attn_k.weight") + 60;
  let refused = 0;
  for (let at = 4; at < head; at += 7) {
    const error = await readGGUF(patched([at, 32, 0xfffffff0])).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error === null) continue;
    refused++;
    expect(
      [WeightsError, ConfigError].some((kind) => error instanceof kind),
      `at ${at}: ${error}`,
    ).toBe(true);
  }
  expect(refused).toBeGreaterThan(50);
});

describe("settings that are not computed", () => {
  const key = (name: string) => find(name) + name.length;
  const settings: [string, Uint8Array, string][] = [
    [
      "an architecture that is read from folders only",
      file([["general.architecture", "string", "qwen2"]], []),
      'general.architecture is "qwen2"; gpt2 and llama are read from GGUF',
    ],
    ["no architecture", file([], []), "general.architecture is missing"],
    [
      "an alignment of 24",
      file([["general.alignment", "u32", 24]], []),
      "general.alignment is 24; a power of two is needed",
    ],
    [
      "a part of each head",
      patched([key("llama.rope.dimension_count") + 4, 32, 8]),
      "llama.rope.dimension_count is 8; only 16",
    ],
    [
      "values of another width",
      patched([key("llama.attention.value_length") + 4, 32, 8]),
      "llama.attention.value_length is 8; only 16",
    ],
    [
      "heads that do not share evenly",
      patched([key("llama.attention.head_count_kv") + 4, 32, 3]),
      "nKvHead is 3",
    ],
    [
      "no layers",
      patched([key("llama.block_count") + 4, 32, 0]),
      "the file: nLayer of the configuration is 0",
    ],
    [
      "layers without end",
      patched([key("llama.block_count") + 4, 32, 0xfffffff0]),
      "llama.block_count is 4294967280; more layers than 22 tensors make",
    ],
  ];
  test.each(settings)("%s", async (_, bytes, message) => {
    const error = await refusal(bytes);
    expect(error.message).toContain(message);
    expect(error).toBeInstanceOf(ConfigError);
  });

  test.each([
    ["llama.expert_count", "u32", 8],
    ["llama.rope.scaling.type", "string", "su"],
    ["llama.attention.head_count", "i32s", [4, 8]],
    ["llama.context_length", "string", "long"],
  ] as const)("%s", async (...entry) => {
    const entries: MetadataEntry[] = [
      ["general.architecture", "string", "llama"],
      ["llama.embedding_length", "u32", 32],
      ["llama.block_count", "u32", 1],
      ["llama.feed_forward_length", "u32", 64],
      ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-5],
      ["llama.rope.scaling.factor", "f32", 2],
      ...(["llama.context_length", "llama.attention.head_count"]
        .filter((name) => name !== entry[0])
        .map((name) => [name, "u32", 4]) as MetadataEntry[]),
      entry as MetadataEntry,
    ];
    const table = { name: "token_embd.weight", shape: [4, 32], type: 0, offset: 0 };
    const error = await refusal(file(entries, [table], 512));
    expect(error.message).toContain(`${entry[0]} is`);
    expect(error).toBeInstanceOf(ConfigError);
  });

  test("a key that is there twice", async () => {
    const pair = ["general.name", "string", "a"] as const;
    expect((await refusal(file([pair, pair], []))).message).toContain("general.name is there twice");
  });
});

test("what is no file", async () => {
  await expect(readGGUF("/nowhere/model.gguf")).rejects.toThrow('cannot open "/nowhere/model.gguf"');
  await expect(readGGUF(7 as never)).rejects.toThrow(OptionsError);
  await expect(readGGUF(whole, { signl: 1 } as never)).rejects.toThrow("signal");
});
