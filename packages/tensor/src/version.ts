import { version as packageVersion } from "../package.json";

/** The version of this package: checkpoints of @llm/train name it. */
export const version: string = packageVersion;
