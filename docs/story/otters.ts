import { CHAT_TOKENS, type Tokenizer, train as trainTokenizer } from "@llm/bpe";
import { extractText } from "@llm/dataset";
import { Gpt } from "@llm/gpt";
import { useEngine } from "@llm/tensor";
import { tokenArray, train } from "@llm/train";

/** The page that all chapters follow, as a crawler would fetch it. */
export const page = `<html lang="en"><head><title>Sea otters | Coast Notes</title></head><body>
<nav><a href="/">Home</a> <a href="/birds">Birds</a> <a href="/whales">Whales</a></nav>
<div class="cookie-banner">We value your privacy. <button>Accept all</button></div>
<article><h1>Sea otters</h1>
<p>Sea otters hold hands while they sleep, and so they do not drift apart.</p>
<p>Sea otters hold shells while they eat, and so they open them on a stone.</p>
<p>Sea otters hold hands while they rest, and so they stay with the others.</p></article>
<footer>Share this page. All rights reserved.</footer></body></html>`;

/** Chapter 1: what is left of the page. */
export const text = (): string => extractText(page).text;

/** Chapter 2: a vocabulary of 332 tokens, learned from that text alone. */
export const tokenizer = (): Promise<Tokenizer> =>
  trainTokenizer([text()], { vocabSize: 332, specialTokens: CHAT_TOKENS });

/** Chapter 3: a model with 20 thousand weights reads the text again and again; a second is enough. */
export async function model(
  tokens: Tokenizer,
  onStep: (step: { step: number; loss: number }) => void = () => {},
): Promise<Gpt> {
  await useEngine("reference");
  const network = Gpt.create(
    { vocabSize: tokens.vocabSize, blockSize: 48, nLayer: 1, nHead: 2, nEmbd: 32, position: "rope" },
    { seed: 1 },
  );
  const ids = Array.from(tokens.encode(`${text()}\n`.repeat(12)));
  const steps = { steps: 50, batchSize: 4, blockSize: 24, lr: 1e-2, seed: 1 };
  for await (const event of train(network, tokenArray(ids), steps)) onStep(event);
  return network;
}
