import { checkMethods, checkOptions, type Kinds } from "@llm/platform/options";
import { OptionsError } from "./errors.js";

const fail = (message: string) => new OptionsError(message);

/** Refuses options that `of` does not have, lacks, or cannot use. @throws {OptionsError} */
export function check<T extends object>(of: string, options: T, kinds: Kinds<T>): void {
  checkOptions(of, options, kinds, fail);
}

/** Refuses what is no model, and no data. @throws {OptionsError} */
export function checkInputs(of: string, model: unknown, data: unknown): void {
  const wanted = "pass a model such as Gpt of @llm/gpt";
  checkMethods(`model of ${of}`, model, of === "train" ? ["parameters", "loss"] : ["loss"], wanted, fail);
  checkMethods(`data of ${of}`, data, ["batch"], "pass tokenArray(ids) or TokenShards", fail);
}
