/** Placeholder until the package lands. */
export const name = "@llm/gpt";
