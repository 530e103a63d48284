import { name } from "@llm/bpe";

console.log(name);

// Output:
// @llm/bpe
