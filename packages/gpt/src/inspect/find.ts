import { nearest } from "@llm/platform/options";
import { OptionsError } from "../errors.js";
import type { TensorDescription } from "./description.js";

/** The description of this name. @throws {OptionsError} where there is none */
export function find(descriptions: readonly TensorDescription[], name: string): TensorDescription {
  const found = descriptions.find((each) => each.name === name);
  if (found) return found;
  const names = descriptions.map((each) => each.name);
  const near = nearest(String(name), names);
  throw new OptionsError(
    `there is no tensor "${name}": ${near ? `did you mean "${near}"?` : "describe(model, { detail: true }) lists all"}`,
  );
}
