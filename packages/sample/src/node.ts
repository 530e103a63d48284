export type { ChatMessage, ChatPrompt, RenderChat } from "./server/chat-prompt.js";
export type { ServeOptions } from "./server/options.js";
export { type Server, serve } from "./server/serve.js";
