import { type Statistic, statisticOf } from "./statistics.js";

const TURNED = ", turned by their positions: a score then depends on how far apart two tokens are.";

/** What tensors are for, by their names, the layer left out. */
const PURPOSES: Readonly<Record<string, string>> = {
  ids: "The text as numbers: each token's place in the vocabulary.",
  "wte.weight": "A learned vector for each token of the vocabulary.",
  "wpe.weight": "A learned vector for each position.",
  "embedding.token": "Each token's vector, looked up by its id.",
  "embedding.positioned": "Each token's vector with that of its position added.",
  "embedding.scaled": "Each token's vector, made longer.",
  embedding: "Where the stream begins: one vector a token, which every block adds to.",
  mix: "The stream, with some of its beginning mixed in again.",
  "mix.residual": "The stream times a learned number.",
  "mix.x0": "The beginning of the stream times a learned number.",
  ln_1: "Brings each token's vector to one scale before attention reads it.",
  ln_1_post: "Brings what attention found to one scale before it is added.",
  ln_2: "Brings each token's vector to one scale before the MLP reads it.",
  ln_2_post: "Brings what the MLP made to one scale before it is added.",
  ln_f: "Brings each token's vector to one scale before the logits are made of it.",
  "attn.c_attn": "Query, key and value of each token, for all heads, in one product.",
  "attn.c_attn.weight": "Learned: how queries, keys and values are made of a vector.",
  "attn.q": "What each token looks for in itself and the tokens before it.",
  "attn.k": "What each token can be found by.",
  "attn.v": "What each token hands on to those that look at it.",
  "attn.rope": "The angle of each position, as cosines and sines.",
  "attn.q_rotated": `The queries${TURNED}`,
  "attn.k_rotated": `The keys${TURNED}`,
  "attn.q_norm": "The queries, brought to one scale.",
  "attn.k_norm": "The keys, brought to one scale.",
  "attn.q_norm_rotated": `The queries${TURNED}`,
  "attn.k_norm_rotated": `The keys${TURNED}`,
  "attn.v_embedded": "The values, with a learned row for each token added.",
  "attn.value_embedding.weight":
    "A learned row for each token of the vocabulary, for the values of this block.",
  "attn.value_embedding.row": "Each token's own row, looked up by its id.",
  "attn.value_embedding": "Each token's own row, as far as the gate lets it through.",
  "attn.value_gate.raw": "How open each head's gate is, before it is brought between 0 and 1.",
  "attn.value_gate.open": "How open each head's gate is, from 0 to 1.",
  "attn.value_gate": "How much of a token's own row each head lets through.",
  "attn.scores": "How well each query fits each key: their product, scaled.",
  "attn.capped": "The scores, kept from growing too large.",
  "attn.masked": "No token looks ahead: the scores of what comes later are taken away.",
  "attn.weights":
    "Softmax makes shares of the scores left: how much each token looks at each. A row adds up to 1. Dropout, which sets some to 0 by chance, acts in training only: here is none.",
  attn: "What each head found: the values, each times its share, summed.",
  "attn.c_proj": "What all heads found, mixed into one vector a token, which attention brings to the stream.",
  "attn.c_proj.weight": "Learned: how what the heads found is mixed.",
  residual_1: "The stream, with what attention found added; the MLP adds to it next.",
  "mlp.c_fc.raw": "Each token's vector, made wider: each channel looks for a pattern of its own.",
  "mlp.c_fc": "The features that the MLP looks for, in each token by itself.",
  "mlp.c_fc.weight": "Learned: the patterns that the MLP looks for.",
  "mlp.gate": "The half of the wider vector that decides how much of the other half goes on.",
  "mlp.activated": "The gate, bent, of each token by itself: what is below 0 is nearly closed.",
  "mlp.up": "The half of the wider vector that goes through the gate, as far as that is open.",
  "mlp.gated": "What came through the gate.",
  "mlp.c_proj": "What the MLP makes of its features and brings to the stream, at the stream's width again.",
  "mlp.c_proj.weight": "Learned: what each pattern adds to the stream.",
  residual_2:
    "The stream, with what the MLP made added: the block after it reads it, or behind the last one the last norm.",
  "lm_head.weight": "A learned vector for each token of the vocabulary, to compare the stream with.",
  "logits.raw": "The scores of all tokens before they are kept from growing too large.",
  logits: "A score for each token of the vocabulary: how well it would come next.",
  probabilities: "The scores as shares that add up to 1: how probable each token is to come next.",
};

const STATISTICS: Readonly<Record<Statistic, string>> = {
  mean: "The mean of each vector, which the norm takes away from it.",
  rstd: "1 / spread of each vector: times this, it has the one scale.",
  max: "The largest of each row: softmax takes it away first, which changes no share.",
  sum: "The sum of e to the power of each cell of a row: divided by it, all together are 1.",
};

/** What a tensor is for, in a sentence. */
export function purposeOf(tensor: string): string | undefined {
  const name = tensor.replace(/^h\.\d+\./, "");
  const own = PURPOSES[name];
  if (own) return own;
  const statistic = statisticOf(name);
  if (statistic) return STATISTICS[statistic];
  if (/(ln_\w+|_norm)\.weight$/.test(name)) return "Learned: how strong each channel is after the norm.";
  if (name.endsWith(".bias")) return "Learned: what is added to each channel.";
  if (/\.weight$|lambda$/.test(name)) return "Learned in training.";
  return undefined;
}
