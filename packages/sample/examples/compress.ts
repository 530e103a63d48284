// A text packed by what a model expects of it, and back. This model looks for the last time that the same three letters came.
import { modelOf } from "@llm/sample";
import { type ByteTokenizer, compress, decompress } from "@llm/sample/compression";

const tokenizer: ByteTokenizer = {
  vocabSize: 256,
  encode: (text) => Uint32Array.from(new TextEncoder().encode(text)),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  decodeBytes: (ids) => Uint8Array.from(ids),
  decoder: () => ({ write: (id) => String.fromCharCode(id), end: () => "" }),
};
const model = modelOf(
  (ids) => {
    const logits = Float32Array.from({ length: 256 }, (_, id) =>
      id >= 97 && id < 123 ? 3 : id === 32 ? 4 : 0,
    );
    for (let i = 2; i + 1 < ids.length; i++) {
      if ([0, 1, 2].every((back) => ids[i - back] === ids.at(-1 - back))) logits[ids[i + 1]!] = 12;
    }
    return logits;
  },
  { vocabSize: 256, blockSize: 512 },
);

const line = "how much wood would a woodchuck chuck if a woodchuck could chuck wood ";
const original = new TextEncoder().encode(line.repeat(6));
let bits = 0;
const packed = await compress(model, tokenizer, original, {
  name: "looks-back",
  engine: "JavaScript",
  onProgress: (progress) => {
    bits = progress.bits!;
  },
});
console.log(
  `${original.length} bytes; the model needs ${Math.round(bits / 8)}; the file has ${packed.length}`,
);
const again = await decompress(model, tokenizer, packed, { name: "looks-back", engine: "JavaScript" });
console.log(new TextDecoder().decode(again) === line.repeat(6) ? "the same text again" : "another text");

// Other arithmetic gives other text, so a file names what it was made with.
await decompress(model, tokenizer, packed, { engine: "wasm" }).catch((error) => console.log(error.message));
await decompress(model, tokenizer, packed.slice(0, -9)).catch((error) => console.log(error.message));

// Output:
// 420 bytes; the model needs 52; the file has 141
// the same text again
// the file was compressed on "JavaScript", and this is "wasm": both must compute the same bits
// the file is cut off: it has 132 bytes, and its header tells of more
