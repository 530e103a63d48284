import { latest } from "./latest.js";
import { isSpace } from "./python.js";
import type { CutWords } from "./words.js";

/**
 * Cuts words as Unicode's segmentation has it (`Intl.Segmenter`), which knows where words end in languages that put no
 * spaces between them: Chinese, Japanese and Thai by a dictionary. What it finds depends on the ICU of the runtime; so
 * does what a filter decides that counts such words.
 */
export function segmentWords(language: string): CutWords {
  const segmenter = new Intl.Segmenter(language, { granularity: "word" });
  return latest((text) => {
    const words: string[] = [];
    for (const { segment } of segmenter.segment(text)) {
      if (!isSpace(segment.charCodeAt(0))) words.push(segment);
    }
    return words;
  });
}
