/** A stop of the walk through the network. */
export interface Chapter {
  readonly title: string;
  /** Tensors that it is about, by the starts of their names; empty: all. */
  readonly about: readonly string[];
  /** How its operations follow each other when it is opened: one by one, or with a step for each layer. */
  readonly play: "yes" | "layers";
  /** Paragraphs. [[words|names]] is a link to the tensors of these names, [[words|@rows]] and [[words|@columns]] to an axis. */
  readonly prose: readonly Paragraph[];
}

interface Paragraph {
  readonly words: string;
  /** Stands only where the model has this tensor; "!" before it: only where it has not. */
  readonly where?: string;
}

/** A piece of a paragraph. */
export interface Piece {
  readonly words: string;
  /** Tensors, or an axis of those that the chapter is about. */
  readonly tensors?: readonly string[];
  readonly axis?: "rows" | "columns";
}

export const CHAPTERS: readonly Chapter[] = [
  {
    title: "The whole network",
    about: [],
    play: "layers",
    prose: [
      {
        words:
          "A text goes in at the top as [[token ids|ids]], and at the bottom come [[logits|logits]]: a number for every token that could be next. Everything between is sums and products of the numbers you see.",
      },
      {
        words:
          "On the left stands what was learned, the weights. On the right stands what is computed from your text. Every row follows from rows above it. Point at a cell to see from which.",
      },
    ],
  },
  {
    title: "From tokens to vectors",
    about: ["ids", "wte.weight", "wpe.weight", "embedding"],
    play: "yes",
    prose: [
      {
        words:
          "Each token picks its row of the [[table of token vectors|wte.weight]]. That row is all the network knows of a token before it has looked at the others.",
      },
      {
        where: "wpe.weight",
        words:
          "A second [[table|wpe.weight]] has a row for each position. Both are added: the [[embedding|embedding]] has one row for each [[position|@rows]], and its [[columns|@columns]] are called channels.",
      },
      {
        where: "!wpe.weight",
        words:
          "These rows are the [[embedding|embedding]]: one for each [[position|@rows]], and its [[columns|@columns]] are called channels. Where a token stands is not in it yet: attention will turn queries and keys by their position.",
      },
    ],
  },
  {
    title: "The norm",
    about: ["h.0.ln_1"],
    play: "yes",
    prose: [
      {
        words:
          "Before a part of a block reads, every row is brought to one size: divided by how far its numbers are spread, which is kept as [[1 / spread|h.0.ln_1.rstd]], then stretched by [[a learned weight per channel|h.0.ln_1.weight]]. That is the [[norm|h.0.ln_1]].",
      },
      {
        where: "h.0.ln_1.mean",
        words: "Layer norm also takes the [[mean|h.0.ln_1.mean]] away and adds a [[bias|h.0.ln_1.bias]].",
      },
      {
        words: "Without it, numbers would grow from block to block, and training would not hold.",
      },
    ],
  },
  {
    title: "Queries, keys and values",
    about: ["h.0.attn.c_attn", "h.0.attn.q", "h.0.attn.k", "h.0.attn.v", "h.0.attn.rope"],
    play: "yes",
    prose: [
      {
        words:
          "One [[product with a matrix|h.0.attn.c_attn]] makes three things of each position: a [[query|h.0.attn.q]] (what it looks for), a [[key|h.0.attn.k]] (what it can be found by) and a [[value|h.0.attn.v]] (what it hands over).",
      },
      {
        words:
          "The columns are shared out among heads, which stand behind each other here. Each head looks for something of its own.",
      },
      {
        where: "h.0.attn.rope",
        words:
          "Queries and keys are then [[turned|h.0.attn.q_rotated,h.0.attn.k_rotated]] by angles that [[grow with the position|h.0.attn.rope]], so that what counts is how far apart two tokens are.",
      },
    ],
  },
  {
    title: "Attention",
    about: ["h.0.attn.scores", "h.0.attn.masked", "h.0.attn.weights"],
    play: "yes",
    prose: [
      {
        words:
          "Every query is multiplied with every key: the [[scores|h.0.attn.scores]], one for each pair of positions. [[A row|@rows]] is the token that looks, [[a column|@columns]] the one that is looked at.",
      },
      {
        words:
          "No token may see what comes after it, so the upper right is [[masked|h.0.attn.masked]]. A softmax then makes [[weights|h.0.attn.weights]] of each row: none below 0, all together 1.",
      },
    ],
  },
  {
    title: "What attention brings",
    about: ["h.0.attn", "h.0.attn.c_proj", "h.0.residual_1"],
    play: "yes",
    prose: [
      {
        words:
          "Each position takes the mean of the values, by its weights: [[that is what attention found|h.0.attn]]. A [[matrix|h.0.attn.c_proj.weight]] mixes what the heads have found, and the result is added to what was there before.",
      },
      {
        words:
          "That sum is called the [[residual stream|h.0.residual_1]]: it runs through all blocks, and each part only adds to it.",
      },
    ],
  },
  {
    title: "The MLP",
    about: ["h.0.ln_2", "h.0.mlp", "h.0.residual_2"],
    play: "yes",
    prose: [
      {
        words:
          "Here every position works by itself. A [[matrix|h.0.mlp.c_fc.weight]] makes its row several times wider, a bend lets some of these numbers through and stops others, and a [[second matrix|h.0.mlp.c_proj.weight]] brings it back.",
      },
      {
        where: "h.0.mlp.gate",
        words: "One half of the wide row is a [[gate|h.0.mlp.gate]] for the [[other|h.0.mlp.up]].",
      },
      {
        words:
          "Most weights of a language model are in these two matrices. The result is [[added to the stream|h.0.residual_2]] again.",
      },
    ],
  },
  {
    title: "Block after block",
    about: ["h."],
    play: "layers",
    prose: [
      {
        words:
          "The same two parts, attention and MLP, come again and again, each time with weights of their own. What [[the first block|h.0.residual_2]] adds, later ones can read.",
      },
      {
        words:
          "GPT-2 has 12 such blocks in its smallest size, and GPT-3 has 96: choose a shape above to see how long the way is, or all sizes side by side.",
      },
    ],
  },
  {
    title: "Logits",
    about: ["ln_f", "lm_head.weight", "logits"],
    play: "yes",
    prose: [
      {
        words:
          "After a [[last norm|ln_f]], each position's row is compared with a vector for every token of the vocabulary: a high product means that this token fits. These are the [[logits|logits]].",
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
        words:
          "Only the last row counts for what comes next: a softmax makes probabilities of it, and one token is drawn. The view Sampling goes on from there.",
      },
    ],
  },
];

/** Whether a chapter is about this tensor: it, or what belongs to it. */
export function isAbout({ about }: Chapter, tensor: string): boolean {
  return about.length === 0 || about.some((name) => tensor === name || isPartOf(tensor, name));
}

/** "h.0.attn.q" has the part "h.0.attn.q_rotated", "h.0.ln_1" has "h.0.ln_1.mean"; "h.0.attn" alone has none that attention reads. */
function isPartOf(tensor: string, name: string): boolean {
  if (!tensor.startsWith(name)) return false;
  if (name === "h.0.attn") return false;
  return name.endsWith(".") || /^[._]/.test(tensor.slice(name.length));
}

/** The paragraphs of a chapter for a model with these tensors, in pieces. */
export function proseOf({ prose }: Chapter, tensors: ReadonlySet<string>): Piece[][] {
  const isHere = ({ where }: Paragraph) =>
    where === undefined || (where.startsWith("!") ? !tensors.has(where.slice(1)) : tensors.has(where));
  return prose.filter(isHere).map(({ words }) => pieces(words, tensors));
}

function pieces(words: string, tensors: ReadonlySet<string>): Piece[] {
  return words.split(/(\[\[.*?\]\])/).map((part) => {
    const [, shown, names] = /^\[\[(.*)\|(.*)\]\]$/.exec(part) ?? [];
    if (names === undefined) return { words: part };
    if (names === "@rows" || names === "@columns") {
      return { words: shown!, axis: names === "@rows" ? ("rows" as const) : ("columns" as const) };
    }
    return { words: shown!, tensors: names.split(",").filter((name) => tensors.has(name)) };
  });
}
