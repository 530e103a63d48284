import { name } from "@llm/sample";

console.log(name);

// Output:
// @llm/sample
