import { name } from "@llm/dataset";

console.log(name);

// Output:
// @llm/dataset
