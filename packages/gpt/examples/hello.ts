import { name } from "@llm/gpt";

console.log(name);

// Output:
// @llm/gpt
