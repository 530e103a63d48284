/** Guesses how a row's text goes on. A wrong guess costs time, and never changes the text. */
export interface Drafter {
  /**
   * At most `most` ids that may follow the row's text as it is now; none where there is no guess.
   * @param from where in the text the model's context begins
   */
  draft(most: number, from: number): readonly number[] | Promise<readonly number[]>;
  dispose(): void;
}
