/** The version of this package, as package.json says it: checkpoints of @llm/train name it. */
export const version = "0.0.0";
