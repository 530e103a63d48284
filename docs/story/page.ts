// A page as a crawler fetched it: most of it is not what anybody came for.
import { extractText } from "@llm/dataset";
import { page } from "./otters.js";

console.log(`${page.length} characters of HTML. What is left:`);
console.log(extractText(page).text);
