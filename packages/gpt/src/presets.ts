const gpt2 = { vocabSize: 50_257, blockSize: 1024, endOfText: 50_256 } as const;

/**
 * Ready configurations: the four published GPT-2 sizes (Radford et al., 2019) and nanoGPT's two
 * character-level Shakespeare recipes (65 characters, no biases). `modern(depth)` makes nanochat's, of any size.
 */
export const presets = {
  gpt2: { ...gpt2, nLayer: 12, nHead: 12, nEmbd: 768 },
  "gpt2-medium": { ...gpt2, nLayer: 24, nHead: 16, nEmbd: 1024 },
  "gpt2-large": { ...gpt2, nLayer: 36, nHead: 20, nEmbd: 1280 },
  "gpt2-xl": { ...gpt2, nLayer: 48, nHead: 25, nEmbd: 1600 },
  "shakespeare-char-cpu": {
    vocabSize: 65,
    blockSize: 64,
    nLayer: 4,
    nHead: 4,
    nEmbd: 128,
    activation: "gelu-erf",
    bias: false,
  },
  "shakespeare-char-gpu": {
    vocabSize: 65,
    blockSize: 256,
    nLayer: 6,
    nHead: 6,
    nEmbd: 384,
    activation: "gelu-erf",
    bias: false,
    dropout: 0.2,
  },
} as const;
