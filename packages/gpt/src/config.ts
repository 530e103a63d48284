/** What a GPT is made of. Field names are those of the literature and of nanoGPT; every default is GPT-2's. */
export interface GptConfig {
  /** Number of token ids: rows of the embedding, columns of the logits. */
  vocabSize: number;
  /** The most positions one sequence may have (GPT-2: 1,024). */
  blockSize: number;
  /** Transformer blocks. */
  nLayer: number;
  /** Query heads per block. */
  nHead: number;
  /** Width of the residual stream. */
  nEmbd: number;

  /** Key and value heads, each shared by nHead / nKvHead query heads (Ainslie et al., 2023). Default nHead. */
  nKvHead?: number;
  /** Width of a head. Default nEmbd / nHead. */
  headDim?: number;

  /** LayerNorm, or RMSNorm, which subtracts no mean (Zhang and Sennrich, 2019). Default "layer". */
  norm?: "layer" | "rms";
  /** Added to the variance in a norm. Default 1e-5. */
  normEps?: number;
  /** Whether norms have weights. Default true. */
  normWeight?: boolean;
  /** Norms multiply by weight + normOffset; Gemma's is 1. Default 0. */
  normOffset?: number;
  /** A norm right after the embedding, without weights, as in nanochat. Default false. */
  embeddingNorm?: boolean;
  /** A norm at the end of each branch too, before it is added (Gemma 2). Default false. */
  postNorm?: boolean;
  /** Attention and MLP read the same norm, and both are added at once (Phi). Default false. */
  parallel?: boolean;

  /** How a token learns where it stands; one for all layers or one each. "learned" is for all. Default "learned". */
  position?: "learned" | "rope" | "none" | readonly ("rope" | "none")[];
  /** Rotary position embedding, where `position` has it; one for all layers or one each. */
  rope?: Rope | readonly Rope[];

  /** A norm of each query and key, over the head's width, before or after the rotation. Default "none". */
  qkNorm?: "none" | "before-rope" | "after-rope";
  /** Queries and keys are multiplied by it after their norm. Default 1. */
  qkScale?: number;
  /** What q.k is multiplied by. Default 1 / sqrt(headDim). */
  attentionScale?: number;
  /** Scores become cap tanh(score / cap). Default 0: none. */
  attentionSoftcap?: number;
  /** Positions a query sees, its own included, for all layers or each; 0 sees all. Default 0. */
  windows?: number | readonly number[];

  /**
   * Whether values get a row of a table (vocabSize, nKvHead headDim) by the token's id, each head's share gated by the first
   * 12 channels of what attention reads, as in nanochat; for all layers or each. Default false.
   */
  valueEmbeddings?: boolean | readonly boolean[];
  /** Each block begins with a x + b x0, where x0 is the embedding and a and b are learned, as in nanochat. Default false. */
  residualScalars?: boolean;

  /** "gelu" is the tanh form GPT-2's weights want, "gelu-erf" the exact one nanoGPT trains with. Default "gelu". */
  activation?: "gelu" | "gelu-erf" | "relu2" | "silu";
  /** "gated" is activation(x A) * x B (Shazeer, 2020). Defaults: "plain", and a width of 4 nEmbd. */
  mlp?: { kind?: "plain" | "gated"; width?: number };
  /** Biases everywhere, nowhere, or by place. Default true, which leaves the head without, as in GPT-2. */
  bias?: boolean | Partial<Biases>;

  /** Embeddings are multiplied by it. Default 1. */
  embeddingScale?: number;
  /** Whether the output head is the embedding table itself. Default true. */
  tied?: boolean;
  /** Logits become cap tanh(logit / cap). Default 0: none. */
  softcap?: number;

  /** The law of new weights: GPT-2's, or nanochat's, where a new block adds nothing yet. Default "gpt2". */
  init?: "gpt2" | "nanochat";
  /** Share dropped of the embedding, of attention's weights and of each branch's result, in training only. Default 0. */
  dropout?: number;
  /** Id of the token that ends a text, carried to and from `config.json` for the tools that look for it. */
  endOfText?: number;
}

/** Which places have biases. */
export interface Biases {
  /** LayerNorms. */
  norm: boolean;
  /** The projection to queries, keys and values. */
  qkv: boolean;
  /** The projection at the end of attention. */
  attention: boolean;
  /** Both projections of the MLP. */
  mlp: boolean;
  /** The output head. */
  head: boolean;
}

/** Rotary position embedding (Su et al., 2021), and how its frequencies are stretched for longer contexts. */
export interface Rope {
  /** The frequencies are base^(-2i / rotaryDim). Default 10,000. */
  base?: number;
  /** How many columns of a head are rotated. Default headDim. */
  rotaryDim?: number;
  /** Neighbouring columns make pairs, as in GPT-J; otherwise i and i + rotaryDim / 2. Default false. */
  interleaved?: boolean;
  /** Default: none. */
  scaling?: RopeScaling;
}

/** A checked {@link Rope} with nothing left open. */
export type CompleteRope = Readonly<Required<Omit<Rope, "scaling">> & Pick<Rope, "scaling">>;

/** How frequencies are stretched, by transformers' names. */
export type RopeScaling =
  | { type: "linear"; factor: number }
  | {
      /** Only frequencies of long waves are divided by `factor` (Llama 3.1). */
      type: "llama3";
      factor: number;
      lowFreqFactor: number;
      highFreqFactor: number;
      originalBlockSize: number;
    }
  | {
      /** Peng et al., 2023. */
      type: "yarn";
      factor: number;
      originalBlockSize: number;
      betaFast?: number;
      betaSlow?: number;
      /** What cosines and sines are multiplied by. Default 0.1 ln(factor) + 1. */
      attentionFactor?: number;
      /** Whether the borders between stretched and kept frequencies are whole numbers. Default true. */
      truncate?: boolean;
    }
  | {
      /** Each frequency is divided by a factor of its own, which depends on whether the context outgrew the original one. */
      type: "longrope";
      shortFactor: readonly number[];
      longFactor: readonly number[];
      originalBlockSize: number;
      /** What cosines and sines are multiplied by. Default sqrt(1 + ln(factor) / ln(originalBlockSize)). */
      attentionFactor?: number;
    };

/** A checked {@link GptConfig} with nothing left open: what may differ by layer is a list. */
export interface CompleteGptConfig
  extends Readonly<
    Required<
      Omit<GptConfig, "endOfText" | "mlp" | "bias" | "position" | "rope" | "windows" | "valueEmbeddings">
    >
  > {
  readonly mlp: { readonly kind: "plain" | "gated"; readonly width: number };
  readonly bias: Readonly<Biases>;
  readonly position: "learned" | readonly ("rope" | "none")[];
  /** Of each layer, where any rotates. */
  readonly rope: readonly CompleteRope[];
  /** Of each layer. */
  readonly windows: readonly number[];
  /** Of each layer. */
  readonly valueEmbeddings: readonly boolean[];
  readonly endOfText?: number;
}
