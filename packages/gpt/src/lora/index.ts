export type { AdapterFiles } from "./files.js";
export { type LoraModel, type LoraOptions, loadAdapter, lora } from "./lora-model.js";
