import type { Panel } from "../../scene/layout.js";
import type { Table } from "../../table.js";
import type { Named } from "./placing.js";

/** Networks side by side. */
export interface Compared {
  readonly count: number;
  readonly panels: readonly Panel[];
  readonly titles: readonly Named[];
  readonly table: Table;
  /** Takes the walk's place; `go` leads to one of them, or back to all. */
  prose(go: (panels: readonly Panel[] | undefined) => void): HTMLElement;
}
