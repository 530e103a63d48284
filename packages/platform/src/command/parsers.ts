// What turns the text of an option into its value; commander names the option and the text in front of the message.
import { InvalidArgumentError } from "@commander-js/extra-typings";

type Parser<T> = (text: string) => T;

/** Digits alone: no sign, point or exponent. */
export function wholeNumber(low: number, high: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
  };
}

/** A number, with a fraction or without. */
export function decimalNumber(low: number, high: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a number from ${low} to ${high}.`);
  };
}

/** A path, a name, a token: anything but nothing. */
export function nonEmpty(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

/** Case does not matter. */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, "iu");
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** For an option that may be given several times: all of its values, in order. */
export function repeated(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), text];
}
