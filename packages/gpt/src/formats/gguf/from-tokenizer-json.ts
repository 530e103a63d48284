import { WeightsError } from "../../errors.js";
import type { GGUFTokenizer } from "./tokenizer.js";

export function fromTokenizerJson(
  _text: string,
  _model: { vocabSize: number; endOfText: number | undefined },
): GGUFTokenizer {
  throw new WeightsError("not yet");
}
