import { ApiError } from "../errors.js";
import type { Structure } from "./structure.js";
import type { ChatTool } from "./tools.js";

/** Any JSON object. */
const ANY_OBJECT = { type: "object" };

interface Asked {
  format: { type: "text" | "json_object" | "json_schema"; schema?: object | null | undefined } | undefined;
  formatParam: string;
  tools: readonly ChatTool[] | undefined;
  choice: "none" | "auto" | "required" | { name: string } | undefined;
  isParallel: boolean | undefined;
  toolParam: (index: number) => string;
}

/** What a request asks of the answer. @throws ApiError */
export function structureOf({
  format,
  formatParam,
  tools = [],
  choice = "auto",
  isParallel = true,
  toolParam,
}: Asked): Structure {
  let schema: object | undefined;
  if (format?.type === "json_object") schema = ANY_OBJECT;
  if (format?.type === "json_schema") schema = format.schema ?? ANY_OBJECT;
  const wanted = {
    schema,
    schemaParam: formatParam,
    toolParam,
    isParallel,
    tools: choice === "none" ? [] : tools,
    mustCall: choice === "required" || typeof choice === "object",
  };
  const twice = tools.find(
    ({ function: { name } }, i) => tools.findIndex((each) => each.function.name === name) < i,
  );
  if (twice) throw new ApiError(400, `tools: two are named "${twice.function.name}"`, { param: "tools" });
  if (!wanted.mustCall) return wanted;
  if (tools.length === 0)
    throw new ApiError(400, "tool_choice: there are no tools", { param: "tool_choice" });
  if (typeof choice !== "object") return wanted;
  const index = tools.findIndex(({ function: { name } }) => name === choice.name);
  if (index < 0) {
    throw new ApiError(400, `tool_choice: there is no tool "${choice.name}"`, { param: "tool_choice" });
  }
  return { ...wanted, tools: [tools[index]!], toolParam: () => toolParam(index), isParallel: false };
}
