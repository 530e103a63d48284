import type { ModelInfo } from "../../../engine/opened.js";
import type { BlockValues } from "./values.js";

/** What is drawn. */
export interface ShownBlock {
  readonly block: BlockValues;
  readonly info: ModelInfo;
  readonly head: number;
  /** The chosen token. */
  readonly token: number;
}
