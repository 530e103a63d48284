import type { ChatMessage, ChatPrompt } from "./chat-prompt.js";
import { ApiError } from "./errors.js";
import type { Service } from "./service.js";

/**
 * A chat as the model reads it.
 * @param param the field of the request that the messages came in
 * @throws ApiError
 */
export function chatPrompt(service: Service, messages: readonly ChatMessage[], param: string): ChatPrompt {
  try {
    return service.chat(messages, {});
  } catch (cause) {
    const message = `the model's form of chat cannot take these messages: ${(cause as Error).message}`;
    throw new ApiError(400, message, { param, cause });
  }
}
