export { tfjs } from "./engine.js";
export type { TfjsModule } from "./module.js";
