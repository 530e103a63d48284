import { name } from "@llm/train";

console.log(name);

// Output:
// @llm/train
