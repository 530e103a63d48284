import { thousands } from "./thousands.js";

/** "1 block", "2 blocks", "1,024 blocks". */
export const counted = (count: number, what: string): string =>
  `${thousands(count)} ${what}${count === 1 ? "" : "s"}`;
