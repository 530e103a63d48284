const MODEL = "the model is the first word, as in sample <model> generate";
const CONTEXT = "the context is the model's own; generate --context-shift goes on behind its end";
const LAYERS = "a model is not split: --engine says what computes all of it";
const BATCH = "prompts are read in pieces of a fitting size: leave it out";
const CHAT = "a chat is a command of its own: sample <model> chat";
const WEIGHTS = "weights are read into memory: leave it out, or take less of it with --dtype";

/** llama.cpp's options that there are none of here, and what there is instead. */
export const llamaCppOptions = {
  "-m": MODEL,
  "--model": MODEL,
  "-hf": "download the model's folder first: it is the first word, as in sample <model> generate",
  "-c": CONTEXT,
  "--ctx-size": CONTEXT,
  "-ngl": LAYERS,
  "--gpu-layers": LAYERS,
  "--n-gpu-layers": LAYERS,
  "-b": BATCH,
  "--batch-size": BATCH,
  "-ub": BATCH,
  "--ubatch-size": BATCH,
  "-cnv": CHAT,
  "--conversation": CHAT,
  "-i": CHAT,
  "--interactive": CHAT,
  "-sys": "it is --system-prompt, of sample <model> chat",
  "-np": "it is --parallel, of sample <model> serve",
  "-to": "it is --timeout, of sample <model> serve",
  "--n-predict": "it is -n or --predict",
  "--samplers": "the order of stages is llama.cpp's own: leave it out",
  "--mlock": WEIGHTS,
  "--no-mmap": WEIGHTS,
} as const;
