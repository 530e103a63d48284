import * as z from "zod";
import { ApiError } from "../errors.js";

const Name = z.string().regex(/^[\w-]{1,64}$/, "letters, digits, _ and -, 64 at most");
const Parameters = z.record(z.string(), z.unknown()).nullish();

const described = {
  name: Name,
  description: z.string().nullish(),
  parameters: Parameters,
  strict: z.boolean().nullish(),
};

/** Tools as the route of chats takes them, and templates too. */
export const ChatTools = z.array(
  z.strictObject({ type: z.literal("function"), function: z.strictObject(described) }),
);

/** Tools as the route of responses takes them. */
export const ResponseTools = z.array(z.strictObject({ type: z.literal("function"), ...described }));

const Mode = z.enum(["none", "auto", "required"]);

/** Tools that may be called, of those that there are, and whether one must be. */
const AllowedMode = z.enum(["auto", "required"]);

export const ChatToolChoice = z.union([
  Mode,
  z.strictObject({
    type: z.literal("allowed_tools"),
    allowed_tools: z.strictObject({
      mode: AllowedMode,
      tools: z
        .array(
          z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
        )
        .min(1),
    }),
  }),
  z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
]);

export const ResponseToolChoice = z.union([
  Mode,
  z.strictObject({
    type: z.literal("allowed_tools"),
    mode: AllowedMode,
    tools: z.array(z.strictObject({ type: z.literal("function"), name: z.string() })).min(1),
  }),
  z.strictObject({ type: z.literal("function"), name: z.string() }),
]);

export type ChatTool = z.output<typeof ChatTools>[number];

/** The other route's tools, as chats have them. */
export function chatTools(tools: z.output<typeof ResponseTools> | undefined): ChatTool[] | undefined {
  return tools?.map(({ type, ...rest }) => ({ type, function: rest }));
}

/** Which tools may be called, and whether one must be. */
export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { mode: "auto" | "required"; names: readonly string[] };

export function chatChoice(choice: z.output<typeof ChatToolChoice> | undefined): ToolChoice | undefined {
  if (typeof choice !== "object") return choice;
  if (choice.type === "function") return { mode: "required", names: [choice.function.name] };
  const { mode, tools } = choice.allowed_tools;
  return { mode, names: tools.map((tool) => tool.function.name) };
}

export function responseChoice(
  choice: z.output<typeof ResponseToolChoice> | undefined,
): ToolChoice | undefined {
  if (typeof choice !== "object") return choice;
  if (choice.type === "function") return { mode: "required", names: [choice.name] };
  return { mode: choice.mode, names: choice.tools.map(({ name }) => name) };
}

/** Arguments are an object, also where a tool's parameters do not say so. @throws ApiError */
export function argumentsSchema(
  { function: { parameters } }: ChatTool,
  param: string,
): Readonly<Record<string, unknown>> {
  const { type = "object" } = parameters ?? {};
  if (type !== "object") {
    throw new ApiError(400, `${param}: arguments are an object, not ${JSON.stringify(type)}`, { param });
  }
  const elsewhere = ["$ref", "anyOf", "oneOf", "allOf", "enum", "const"];
  return elsewhere.some((keyword) => Object.hasOwn(parameters ?? {}, keyword))
    ? parameters!
    : { ...parameters, type };
}
