import type { SpaceState } from "./fields.js";
import type { Network } from "./shown.js";

/** The text as the model writes it on. */
export function written() {
  /** A text whose last token needs no pass: all before it fills the one that is shown. */
  let full: string | undefined;
  /** Whether the text has just got another token at its end. */
  let isLonger = false;
  return {
    /** Takes a text with another token. */
    take(text: string, { overview, info }: NonNullable<Network["pass"]>): void {
      const { ids, before } = overview;
      if (before === 0 && ids.length === info.blockSize) full = text;
      isLonger = full === undefined;
    },
    /** The last token was the pass's that is shown: now the end of the text is read. @returns whether there is one */
    readOn(text: string): boolean {
      const isFull = text === full;
      if (isFull) full = undefined;
      return isFull;
    },
    /** Whether the text needs no other pass. */
    isFull(values: SpaceState, former: SpaceState | undefined): boolean {
      const isFull = values.text === full && former?.model === values.model && former.shape === values.shape;
      if (!isFull) full = undefined;
      return isFull;
    },
    /** Whether its last token has come in since that was asked last. */
    hasNew(): boolean {
      const isNew = isLonger;
      isLonger = false;
      return isNew;
    },
  };
}
