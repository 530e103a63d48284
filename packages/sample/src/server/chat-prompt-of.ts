import type { ChatMessage, ChatPrompt } from "./chat-prompt.js";
import { ApiError } from "./errors.js";
import type { Service } from "./service.js";

/**
 * A chat as the model reads it.
 * @param tools that the model may call
 * @param param the field of the request that the messages came in
 * @throws ApiError
 */
export function chatPrompt(
  service: Service,
  messages: readonly ChatMessage[],
  tools: readonly object[],
  param: string,
): ChatPrompt {
  try {
    return service.chat(messages, tools.length > 0 ? { tools } : {});
  } catch (cause) {
    const message = `the model's form of chat cannot take these messages: ${(cause as Error).message}`;
    throw new ApiError(400, message, { param, cause });
  }
}
