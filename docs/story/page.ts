// A page as a crawler fetched it: most of it is not what anybody came for.
import { extractText } from "@llm/dataset";
import { page } from "./otters.js";

console.log(`${page.length} characters of HTML. What is left:`);
console.log(extractText(page).text);

// Output:
// 593 characters of HTML. What is left:
// Sea otters hold hands while they sleep, and so they do not drift apart.
// Sea otters hold shells while they eat, and so they open them on a stone.
// Sea otters hold hands while they rest, and so they stay with the others.
