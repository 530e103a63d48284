import { filter, type Pipeline, pipeline, rewrite } from "@llm/dataset";
import { readFolder } from "@llm/dataset/node";

const short = filter("short", ({ text }) =>
  text.length <= 12
    ? { keep: true, metric: "length", value: text.length, threshold: 12, bound: "max" }
    : { keep: false, reason: "too_long", metric: "length", value: text.length, threshold: 12, bound: "max" },
);
const shout = rewrite("shout", (document) => ({ ...document, text: document.text.toUpperCase() }));

const crawl: Pipeline = pipeline(readFolder(process.env["CRAWL"] ?? "."), short, shout);

export default crawl;
