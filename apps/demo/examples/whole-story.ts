// From raw web pages to an assistant's answer, with all six packages, in one screen. It runs in Node and in browsers.
import { CHAT_TOKENS, renderChat, train as trainTokenizer } from "@llm/bpe";
import { exactDedup, extract, language, pipeline, readWarc, writeWarc } from "@llm/dataset";
import { Gpt } from "@llm/gpt";
import { complete } from "@llm/sample";
import { useEngine } from "@llm/tensor";
import { adamw, schedule, sft, tokenArray, train } from "@llm/train";

// A small web: pages with menus around one fact each, the same fact told in several ways, and a copy of every page.
const places =
  `Austria Vienna, Belgium Brussels, Cuba Havana, Egypt Cairo, France Paris, Greece Athens, Hungary Budapest,
  Iran Tehran, Italy Rome, Japan Tokyo, Kenya Nairobi, Norway Oslo, Peru Lima, Poland Warsaw, Russia Moscow, Spain Madrid`
    .split(",")
    .map((pair) => pair.trim().split(" ") as [country: string, capital: string]);
const page = (country: string, capital: string) => `<html lang="en"><title>${country}</title>
  <nav><a href="/">Home</a> <a href="/login">Log in</a></nav>
  <article><p>The capital of ${country} is ${capital}. People who visit ${country} often begin in ${capital}.</p>
  <p>What is the capital of ${country}? The capital of ${country} is ${capital}.</p></article>`;
const pages = [...places, ...places].map(([country, capital], i) => ({
  url: `https://example.org/${i}`,
  html: page(country, capital),
}));

// 1. Documents: the text of each page, without its menu, and without the copies.
const documents = pipeline(readWarc(writeWarc(pages)), extract(), exactDedup(), language(["en"]));
const texts: string[] = [];
for await (const { text } of documents.docs()) texts.push(text);
console.log(`${pages.length} pages, ${texts.length} documents: ${texts[0]!.split("\n")[0]}`);

// 2. A tokenizer, learned from them, with the marks of a chat.
const tokenizer = await trainTokenizer(texts, { vocabSize: 400, specialTokens: CHAT_TOKENS });
const begin = tokenizer.specialTokens.get("<|bos|>")!;
const ids = texts.flatMap((text) => [begin, ...tokenizer.encodeOrdinary(text)]);
console.log(`${tokenizer.vocabSize} tokens in the vocabulary`);

// 3. A base model: it learns to write on as the documents do.
await useEngine("auto");
const [blockSize, batchSize] = [48, 8];
const shape = { nLayer: 2, nHead: 2, nEmbd: 48, position: "rope", norm: "rms", bias: false } as const;
const model = Gpt.create({ ...shape, vocabSize: tokenizer.vocabSize, blockSize }, { seed: 1 });
const data = tokenArray(ids, { split: 1 });
const lr = schedule.cosine({ lr: 1e-2, warmup: 10, steps: 200 });
for await (const _ of train(model, data, { steps: 200, batchSize, blockSize, lr }));

// 4. An assistant: it learns to answer, from conversations about half of the countries.
const ask = (country: string) => ({ role: "user" as const, content: `What is the capital of ${country}?` });
const taught = places.filter((_, i) => i % 2 === 0);
const conversations = taught.map(([country, capital]) => [
  ask(country),
  { role: "assistant" as const, content: `The capital of ${country} is ${capital}.` },
]);
const tuning = { epochs: 20, batchSize, blockSize, lr: 3e-3, optimizer: adamw() };
for await (const _ of sft(model, conversations, {
  ...tuning,
  render: (messages) => renderChat(tokenizer, messages),
}));

// 5. Answers: also about countries that no conversation was about.
const stopIds = [tokenizer.specialTokens.get("<|assistant_end|>")!];
for (const country of ["France", "Japan", "Norway", "Spain"]) {
  const { ids } = renderChat(tokenizer, [ask(country)], { completion: true });
  const { text } = await complete(model, tokenizer, ids, { temperature: 0, maxTokens: 24, stopIds });
  const where = taught.some(([name]) => name === country) ? "taught" : "only read";
  console.log(`${ask(country).content} ${text} (${where})`);
}

// Output:
// 32 pages, 16 documents: The capital of Austria is Vienna. People who visit Austria often begin in Vienna.
// 400 tokens in the vocabulary
// What is the capital of France? The capital of France is Paris. (taught)
// What is the capital of Japan? The capital of Japan is Tokyo. (only read)
// What is the capital of Norway? The capital of Norway is Oslo. (only read)
// What is the capital of Spain? The capital of Spain is Madrid. (only read)
