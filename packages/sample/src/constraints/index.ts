export { choices } from "./choices.js";
export { either, sequence } from "./combine.js";
export { ConstraintError } from "./errors.js";
export { type JsonSchemaOptions, jsonSchema } from "./json-schema.js";
export { regex } from "./regex.js";
export type { JsonSchema } from "./schema/keywords.js";
