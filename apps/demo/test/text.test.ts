import { documents, pipeline } from "@llm/dataset";
import { describe, expect, test } from "vitest";
import { plainText } from "../src/markdown.js";
import { parts } from "../src/parts.js";
import { chooseValidation, targets, windows } from "../src/split.js";

describe("markdown", () => {
  test("keeps what a reader reads", () => {
    const text = plainText(
      [
        "---\ntitle: x\n---",
        "# A *title* with `code`",
        "[![build](https://a/b.svg)](https://a)",
        "",
        "Some **bold** text with a [link](https://example.com) that",
        "goes on. It names snake_case_words and 2 * 3 * 4.",
        "",
        "```js\nconst hidden = 1;\n```",
        "| a | table |",
        "|---|-------|",
        "- first",
        "- second &amp; last",
        "",
        "    indented code",
        "<!-- a comment --><details>more</details>",
        "[link]: https://example.com",
        "> quoted",
      ].join("\n"),
    );
    expect(text.split("\n")).toEqual([
      "A title with code",
      "Some bold text with a link that goes on. It names snake_case_words and 2 * 3 * 4.",
      "- first",
      "- second & last",
      "quoted",
    ]);
  });

  test("a fence ends only where it is as long; an unclosed one hides the rest", () => {
    expect(plainText("a\n````\n```\nb\n````\nc")).toBe("a\nc");
    expect(plainText("a\n~~~\nb")).toBe("a");
  });
});

test("long documents are cut into parts, and nothing is lost", async () => {
  const text = Array.from({ length: 300 }, (_, i) => `Paragraph ${i} says little.`).join("\n\n");
  const cut = [];
  for await (const document of pipeline(documents([text]), parts(1000)).docs()) cut.push(document);
  expect(cut.length).toBeGreaterThan(5);
  expect(cut.every((part) => part.text.length <= 1000)).toBe(true);
  expect(cut.map((part) => part.text).join("\n\n")).toBe(text);
  expect(cut[1]!.id).toBe("0#2");
});

describe("split", () => {
  test("windows never overlap, are spread out, and leave room for the last target", () => {
    expect(windows(41, 10, 100).starts).toEqual([0, 10, 20, 30]);
    expect(windows(40, 10, 100).starts).toEqual([0, 10, 20]);
    expect(windows(1001, 10, 4).starts).toEqual([0, 250, 500, 750]);
    expect(windows(5, 10, 4).starts).toEqual([]);
    expect([...targets({ blockSize: 2, starts: [0, 6] })]).toEqual([1, 2, 7, 8]);
  });

  test("validation takes about its share, at least one and never all", () => {
    const list = Array.from({ length: 100 }, (_, i) => ({
      key: String((i * 37) % 100).padStart(3, "0"),
      bytes: 10,
    }));
    expect(chooseValidation(list, 0.1).size).toBe(10);
    expect(chooseValidation(list.slice(0, 2), 0.1).size).toBe(1);
    expect(
      chooseValidation(
        [
          { key: "a", bytes: 1 },
          { key: "b", bytes: 1 },
        ],
        0.99,
      ).size,
    ).toBe(1);
  });
});
