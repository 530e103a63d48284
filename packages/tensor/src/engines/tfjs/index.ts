export { type TfjsEngine, tfjs } from "./engine.js";
export type { TfjsModule } from "./module.js";
