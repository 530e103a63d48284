import { type Chapter, SCORED, STREAM } from "./chapter.js";

/** Said of several kinds of norms, and of MLPs. */
const STRETCHED = "stretched by [[a learned weight per channel|h.0.ln_1.weight]]";
const BEND =
  "A [[bend|h.0.mlp.c_fc]] lets some of these numbers through and stops others. Without it two matrices would be no more than one: MLP(x) =";
const EPSILON = "The small ε keeps it from dividing by 0.";

/** A norm behind a part of the block. */
const behind = (norm: string) => ({
  where: norm,
  about: [norm],
  words: `Before it is added, a [[norm|${norm}]] of its own brings it to one size.`,
});

/** Inside the first block. */
export const IN_A_BLOCK: readonly Chapter[] = [
  {
    title: "The norm",
    about: ["h.0.mix", "h.0.ln_1"],
    play: "yes",
    prose: [
      {
        where: "h.0.mix",
        about: ["h.0.mix"],
        words:
          "This block begins with a [[mix|h.0.mix]]: [[the stream|h.0.mix.residual]] times a learned number, and [[the embedding|h.0.mix.x0]] times another one. So no later block forgets the tokens themselves.",
      },
      {
        where: "h.0.ln_1.mean",
        about: ["h.0.ln_1.mean", "h.0.ln_1.rstd"],
        words:
          "Before a part of a block reads, every row is brought to one size. First its [[mean|h.0.ln_1.mean]] is taken, and how far its numbers are spread around it, which is kept as [[1 / spread|h.0.ln_1.rstd]]: of one [[row|@rows]] alone, of its {C} numbers, so no token learns of another one here.",
      },
      {
        where: "!h.0.ln_1.mean",
        about: ["h.0.ln_1.rstd"],
        words:
          "Before a part of a block reads, every row is brought to one size. First it is measured how far its numbers are from 0, which is kept as [[1 / spread|h.0.ln_1.rstd]]: of one [[row|@rows]] alone, of its {C} numbers, so no token learns of another one here.",
      },
      {
        where: ["h.0.ln_1.mean", "h.0.ln_1.weight", "h.0.ln_1.bias"],
        about: ["h.0.ln_1"],
        words: `Then the mean is taken away, the row is divided by its spread, ${STRETCHED}, and a [[bias|h.0.ln_1.bias]] is added. That is [[layer norm|h.0.ln_1]]: (x - mean) / √(variance + ε) · weight + bias. ${EPSILON}`,
      },
      {
        where: ["h.0.ln_1.mean", "h.0.ln_1.weight", "!h.0.ln_1.bias"],
        about: ["h.0.ln_1"],
        words: `Then the mean is taken away, and the row is divided by its spread and ${STRETCHED}. That is [[layer norm|h.0.ln_1]] without a bias: (x - mean) / √(variance + ε) · weight. ${EPSILON}`,
      },
      {
        where: ["h.0.ln_1.mean", "!h.0.ln_1.weight"],
        about: ["h.0.ln_1"],
        words: `Then the mean is taken away, and the row is divided by its spread. That is [[layer norm|h.0.ln_1]], here with nothing learned: (x - mean) / √(variance + ε). ${EPSILON}`,
      },
      {
        where: ["!h.0.ln_1.mean", "h.0.ln_1.weight"],
        about: ["h.0.ln_1"],
        words: `Then the row is divided by its spread and ${STRETCHED}. That is [[RMS norm|h.0.ln_1]]: x / √(mean of x² + ε) · weight. The mean is not taken away. ${EPSILON}`,
      },
      {
        where: ["!h.0.ln_1.mean", "!h.0.ln_1.weight"],
        about: ["h.0.ln_1"],
        words: `Then the row is divided by its spread. That is [[RMS norm|h.0.ln_1]], here with nothing learned: x / √(mean of x² + ε). The mean is not taken away. ${EPSILON}`,
      },
      {
        about: ["h.0.ln_1", "embedding", "h.0.mix", "h.0.mix.residual", "h.0.residual_1"],
        words:
          "Without it, numbers would grow from block to block, and training would not hold. What [[runs on past the block|embedding,h.0.residual_1]] is not normed: only [[what the block reads|h.0.ln_1]].",
      },
    ],
  },
  {
    title: "Queries, keys and values",
    short: "Q, K and V",
    about: [
      ...["h.0.attn.c_attn", "h.0.attn.q", "h.0.attn.k", "h.0.attn.v", "h.0.attn.rope"],
      ...["h.0.attn.q_rotated", "h.0.attn.k_rotated", "h.0.attn.q_norm_rotated", "h.0.attn.k_norm_rotated"],
    ],
    play: "yes",
    prose: [
      {
        about: ["h.0.attn.c_attn"],
        words:
          "One [[product with a matrix|h.0.attn.c_attn]] makes three things of each position: a [[query|h.0.attn.q]] (what it looks for), a [[key|h.0.attn.k]] (what it can be found by) and a [[value|h.0.attn.v]] (what it hands over).",
      },
      {
        about: ["h.0.ln_1", "h.0.attn.c_attn"],
        words:
          "A cell of it is a dot product: a row of {C} numbers times a column of {C} weights, each with each, summed. Most of what a network computes is this.",
      },
      {
        where: ({ H }) => H === 1,
        about: ["h.0.attn.q", "h.0.attn.k", "h.0.attn.v"],
        words:
          "All columns belong to one head here. Most networks share them out among several, each of which looks for something of its own.",
      },
      {
        where: ({ H }) => H > 1,
        about: ["h.0.attn.q", "h.0.attn.k", "h.0.attn.v"],
        words:
          "The columns are shared out among {H} heads of {D}, which stand behind each other here. Each head looks for something of its own.",
      },
      {
        where: "h.0.attn.rope",
        words:
          "Queries and keys are then [[turned|h.0.attn.q_rotated,h.0.attn.k_rotated,h.0.attn.q_norm_rotated,h.0.attn.k_norm_rotated]] by angles that [[grow with the position|h.0.attn.rope]], so that what counts is how far apart two tokens are.",
      },
      {
        where: "h.0.attn.q_norm",
        words:
          "Both are also brought to one size, each by a [[norm|h.0.attn.q_norm,h.0.attn.k_norm]] of its own.",
      },
      {
        where: ({ H, K }) => K < H,
        about: ["h.0.attn.k", "h.0.attn.v"],
        words:
          "There are keys and values for {K head} only: {G} heads of queries in a row share one of them, and less has to be kept.",
      },
    ],
  },
  {
    title: "Attention",
    about: ["h.0.attn.scores", "h.0.attn.capped", "h.0.attn.masked", "h.0.attn.weights"],
    play: "yes",
    prose: [
      {
        about: ["h.0.attn.scores"],
        words:
          "Every query is multiplied with every key: the [[scores|h.0.attn.scores]], one for each pair of positions. [[A row|@rows]] is the token that looks, [[a column|@columns]] the one that is looked at.",
      },
      {
        where: ({ isByRoot }) => !isByRoot,
        about: [SCORED, "h.0.attn.scores"],
        words:
          "A score is a sum of {D} products, times a fixed number: else long vectors would make large scores, and one token would take all.",
      },
      {
        where: ({ isByRoot }) => isByRoot,
        about: [SCORED, "h.0.attn.scores"],
        words:
          "A score is a sum of {D} products, divided by √{D}: else long vectors would make large scores, and one token would take all. In one line: softmax(Q Kᵀ / √{D}) V.",
      },
      {
        where: "h.0.attn.capped",
        words:
          "Scores are then [[squeezed|h.0.attn.capped]] a little, so that none goes beyond a fixed size.",
      },
      {
        where: ({ T, N }) => T > 1 && N === 0,
        words:
          "No token may see what comes after it, so the upper right is [[masked|h.0.attn.masked]]: -∞ stands there.",
      },
      {
        where: ({ N }) => N > 0,
        words:
          "No token may see what comes after it, so the upper right is [[masked|h.0.attn.masked]]: -∞ stands there. In this block none sees more than {N token} either, itself among them, so the lower left is masked, too.",
      },
      {
        where: ({ T }) => T === 1,
        words:
          "No token may see what comes after it: its score would be [[masked|h.0.attn.masked]] with -∞. Here is one token only, and nothing comes after it.",
      },
      {
        about: ["h.0.attn.masked", "h.0.attn.weights.max"],
        words:
          "A score can be any number. A softmax makes shares of each row, in three steps. First it takes [[the largest score of the row|h.0.attn.weights.max]] away from all of them. That changes no share: it keeps what comes next from growing too large.",
      },
      {
        about: ["h.0.attn.masked", "h.0.attn.weights.max", "h.0.attn.weights.sum"],
        words:
          "Then e is raised to each of them. The largest becomes 1, all others become less, but none becomes less than 0. e to the power of -∞ is 0: a token that is masked gets nothing. [[Their sum|h.0.attn.weights.sum]] is kept, one number for each row.",
      },
      {
        about: ["h.0.attn.weights"],
        words:
          "Last, each power is divided by the sum of its row. These shares are the [[weights|h.0.attn.weights]]: all of a row are 1 together, and a large one says that this token is looked at.",
      },
      {
        where: ({ T, N }) => T > 1 && N === 0,
        row: "growing",
        about: ["h.0.attn.weights"],
        words:
          "The first token can only look at itself, so its weight is 1. Each row has one token more to share it with.",
      },
      {
        where: ({ T }) => T === 1,
        row: "growing",
        about: ["h.0.attn.weights"],
        words: "The only token here can only look at itself, so its weight is 1.",
      },
      {
        where: ({ isShape, isSorter }) => isSorter && !isShape,
        row: "last",
        about: ["h.0.attn.weights"],
        words:
          "To sort, this network has to know how many of each letter there are, and how many are written. Look along the last row of each head: which letters does it look at, and at how many of them at once?",
      },
    ],
  },
  {
    title: "What attention brings",
    short: "Its findings",
    about: ["h.0.attn", "h.0.attn.c_proj", "h.0.ln_1_post", "h.0.residual_1"],
    play: "yes",
    prose: [
      {
        words:
          "Each position takes the mean of the values, by its weights: [[that is what attention found|h.0.attn]]. It is the only place where something goes from one token to another.",
      },
      {
        where: ({ H }) => H === 1,
        about: ["h.0.attn.c_proj"],
        words:
          "A [[matrix|h.0.attn.c_proj.weight]] mixes what the head has found, and the [[result|h.0.attn.c_proj]] is added to what was there before.",
      },
      {
        where: ({ H }) => H > 1,
        about: ["h.0.attn.c_proj"],
        words:
          "The {H} heads stand side by side again. A [[matrix|h.0.attn.c_proj.weight]] mixes what they have found, and the [[result|h.0.attn.c_proj]] is added to what was there before.",
      },
      behind("h.0.ln_1_post"),
      {
        about: [STREAM],
        words:
          "That sum is called the [[residual stream|h.0.residual_1]]: it runs through all blocks, and each part only adds to it. A part that has nothing to say adds almost nothing, and in training every block gets its share of the gradient by this short way.",
      },
    ],
  },
  {
    title: "The MLP",
    about: ["h.0.ln_2", "h.0.mlp", "h.0.ln_2_post", "h.0.residual_2"],
    play: "yes",
    bend: ["h.0.mlp.activated", "h.0.mlp.c_fc"],
    prose: [
      {
        where: "h.0.ln_2",
        about: ["h.0.ln_2"],
        words:
          "Attention moves things between tokens. Here every position works by itself, on what it has now, brought to one size by a [[norm|h.0.ln_2]] again.",
      },
      {
        where: "!h.0.ln_2",
        about: ["h.0.ln_1"],
        words:
          "Attention moves things between tokens. Here every position works by itself, on the same [[normed rows|h.0.ln_1]] that attention reads: both work side by side.",
      },
      {
        where: "!h.0.mlp.gate",
        about: ["h.0.mlp.c_fc.raw", "h.0.mlp.c_fc.weight", "h.0.mlp.c_fc.bias"],
        words:
          "A matrix, [[W₁|h.0.mlp.c_fc.weight]], makes its row of {C} a [[hidden row|h.0.mlp.c_fc.raw]] of {M}.",
      },
      {
        where: "h.0.mlp.gate",
        about: ["h.0.mlp.c_fc"],
        words:
          "A matrix, [[W₁|h.0.mlp.c_fc.weight]], makes its row of {C} a row of {W}: two [[hidden rows|h.0.mlp.c_fc]] of {M}, side by side.",
      },
      {
        where: ["!h.0.mlp.gate", "h.0.mlp.c_fc.bias"],
        about: ["h.0.mlp.c_fc.raw", "h.0.mlp.c_fc"],
        words: `${BEND} bend(x W₁ + b₁) W₂ + b₂.`,
      },
      {
        where: ["!h.0.mlp.gate", "!h.0.mlp.c_fc.bias"],
        about: ["h.0.mlp.c_fc.raw", "h.0.mlp.c_fc"],
        words: `${BEND} bend(x W₁) W₂.`,
      },
      {
        where: "h.0.mlp.gate",
        about: ["h.0.mlp.gate", "h.0.mlp.activated", "h.0.mlp.up", "h.0.mlp.gated"],
        words:
          "A bend lets some numbers through and stops others. One half, the [[gate|h.0.mlp.gate]], is [[bent|h.0.mlp.activated]], and [[the other half|h.0.mlp.up]] is [[multiplied with it|h.0.mlp.gated]].",
      },
      {
        about: ["h.0.mlp.c_proj"],
        words:
          "A second matrix, [[W₂|h.0.mlp.c_proj.weight]], brings it [[back to {C}|h.0.mlp.c_proj]]. As a rule most weights of a block are in these two: much of what a model knows by heart is kept there.",
      },
      behind("h.0.ln_2_post"),
      {
        about: ["h.0.residual_1", "h.0.residual_2"],
        words: "The result is [[added to the stream|h.0.residual_2]] again.",
      },
    ],
  },
];
