// POST /v1/responses, without memory: what came before has to be in the input.

import * as z from "zod";
import { parseBody } from "./body.js";
import type { ChatMessage } from "./chat-prompt.js";
import { eventStream } from "./event-stream.js";
import {
  defined,
  harmless,
  MOST_ALTERNATIVES,
  NAMED_SCHEMA,
  PLAIN_FORMATS,
  SAMPLING,
  samplingOf,
  unsupported,
} from "./fields.js";
import { ResponseAnswer } from "./response-answer.js";
import { InputItems, inputMessages } from "./response-input.js";
import type { Service } from "./service.js";
import { structureOf } from "./structure/request.js";
import { chatTools, ResponseToolChoice, ResponseTools, responseChoice } from "./structure/tools.js";

const Format = z.discriminatedUnion("type", [
  ...PLAIN_FORMATS,
  z.strictObject({ type: z.literal("json_schema"), ...NAMED_SCHEMA }),
]);

const ResponseBody = z.strictObject({
  ...SAMPLING,
  input: z.union([z.string(), InputItems]),
  instructions: z.string().optional(),
  max_output_tokens: z.int().min(1).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_obfuscation: harmless }).optional(),
  top_logprobs: z.int().min(0).max(MOST_ALTERNATIVES).optional(),
  include: z.array(z.enum(["message.output_text.logprobs", "reasoning.encrypted_content"])).optional(),
  text: z.strictObject({ format: Format.nullish(), verbosity: unsupported(null, "medium") }).optional(),
  tools: ResponseTools.optional(),
  tool_choice: ResponseToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  truncation: unsupported("disabled"),
  background: unsupported(false),
  previous_response_id: unsupported(),
  conversation: unsupported(),
  prompt: unsupported(),
  reasoning: z
    .strictObject({ effort: z.string().nullish(), summary: harmless, generate_summary: harmless })
    .optional(),
  max_tool_calls: unsupported(),
});

type ResponseBody = z.output<typeof ResponseBody>;

/** @throws ApiError */
export async function responses(service: Service, json: unknown, signal: AbortSignal): Promise<Response> {
  const body = parseBody(ResponseBody, json);
  const options = samplingOf(service, body);
  const structure = structureIn(body);
  const constraint = service.structures.constraint(structure, () => service.chat.calls);
  const { tools } = structure;
  const system: ChatMessage[] = body.instructions ? [{ role: "system", content: body.instructions }] : [];
  const messages = [...system, ...inputMessages(body.input)];
  const effort = body.reasoning?.effort;
  const variables = effort ? { reasoning_effort: effort } : undefined;
  const {
    ids,
    stop = [],
    stopIds = [],
  } = service.chat.prompt(messages, { tools, variables, param: "input" });
  const wantsLogprobs = body.include?.includes("message.output_text.logprobs") ?? false;
  const job = service.submit(
    [ids],
    {
      ...options,
      stop,
      stopIds: [...service.stopIds, ...stopIds],
      maxTokens: body.max_output_tokens ?? Number.POSITIVE_INFINITY,
      alternatives: wantsLogprobs ? (body.top_logprobs ?? 0) : 0,
      ...(constraint && { constraint }),
    },
    "input",
    signal,
  );
  const settings = { reader: service.chat.reader(tools), wantsLogprobs, echoed: echoedOf(body) };
  const answer = new ResponseAnswer(service, job, settings);
  if (!body.stream) return Response.json(await answer.whole());
  return eventStream(answer.events(), {
    nameOf: (message) => (message as { type: string }).type,
    onCancel: () => job.cancel(),
    onError: (error) => answer.failure(service.apiError(error).toJSON().error),
  });
}

function structureIn({ text, tools, tool_choice: choice, parallel_tool_calls }: ResponseBody) {
  const format = text?.format ?? undefined;
  return structureOf({
    format: format && {
      type: format.type,
      schema: format.type === "json_schema" ? format.schema : undefined,
    },
    formatParam: "text.format",
    tools: chatTools(tools),
    choice: responseChoice(choice),
    isParallel: parallel_tool_calls,
    toolParam: (index) => `tools[${index}].parameters`,
  });
}

function echoedOf(body: ResponseBody): object {
  return {
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    temperature: body.temperature ?? 1,
    top_p: body.top_p ?? 1,
    text: { format: body.text?.format ?? { type: "text" } },
    tools: body.tools ?? [],
    tool_choice: body.tool_choice ?? "auto",
    ...defined({ metadata: body.metadata, user: body.user }),
  };
}
