// The form in which answers hold calls of tools, the one of Hermes and Qwen: a mark, a line of JSON, and a mark.

/** What begins a call. */
export const CALL_START = "<tool_call>";

/** What stands before and behind the name and the arguments of a call. */
export const BEFORE_NAME = `${CALL_START}\n{"name": "`;
export const BEFORE_ARGUMENTS = '", "arguments": ';
export const BEHIND_ARGUMENTS = "}\n</tool_call>";
