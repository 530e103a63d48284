// A page of each kind, and those with an example of each package: what a change is tested with where the browsers are.
import { testInBrowsers } from "./site-in-browsers.js";

const chapters = ["pretraining-data", "tokenisation", "training", "network-internals", "inference"];
testInBrowsers([
  "index.html",
  "glossary.html",
  "api/bpe/classes/Tokenizer.html",
  ...chapters.map((chapter) => `chapters/${chapter}.html`),
]);
