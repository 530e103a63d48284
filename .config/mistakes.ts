import { expect, test } from "vitest";

/** A function's name, a call that makes a mistake, and what the error has to say. */
export type Mistake = readonly [of: string, call: () => unknown, message: string];

/** Tests that each call is refused with this kind of error, which names the function and the mistake. */
export function testMistakes(kind: new (...args: never[]) => Error, mistakes: readonly Mistake[]): void {
  test.each(mistakes)("%s names a mistake: %#", async (of, call, message) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .then(
        () => "nothing was thrown",
        (thrown: unknown) => thrown,
      );
    expect(String(error)).toContain(message);
    expect(String(error)).toContain(of);
    expect(error).toBeInstanceOf(kind);
  });
}
