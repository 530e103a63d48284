export { choices } from "./choices.js";
export { ConstraintError } from "./errors.js";
export { regex } from "./regex.js";
