import { name } from "@llm/tensor";

console.log(name);

// Output:
// @llm/tensor
