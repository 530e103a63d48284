// One training in a process of its own: `train.ts ours|theirs FILE`, milliseconds to stdout. Theirs is Hugging Face's native
// trainer, which its binding lets train to 30,000 tokens only and with no alphabet but the bytes it sees; both read the file.
import { BPE, byteLevelPreTokenizer, Tokenizer as HF } from "tokenizers";
import { trainFiles } from "../src/node-train.js";

const [who, path] = process.argv.slice(2) as ["ours" | "theirs", string];
const started = performance.now();
if (who === "theirs") {
  const hf = new HF(BPE.empty());
  hf.setPreTokenizer(byteLevelPreTokenizer(false, true));
  hf.train([path]);
} else {
  await trainFiles(path, {
    vocabSize: 30_000,
    pattern: "gpt2",
    specialTokens: [],
    tieBreak: "hf",
    initialAlphabet: "seen",
  });
}
console.log(performance.now() - started);
