import { lineChart } from "@llm/platform/chart";
import { element } from "../../element.js";
import type { Compared } from "../../engine/data.js";
import { asTable } from "../../table.js";

interface Choices {
  /** Another document for one of the two. */
  choose(side: "a" | "b", at: number): void;
  /** A text of the reader's own in its place; empty: the document again. */
  write(side: "a" | "b", text: string): void;
}

const SIDES = ["a", "b"] as const;

/** Two texts side by side: what they share, and how likely MinHash finds it. */
export function pairPanel({ choose, write }: Choices): {
  root: HTMLElement;
  offer(ids: readonly string[]): void;
  draw(compared: Compared, at: readonly [number, number], own: readonly [string, string]): void;
} {
  const sides = SIDES.map((side, i) => {
    const name = i === 0 ? "First" : "Second";
    const select = element("select", { attributes: { "aria-label": `${name} document` } });
    select.addEventListener("change", () => choose(side, Number(select.value)));
    const text = element("textarea", {
      rows: 5,
      attributes: { "aria-label": `${name} text, as it reaches deduplication; write your own here` },
    });
    text.addEventListener("input", () => write(side, text.value));
    const words = element("div", {
      className: "data-text",
      tabIndex: 0,
      attributes: { role: "region", "aria-label": `${name} text as it is compared` },
    });
    return { select, text, words, root: element("section", {}, select, text, words) };
  });
  const facts = element("dl", { className: "training-numbers" });
  const buckets = element("p");
  const curve = element("div");
  let shown: Compared | undefined;
  const table = asTable(() => tableOf(shown!));
  return {
    root: element(
      "div",
      {},
      element("div", { className: "token-columns" }, ...sides.map(({ root }) => root)),
      facts,
      buckets,
      curve,
      table.root,
    ),
    offer(ids) {
      for (const { select } of sides) {
        select.replaceChildren(...ids.map((id, at) => element("option", { value: `${at}` }, id)));
      }
    },
    draw(compared, at, own) {
      shown = compared;
      const { shingles, shared, jaccard, estimate, probability } = compared;
      for (const [i, { select, text, words }] of sides.entries()) {
        select.value = `${at[i]}`;
        if (document.activeElement !== text) text.value = own[i] || compared.texts[i]!;
        words.replaceChildren(...marked(compared.words[i]!, shared, compared.ngram));
      }
      facts.replaceChildren(
        ...Object.entries({
          "shared shingles": `${shared.length}`,
          "of the first, the second": `${shingles[0]}, ${shingles[1]}`,
          "Jaccard similarity": jaccard.toFixed(3),
          "MinHash's estimate": estimate.toFixed(3),
          "chance to be found": probability.toFixed(3),
        }).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
      );
      buckets.textContent = sentence(compared);
      curve.innerHTML = picture(compared);
      table.refresh();
    },
  };
}

function sentence({ buckets, bucketCount, hashesPerBucket }: Compared): string {
  const found = buckets.length
    ? `${buckets.length} of ${bucketCount} buckets agree in all their ${hashesPerBucket} hashes (${buckets.map((bucket) => bucket + 1).join(", ")}): the second would be dropped as a near-duplicate.`
    : `None of the ${bucketCount} buckets agrees in all its ${hashesPerBucket} hashes: both are kept.`;
  return found;
}

/** The words as they are compared; those of shared shingles are marked. */
function marked(
  words: readonly string[],
  shared: readonly string[],
  ngram: number,
): (HTMLElement | string)[] {
  const common = new Set(shared);
  const isShared = new Array<boolean>(words.length).fill(false);
  for (let at = 0; at + ngram <= words.length; at++) {
    if (common.has(words.slice(at, at + ngram).join(" "))) isShared.fill(true, at, at + ngram);
  }
  const parts: (HTMLElement | string)[] = [];
  for (let at = 0; at < words.length; ) {
    let end = at + 1;
    while (end < words.length && isShared[end] === isShared[at]) end++;
    const run = words.slice(at, end).join(" ");
    parts.push(isShared[at] ? element("mark", {}, run) : run, " ");
    at = end;
  }
  return parts.length > 0 ? parts : ["(nothing)"];
}

function picture({ curve, jaccard, probability, bucketCount, hashesPerBucket }: Compared): string {
  return lineChart({
    title: "How likely MinHash finds a pair",
    description: `These two texts have a Jaccard similarity of ${jaccard.toFixed(3)}, and are found with a probability of ${probability.toFixed(3)}.`,
    xLabel: "Jaccard similarity",
    yLabel: "probability",
    series: [
      { name: `1 − (1 − s^${hashesPerBucket})^${bucketCount}`, points: curve, colour: "one" },
      { name: "these two texts", points: [[jaccard, probability]], colour: "two", dots: true },
    ],
  }).markup;
}

function tableOf({ curve, jaccard, probability, shared }: Compared) {
  return {
    caption: "The S-curve, these two texts, and the shingles that they share",
    head: ["what", "Jaccard similarity", "probability"],
    rows: [
      ["these two texts", jaccard, probability],
      ...curve.map(([s, p]) => ["curve", s, p]),
      ...shared.map((shingle) => [`shared: ${shingle}`, "", ""]),
    ],
  };
}
