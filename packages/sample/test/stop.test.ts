import { InvalidOptionError, uniform } from "@llm/sample";
import { describe, expect, test } from "vitest";
import { StopMatcher } from "../src/stop.js";

/** Feeds text in pieces of a size; answers what was shown, and what stopped it. */
function feed(stops: string[], text: string, sizes: () => number) {
  const matcher = new StopMatcher(stops);
  let shown = "";
  for (let at = 0; at < text.length; ) {
    const size = sizes();
    const piece = matcher.write(text.slice(at, at + size));
    at += size;
    shown += piece.text;
    if (piece.stop !== undefined) return { shown, stop: piece.stop };
  }
  return { shown: shown + matcher.end(), stop: undefined };
}

/** The definition: character by character, the first stop string that is complete; the one that begins first, of several. */
function byDefinition(stops: string[], text: string) {
  const longestFirst = stops.filter((stop) => stop !== "").sort((a, b) => b.length - a.length);
  for (let end = 0; end <= text.length; end++) {
    const stop = longestFirst.find((each) => text.slice(0, end).endsWith(each));
    if (stop !== undefined) return { shown: text.slice(0, end - stop.length), stop };
  }
  return { shown: text, stop: undefined };
}

describe.each([1, 2, 3, 7, 100])("pieces of %i characters", (size) => {
  test.each([
    [["\n\n", "END"], "one\ntwo EN END three", "one\ntwo EN ", "END"],
    [["\n\n"], "one\ntwo\n", "one\ntwo\n", undefined],
    [["aab"], "aaaab!", "aa", "aab"],
    [["abc", "b"], "abc", "a", "b"],
    [["b", "abc"], "abc", "a", "b"],
    [["bc", "abc"], "abc", "", "abc"],
    [["abcd", "bc", "c"], "xabcd", "xa", "bc"],
    [["🦊!"], "a🦎🦊🦊!", "a🦎🦊", "🦊!"],
    [["🦎x", "🦊"], "🦎🦊", "🦎", "🦊"],
    [[], "text", "text", undefined],
    [[""], "text", "text", undefined],
  ] as [string[], string, string, string | undefined][])("stops %j in %j", (stops, text, shown, stop) => {
    expect(feed(stops, text, () => size)).toEqual({ shown, stop });
  });
});

test("any stop strings, any pieces: what the definition says", () => {
  let position = 0;
  const below = (n: number) => Math.floor(n * uniform({ seed: 1, position: position++ }));
  const letters = ["a", "b", "🦊", "🦎"];
  const word = (length: number) => Array.from({ length }, () => letters[below(4)]).join("");
  for (let round = 0; round < 2000; round++) {
    const stops = Array.from({ length: 1 + below(3) }, () => word(1 + below(4)));
    const text = word(12);
    expect(feed(stops, text, () => 1 + below(5))).toEqual(byDefinition(stops, text));
  }
});

test("holds back only what can still become a stop string", () => {
  const matcher = new StopMatcher(["</s>", "stop"]);
  expect(matcher.write("a <").text).toBe("a ");
  expect(matcher.write("/b").text).toBe("</b");
  expect(matcher.write("</").text).toBe("");
  expect(matcher.write("s").text).toBe("");
  expect(matcher.write(">")).toEqual({ text: "", stop: "</s>" });
});

test("the longest possible beginning is held back, of whichever stop string", () => {
  const matcher = new StopMatcher(["abcx", "bcde"]);
  expect(matcher.write("abc").text).toBe("");
  expect(matcher.write("d").text).toBe("a");
  expect(matcher.write("e")).toEqual({ text: "", stop: "bcde" });
});

test("half a surrogate pair is never shown", () => {
  const matcher = new StopMatcher(["x"]);
  expect(matcher.write("a\ud83e").text).toBe("a");
  expect(matcher.write("\udd8a").text).toBe("🦊");
  expect(matcher.write("\ud83e").text + matcher.end()).toBe("\ufffd");
  expect(new StopMatcher([]).write("\udd8a!").text).toBe("\ufffd!");
  for (const stop of ["\ud83e", "a\udd8a", 5, null]) {
    expect(() => new StopMatcher([stop as string])).toThrow(InvalidOptionError);
  }
});
