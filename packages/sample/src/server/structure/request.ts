import { ApiError } from "../errors.js";
import type { Structure } from "./structure.js";
import type { ChatTool, ToolChoice } from "./tools.js";

/** Any JSON object. */
const ANY_OBJECT = { type: "object" };

interface Asked {
  format: { type: "text" | "json_object" | "json_schema"; schema?: object | null | undefined } | undefined;
  formatParam: string;
  tools: readonly ChatTool[] | undefined;
  choice: ToolChoice | undefined;
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
  const isChoice = typeof choice === "object";
  const twice = tools.find(
    ({ function: { name } }, i) => tools.findIndex((each) => each.function.name === name) < i,
  );
  if (twice) throw new ApiError(400, `tools: two are named "${twice.function.name}"`, { param: "tools" });
  const wanted = {
    schema,
    schemaParam: formatParam,
    toolParam,
    isParallel,
    tools: choice === "none" ? [] : tools,
    mustCall: choice === "required" || (isChoice && choice.mode === "required"),
  };
  if (!isChoice && !wanted.mustCall) return wanted;
  if (tools.length === 0)
    throw new ApiError(400, "tool_choice: there are no tools", { param: "tool_choice" });
  if (!isChoice) return wanted;
  const stranger = choice.names.find((name) => !tools.some((tool) => tool.function.name === name));
  if (stranger !== undefined) {
    throw new ApiError(400, `tool_choice: there is no tool "${stranger}"`, { param: "tool_choice" });
  }
  const places = [...tools.keys()].filter((i) => choice.names.includes(tools[i]!.function.name));
  const isOne = wanted.mustCall && places.length === 1;
  return {
    ...wanted,
    tools: places.map((i) => tools[i]!),
    toolParam: (index) => toolParam(places[index]!),
    isParallel: isParallel && !isOne,
  };
}
