/** The language a text is most likely written in. */
export interface LanguageGuess {
  /** ISO 639-1, or empty if there is nothing to go by. */
  language: string;
  /** From 0 to 1. What it means depends on the identifier; a threshold belongs to one. */
  score: number;
}

/** Tells languages apart. */
export interface LanguageIdentifier {
  /** What it tells apart; where it is given, steps refuse other languages by name. */
  readonly languages?: readonly string[] | undefined;
  identify(text: string): LanguageGuess | Promise<LanguageGuess>;
}
