export { TemplateError } from "./chat/errors.js";
export {
  ChatTemplate,
  type ChatTemplateOptions,
  chatTemplate,
  type EncodedTemplate,
  type RenderTemplateOptions,
  type TemplateMessage,
} from "./chat/template.js";
export { chatTemplateFromConfig } from "./chat/template-config.js";
