// A vocabulary in GPT-2's own two files, tokens with flags, and texts measured and cut by tokens.
import { splitByTokens, Tokenizer, tokenStatistics, train } from "@llm/bpe";

const story = "The sea was calm. The gulls slept.\n\nAt dawn the wind rose, and the boats went out. ";
const trained = await train(story.repeat(20), { vocabSize: 300, pattern: "gpt2", specialTokens: ["<mask>"] });

// vocab.json and merges.txt do not say which tokens are special:
const { vocab, merges } = trained.toVocabBpe();
const read = Tokenizer.fromVocabBpe(vocab, merges, { specialTokens: ["<mask>"] });
console.log([...read.specialTokens].join(), merges.split("\n").slice(0, 3).join(" | "));

// tokenizer.json says more: with lstrip the token takes the blank before it along.
const file = trained.toHF();
file.added_tokens[0]!.lstrip = true;
const masked = Tokenizer.fromHF(file);
const text = "The <mask> rose";
const { ids, utf16 } = masked.encodeWithOffsets(text, { allowedSpecial: "all" });
console.log(Array.from(ids, (_, i) => `[${text.slice(utf16[i], utf16[i + 1])}]`).join(""));

// Does a text fit? Counting stops behind the limit.
console.log(trained.count(story.repeat(1000), { limit: 100 }));
for (const piece of splitByTokens(trained, story.trim(), { budget: 16 })) {
  console.log(trained.count(piece), JSON.stringify(piece));
}

const { tokens, words, tokensPerWord, bytesPerToken } = await tokenStatistics(trained, [story]);
console.log(tokens, words, tokensPerWord.toFixed(2), bytesPerToken.toFixed(2));

// Output:
// <mask>,299 #version: 0.2 | h e | Ġ w
// [The][ <mask>][ ros][e]
// 101
// 14 "The sea was calm. The gulls slept.\n\n"
// 15 "At dawn the wind rose, and the boats went out."
// 30 17 1.76 2.77
