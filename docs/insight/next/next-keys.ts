import type { Key } from "../keys.js";

/** What keys do with the next token. */
export interface NextActions {
  /** Puts the most probable token behind the text. */
  putFirst(): void;
  /** Puts the token behind it that is drawn. */
  putDrawn(): void;
}

export const nextKeys = ({ putFirst, putDrawn }: NextActions): Key[] => [
  { key: "g", does: "puts the most probable token behind the text", run: putFirst },
  { key: "t", does: "draws a token and puts it behind the text", run: putDrawn },
];
