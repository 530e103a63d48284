import { expect, test } from "vitest";
import { StopMatcher } from "../src/stop.js";

/** Feeds text in pieces of a size; answers what was shown by when, and whether it stopped. */
function feed(stops: string[], text: string, size: number) {
  const matcher = new StopMatcher(stops);
  let shown = "";
  for (let at = 0; at < text.length; at += size) {
    const piece = matcher.write(text.slice(at, at + size));
    shown += piece.text;
    if (piece.stopped) return { shown, stopped: true };
  }
  return { shown: shown + matcher.end(), stopped: false };
}

test.each([1, 2, 3, 7, 100])("pieces of %i characters stop at the same place", (size) => {
  expect(feed(["\n\n", "END"], "one\ntwo EN END three", size)).toEqual({
    shown: "one\ntwo EN ",
    stopped: true,
  });
  expect(feed(["\n\n"], "one\ntwo\n", size)).toEqual({ shown: "one\ntwo\n", stopped: false });
  expect(feed(["aab"], "aaaab!", size)).toEqual({ shown: "aa", stopped: true });
  expect(feed([], "text", size)).toEqual({ shown: "text", stopped: false });
  expect(feed([""], "text", size)).toEqual({ shown: "text", stopped: false });
});

test("holds back only what can still become a stop string", () => {
  const matcher = new StopMatcher(["</s>", "stop"]);
  expect(matcher.write("a <").text).toBe("a ");
  expect(matcher.write("/b").text).toBe("</b");
  expect(matcher.write("</").text).toBe("");
  expect(matcher.write("s").text).toBe("");
  expect(matcher.write(">")).toEqual({ text: "", stopped: true });
});

test("the longest possible beginning is held back, of whichever stop string", () => {
  const matcher = new StopMatcher(["abcx", "bcde"]);
  expect(matcher.write("abc").text).toBe("");
  expect(matcher.write("d").text).toBe("a");
  expect(matcher.write("e")).toEqual({ text: "", stopped: true });
});
