import { expect } from "vitest";
import { pages } from "./site.js";
import { testInBrowsers } from "./site-in-browsers.js";

// Of the API's pages of one symbol, which one program has written alike, some.
const all = pages().filter((path, i) => !/^api\/.*\/\w+\//.test(path) || i % 60 === 0);
expect(all.length).toBeGreaterThan(15);
testInBrowsers(all);
