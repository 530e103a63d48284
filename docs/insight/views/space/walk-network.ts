import { type Chapter, STREAM } from "./chapter.js";

/** Said of both kinds of networks, whose operations come in different places. */
const PICKS =
  "Each token picks its row of the [[table of token vectors|wte.weight]]. That row is all the network knows of a token before it has looked at the others.";

/** Said of logits, whether they are squeezed or not. */
const COMPARED =
  "Then the row is compared with a vector for every one of the {V} tokens: a high dot product means that this token fits.";

/** What comes before the first block. */
export const TO_THE_BLOCKS: readonly Chapter[] = [
  {
    title: "The whole network",
    short: "Overview",
    about: [],
    play: "layers",
    prose: [
      {
        about: [],
        words:
          "A text goes in on the left as [[token ids|ids]], runs down each column and on at the top of the next one, line by line as one reads, and behind the last one it comes to [[logits|logits]]: a number for every token that could be next, and to its probability. Nine chapters follow it on its way, part by part: On leads on, Back goes back.",
      },
      {
        where: ({ isShape }) => !isShape,
        about: ["h.0."],
        words:
          "In each column, what was learned stands on the left, the weights, and on the right what is computed from your text: sums and products of the numbers you see. Point at a cell to see of which. {scale}",
      },
      {
        where: ({ isShape }) => isShape,
        about: ["h.0."],
        words:
          "In each column, what is learned stands on the left, the weights, and on the right what is computed from a text: sums and products. This is only the shape of a network: no numbers are loaded, and none are computed. Point at a cell to see from which others it would be. {scale}",
      },
      {
        where: ({ isShape }) => !isShape,
        about: [STREAM],
        row: "last",
        words:
          "This network has {L block}, one column each. It reads {T token} here: a row of {C} numbers for each, all the way. Grey arrows show what goes into what.",
      },
      {
        where: ({ isShape, L, S }) => isShape && S === L,
        about: [STREAM],
        row: "last",
        words:
          "This network has {L block}, one column each. A text of {T} tokens is drawn, and each of them would be a row of {C} numbers all the way. Grey arrows show what goes into what.",
      },
      {
        where: ({ isShape, L, S }) => isShape && S < L,
        about: [STREAM],
        row: "last",
        words:
          "Of this network's {L} blocks {S} can be seen, one column each. A text of {T} tokens is drawn, and each of them would be a row of {C} numbers all the way. Grey arrows show what goes into what.",
      },
      {
        where: ({ isShape, isSorter }) => isSorter && !isShape,
        about: ["probabilities"],
        row: "last",
        words:
          "It has the shape of nano-gpt, and sorts letters: behind C B A B B C it writes A B B B C C, one at a time. The last row of the [[probabilities|probabilities]] says which comes next. Write six letters, press g six times, and see.",
      },
      {
        where: ({ isShape, isSorter }) => isSorter && isShape,
        words:
          "This is the shape of nano-gpt, which sorts letters: behind C B A B B C it writes A B B B C C, one letter at a time. The model sorter has the weights for it.",
      },
      {
        where: ({ isShape }) => !isShape,
        about: ["logits", "probabilities"],
        row: "last",
        words:
          "It can do one thing: say what comes next. To write, it puts a token behind the text and reads it all again. g does that once.",
      },
      {
        where: ({ isShape }) => isShape,
        about: ["logits", "probabilities"],
        row: "last",
        words:
          "A network of this shape can do one thing: say what comes next. To write, it puts a token behind the text and reads it all again.",
      },
    ],
  },
  {
    title: "From tokens to vectors",
    short: "Embedding",
    about: ["ids", "wte.weight", "wpe.weight", "embedding.token", "embedding"],
    play: "yes",
    prose: [
      {
        where: "wpe.weight",
        about: ["ids", "wte.weight", "embedding.token"],
        row: "picked",
        words: PICKS,
      },
      {
        where: "!wpe.weight",
        about: ["ids", "wte.weight", "embedding"],
        row: "picked",
        words: PICKS,
      },
      {
        about: ["wte.weight"],
        words:
          "Nobody wrote these {V} rows of {C}. They began as random numbers, and training moved them, until tokens that are used alike had rows that are alike.",
      },
      {
        where: "wpe.weight",
        about: ["embedding.token", "wpe.weight", "embedding"],
        words:
          "A second [[table|wpe.weight]] has a row for each position. Both are added: the [[embedding|embedding]] has one row for each [[position|@rows]], and its [[columns|@columns]] are called channels. Letters at the edges measure them: T and C.",
      },
      {
        where: "wpe.weight",
        about: ["wpe.weight"],
        words:
          "Without the second table attention would see which tokens came before, and hardly in what order.",
      },
      {
        where: ["!wpe.weight", "embedding.token"],
        about: ["embedding.token", "embedding"],
        words: "Before the first block reads them, they are brought to [[another size|embedding]].",
      },
      {
        where: ["!wpe.weight", "h.0.attn.rope"],
        words:
          "These rows are the [[embedding|embedding]]: one for each [[position|@rows]], and its [[columns|@columns]] are called channels. Letters at the edges measure them: T and C. Where a token stands is not in it yet: attention will turn queries and keys by their position.",
      },
      {
        where: ["!wpe.weight", "!h.0.attn.rope"],
        words:
          "These rows are the [[embedding|embedding]]: one for each [[position|@rows]], and its [[columns|@columns]] are called channels. Letters at the edges measure them: T and C. Where a token stands is not in it.",
      },
    ],
  },
];

/** All blocks, and what comes after the last one. */
export const FROM_THE_BLOCKS: readonly Chapter[] = [
  {
    title: "Block after block",
    short: "All blocks",
    about: ["h."],
    play: "layers",
    prose: [
      {
        where: ({ L }) => L > 1,
        about: ["h."],
        words:
          "The same two parts, attention and MLP, come again, {L} times in all, each time with weights of their own. What [[the first block|h.0.residual_2]] adds, later ones can read.",
      },
      {
        where: ({ L }) => L === 1,
        about: ["h."],
        words:
          "Here it ends after one block. In most networks the same two parts, attention and MLP, come again, each time with weights of their own, and later blocks can read what [[the first one|h.0.residual_2]] adds.",
      },
      {
        where: ({ S }) => S > 1,
        about: ["h.{last}.attn.weights", "h.{previous}.residual_2"],
        words:
          "So [[a head of a later block|h.{last}.attn.weights]] can look for what [[an earlier one has found|h.{previous}.residual_2]]: a token that repeats, the subject of a sentence. Together they go further than any one of them.",
      },
      {
        about: [],
        words:
          "GPT-2 has 12 such blocks in its smallest size, and GPT-3 has 96: choose a shape above to see how long the way is, or look at [[all sizes side by side|@sizes]].",
      },
    ],
  },
  {
    title: "Logits",
    about: ["ln_f", "lm_head.weight", "logits", "probabilities"],
    play: "yes",
    prose: [
      {
        words: "A [[last norm|ln_f]] brings each position's row to one size once more.",
      },
      {
        where: "!logits.raw",
        about: ["logits", "lm_head.weight"],
        words: `${COMPARED} These are the [[logits|logits]].`,
      },
      {
        where: "logits.raw",
        about: ["logits", "lm_head.weight"],
        words: `${COMPARED} Squeezed, so that none goes beyond a fixed size, these are the [[logits|logits]].`,
      },
      {
        where: "!lm_head.weight",
        words: "The vectors are those of the [[token table|wte.weight]] again.",
      },
      {
        where: "lm_head.weight",
        words: "The vectors have a [[table of their own|lm_head.weight]].",
      },
      {
        where: "probabilities",
        about: ["logits", "probabilities.max", "probabilities.sum"],
        words:
          "A softmax makes shares of each row, as it did for attention: [[the largest logit|probabilities.max]] is taken away, e is raised to each of them, and [[their sum|probabilities.sum]] is kept.",
      },
      {
        where: "probabilities",
        about: ["probabilities"],
        words:
          "Each power divided by the sum is a [[probability|probabilities]]. In training each row is a guess of the token after it: a base model learns from all of them, others from some.",
      },
      {
        where: ({ isShape, isSorter }) => isSorter && !isShape,
        about: ["probabilities"],
        row: "last",
        words:
          "Here each row from the sixth on gives nearly all to one letter: the smallest one that is not written yet. Behind C B A B B C that is A. So it sorts all 729 texts of six letters right.",
      },
      {
        about: ["logits", "probabilities"],
        row: "last",
        words:
          "To write, only the last row counts: one token is drawn by its probabilities and put behind the text. The view Sampling shows that draw, with temperature, top-k and top-p.",
      },
    ],
  },
];
