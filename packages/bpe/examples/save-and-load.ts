// One vocabulary, three forms: a Hugging Face tokenizer.json, a .tiktoken table, and the tokenizer itself.
import { Tokenizer, train } from "@llm/bpe";

const trained = await train("she sells sea shells by the sea shore ".repeat(20), { vocabSize: 300 });

const json = JSON.stringify(trained.toHF());
const fromHF = Tokenizer.fromHF(json);

const table = trained.toTiktoken();
const fromTiktoken = Tokenizer.fromTiktoken(table, {
  pattern: trained.pattern,
  specialTokens: trained.specialTokens,
});

const text = "the seashell, naïve 🐚";
for (const tokenizer of [trained, fromHF, fromTiktoken]) {
  console.log(tokenizer.vocabSize, tokenizer.encode(text).join(" "));
}
console.log(fromHF.decode(fromHF.encode(text)));

// A stream gives out characters once they are whole: the shell is four tokens here.
const stream = trained.decoder();
console.log(Array.from(trained.encode("🐚!"), (id) => JSON.stringify(stream.write(id))).join(" "));

// Output:
// 275 116 257 260 273 259 44 32 110 97 195 175 118 101 32 240 159 144 154
// 275 116 257 260 273 259 44 32 110 97 195 175 118 101 32 240 159 144 154
// 275 116 257 260 273 259 44 32 110 97 195 175 118 101 32 240 159 144 154
// the seashell, naïve 🐚
// "" "" "" "🐚" "!"
