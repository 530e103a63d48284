import { cellWords, type TokenTexts } from "../../cell-words.js";
import { element } from "../../element.js";
import { purposeOf } from "../../purposes.js";

/** A cell's place in words, where there is a text, and what its tensor is for. */
export function cellPlace(tensor: string, index: number[], texts: TokenTexts | undefined): readonly Node[] {
  const place = texts && cellWords(tensor, index, texts);
  const purpose = document.createTextNode(purposeOf(tensor) ?? "");
  return place ? [element("b", {}, `${place}. `), purpose] : [purpose];
}
