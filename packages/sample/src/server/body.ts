import { nearest } from "@llm/platform/options";
import * as z from "zod";
import { ApiError } from "./errors.js";

/** The JSON of a request, read no further than `most` bytes. @throws ApiError */
export async function readJson(request: Request, most: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  // Any page may send forms and plain text to any server: JSON it has to ask for first.
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new ApiError(415, `the body is ${type || "of no type"}: send application/json`);
  }
  const coding = request.headers.get("content-encoding") ?? "identity";
  if (coding.toLowerCase() !== "identity") {
    const headers = { "accept-encoding": "identity" };
    throw new ApiError(415, `the body is packed by ${coding}: send it as it is`, { headers });
  }
  const text = await readText(request, most);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, `the body is no JSON: ${(cause as Error).message}`, { cause });
  }
}

async function readText(request: Request, most: number): Promise<string> {
  const tooLarge = () => {
    const headers = { connection: "close" }; // what else comes of the body is not waited for
    return new ApiError(413, `the body is larger than ${most} bytes`, { code: "request_too_large", headers });
  };
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = request.body?.getReader();
  let text = "";
  let bytes = 0;
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      bytes += chunk.value.length;
      if (bytes > most) throw tooLarge(); // without cancelling: that would cut the connection before the answer
      text += decoder.decode(chunk.value, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(400, "the body cannot be read: is it UTF-8, and whole?", { cause: error });
  }
}

/** A body that fits the schema. Fields that are null count as left out, as clients send them. @throws ApiError */
export function parseBody<T extends z.ZodType>(schema: T, json: unknown): z.output<T> {
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  const given = isObject
    ? Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null))
    : json;
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const { path, message } = deepest(error.issues[0]!, fieldsOf(schema));
  const param = pathText(path);
  throw new ApiError(400, param ? `${param}: ${message}` : message, { param: param || undefined });
}

interface Fault {
  path: readonly PropertyKey[];
  message: string;
}

/** The fault that lies deepest: of a choice, that of the branch which went furthest. */
function deepest(issue: z.core.$ZodIssue, fields: readonly string[]): Fault {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const near = path.length === 0 ? nearest(key, fields) : undefined;
    const hint = near === undefined || near === key ? "" : `: did you mean "${near}"?`;
    return { path: [...path, key], message: `there is no such field here${hint}` };
  }
  if (issue.code === "invalid_key" && issue.issues[0]) return { path, message: issue.issues[0].message };
  if (issue.code !== "invalid_union") return { path, message };
  const branches = issue.errors.flatMap(([first]) => (first ? [deepest(first, [])] : []));
  branches.sort((a, b) => b.path.length - a.path.length);
  const [best] = branches;
  if (!best || best.path.length === 0) {
    const wanted = [...new Set(branches.map((each) => each.message.replace(/^Invalid input: /, "")))];
    return { path, message: wanted.length > 0 ? wanted.join(", or ") : message };
  }
  return { path: [...path, ...best.path], message: best.message };
}

function fieldsOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** As OpenAI writes it: messages[0].content. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, "");
}
