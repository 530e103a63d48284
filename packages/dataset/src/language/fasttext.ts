import { type Fasttext, loadFasttext } from "../fasttext/fasttext.js";
import type { LanguageIdentifier } from "./identifier.js";

/**
 * Identifies languages with a fastText model, given as it is or as the bytes of its file: lid.176 with its 176
 * languages, or any whose labels are languages. A language is what the model calls it, and line ends count as spaces.
 *
 * @throws FasttextFormatError
 */
export function fasttextLanguage(model: Fasttext | Uint8Array): LanguageIdentifier {
  const classifier = model instanceof Uint8Array ? loadFasttext(model) : model;
  return {
    languages: classifier.labels,
    identify(text) {
      const [best] = classifier.predict(text);
      return best ? { language: best.label, score: best.probability } : { language: "", score: 0 };
    },
  };
}
