export { type WebgpuCounts, type WebgpuEngine, webgpuEngine } from "./engine.js";
