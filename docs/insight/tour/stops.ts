/** A stop of the story: a state of a view, and what there is to see. */
export interface Stop {
  readonly title: string;
  /** The chapter of its stage, and the stage's place among the seven. */
  readonly stage: number;
  readonly chapter: string;
  readonly view: string;
  /**
   * Fields of the view that are not as usual, as a link writes them. "{text}" is the running text.
   */
  readonly state: Readonly<Record<string, string>>;
  /** What it is about in the view, as a selector. */
  readonly part: string;
  /**
   * Sentences. {name} is a fact that the view tells, {name:2} with so many decimals, {name:%} as a share, {name:token} as
   * "1 token" or "2 tokens". One whose facts are not all known is left out: before they are computed, or where only a run of
   * the reader's has them. A button is called as it is in the view, with its key, as in "Draw (d)": where there are no keys,
   * that is left out.
   */
  readonly words: readonly string[];
  /** What the story adds where a walk within the view has come to a part. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
}

/** In order: from a page to an answer, through all seven stages. */
export const STOPS: readonly Stop[] = [
  {
    title: "A page",
    stage: 1,
    chapter: "pretraining-data",
    view: "data",
    state: { at: "0" },
    part: ".data-funnel",
    words: [
      "A crawl brings pages as they are, with menus, banners and copies: here {documents}. This is the story of one of them, {page}.",
      "Every step of the funnel measures each page, and lets it through or not. {kept} of {documents} are kept.",
      "Your run was given {runDocuments} documents. {runKept} were kept: the story begins with them.",
      "It wrote down {runDropped} that it dropped; the first of them here is {runPage}.",
    ],
  },
  {
    title: "A document",
    stage: 1,
    chapter: "pretraining-data",
    view: "data",
    state: { at: "0", step: "minhashDedup" },
    part: ".data-verdicts",
    words: [
      "What is left of the page is a document: its {before} characters came with a frame around the article, and {after} of them are text.",
      "Each check stands below with what it measured and its limit. Move a threshold, and see who stays.",
      "The same article came from other addresses too. {duplicates} near-duplicates are dropped, so that a model does not read one text again and again.",
      "Of what your run dropped, {runPage} left at the step {runStep}: {runMetric} is {runValue} there, and the limit {runLimit}.",
    ],
  },
  {
    title: "Tokens",
    stage: 2,
    chapter: "tokenisation",
    view: "tokens",
    state: { text: "{text}" },
    part: ".token-columns",
    words: [
      "A network takes numbers. {bytes:byte} became {tokens:token} of {vocabulary}: {pieces}.",
      "Nobody wrote that list. Neighbours that often stand together were joined, again and again; the film below does it on this text: press Play (p).",
    ],
  },
  {
    title: "Training",
    stage: 3,
    chapter: "training",
    view: "training",
    state: { prompt: "{text}", steps: "100" },
    part: ".training-run",
    words: [
      "A network begins by knowing nothing. Press Start (s), and one learns in this page, {steps:step}, by guessing the next token of a text.",
      "All tokens alike would be ln V = {uniform:2} nats. After {step:step} the loss is {loss:2}; to count which token follows which comes to {bigram:2}.",
      "Below stands how it goes on with the story's text, and how that gets better.",
      "The log of your run goes from {logFirst:2} nats to {logLast:2} in {logSteps:step}: its line is in the picture.",
    ],
  },
  {
    title: "Attention",
    stage: 4,
    chapter: "network-internals",
    view: "inside",
    state: { text: "{text}" },
    part: ".block-place",
    words: [
      "The text, {tokens:token}, runs through {layers:layer} of a trained network, each a block such as this one, with {heads:head} in all.",
      "On (>) goes through the block, one part after the other. A press on a part opens it large, and each of its numbers can be asked where it comes from.",
    ],
    parts: {
      token: [
        "The text comes in here. A token's row is the same wherever it stands, and whatever stands around it.",
      ],
      place: ["Nothing in a token's row says where it stands; this row does."],
      "+into": ["From here on there is one row for each token. Every block reads it, and adds to it."],
      into: ["Here the block begins: one row for each token, which it reads, and adds to."],
      norm1: ["A block has two halves. Each begins with a norm, so that no row is louder than the others."],
      query: ["In each of its heads every token has a query, a key and a value: this is one head."],
      key: ["A query meets the keys of all tokens: who looks, and who is found."],
      value: ["A key says whether a token is looked at; its value is what is then taken along."],
      scores: ["Here tokens meet for the first time in this block: one number for each pair of them."],
      masked: ["The model learns to guess what comes next, so it must not see what comes next."],
      weights: [
        'In block {layer}, head {head}, the last token "{last}" looks most at "{looked}", with {weight:%} of its attention.',
      ],
      found: [
        "Now a row holds something of the tokens that it looks at. Every other head looks in a way of its own.",
      ],
      mixed: ["Each head has found something of its own; here it all comes together again."],
      attended: ["This is all that the first half of the block has to say."],
      "+middle": [
        "Nothing is replaced: the row of a token grows, block by block, into what the model knows of it.",
      ],
      norm2: ["The second half begins as the first one did."],
      wide: ["Tokens have met in attention. From here on each is by itself again."],
      up: ["Two halves, one of which lets the other through: many models of today are built so."],
      made: ["The row is as wide as the stream again."],
      fed: ["This is all that the second half of the block has to say."],
      "+out": ["That was one block. Every other one does the same, with weights of its own."],
      final: ["Behind the last block only one question is left: which token comes next?"],
      logits: ["Only the last token's row says what comes next; the others have it in the text already."],
      next: ["Below the picture stand all tensors, cell by cell, and the maps of attention of every head."],
    },
  },
  {
    title: "Logits",
    stage: 4,
    chapter: "network-internals",
    view: "space",
    state: { text: "{text}" },
    part: ".space-columns",
    words: [
      "This is all of it: {tensors} tensors, {weights} learned numbers. At its end come the logits, one for each of {vocabulary} tokens, and their probabilities.",
      'The highest of the last row belongs to "{best}". On (Space), in the walk, goes there part by part: embedding, norm, queries, keys and values, attention, MLP, block after block, logits. Back, beside it, goes back.',
    ],
  },
  {
    title: "A word",
    stage: 5,
    chapter: "inference",
    view: "sampling",
    state: { text: "{text}" },
    part: ".sampling-draw",
    words: [
      "The logits become probabilities of {vocabulary} tokens. Temperature, top-k and top-p leave {left} to draw from.",
      'The random number {u:4} falls on "{drawn}", which has {p:%} of what is left. Press Draw (d): it is put behind the text, and the next one is drawn from there.',
    ],
  },
  {
    title: "A base model",
    stage: 6,
    chapter: "base-models",
    view: "before",
    state: { text: "{text}" },
    part: 'section[aria-label="The model"]',
    words: [
      "A model that goes on with any text knows which texts are likely. This one needs {bits:2} bits a byte, where pairs of tokens, counted, need {bigramBits:2}.",
      'It expected "{hardest}" least: {hardestBits:1} bits. Write a text that you think it knows, and one that it cannot know.',
    ],
  },
  {
    title: "An answer",
    stage: 7,
    chapter: "post-training",
    view: "before",
    state: { part: "models" },
    part: ".token-columns",
    words: [
      'Asked "{question}", a small base model goes on with "{assistantFirst}". Conversations make an assistant of such a model, and rewards a better one: the {last} model says "{assistantLast}". It was made for sums. The base model of this site, which told the story so far, would go on and answer nothing: choose it under "Compared", or make an assistant in chapter 7, in its page.',
      'Behind the text the base model {first} wrote "{siteFirst}", and {last} "{siteLast}". It goes on, and answers nothing.',
      'Asked "{question}", the {first} model of your run goes on with "{runFirst}".',
      'Its {last} model says "{runLast}".',
      'The next token "{changed}" has {changedFirst:%} for the model {first}, and {changedLast:%} for the model {last}.',
    ],
  },
];
