import type { Kinds } from "@llm/platform/options";
import type { Parameter } from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";

/** Parameters that one optimiser of several is for. */
export interface Group {
  /** Which: a test of each parameter, or nothing for all that the groups before left. */
  parameters?: (parameter: Parameter) => boolean;
  optimizer: Optimizer;
}

const GROUP: Kinds<Group> = { parameters: "function", optimizer: "object!" };

/**
 * Several optimisers side by side. Each parameter belongs to the first group that takes it.
 * @throws {OptionsError} when a group takes none, or a parameter is left over
 */
export function groups(all: readonly Group[]): Optimizer {
  for (const [i, group] of all.entries()) check(`groups[${i}]`, group, GROUP);
  return {
    description: { name: "groups", groups: all.map(({ optimizer }) => optimizer.description) },
    start(parameters) {
      const places = all.map((): number[] => []);
      for (const [i, parameter] of parameters.entries()) {
        const group = all.findIndex(({ parameters: takes = () => true }) => takes(parameter));
        if (group < 0) {
          throw new OptionsError(
            `no group takes ${parameter.name}; let the last one have no \`parameters\`, and it takes what is left`,
          );
        }
        places[group]!.push(i);
      }
      const empty = places.findIndex((own) => own.length === 0);
      if (empty >= 0)
        throw new OptionsError(`groups[${empty}] takes no parameter; leave it out, or mend its test`);
      const states: OptimizerState[] = [];
      try {
        for (const [g, { optimizer }] of all.entries()) {
          states.push(optimizer.start(places[g]!.map((i) => parameters[i]!)));
        }
      } catch (error) {
        for (const state of states) state.dispose();
        throw error;
      }
      return {
        description: {
          groups: states.map((state, g) => ({
            ...all[g]!.optimizer.description,
            ...state.description,
            parameters: places[g]!.map((i) => parameters[i]!.name),
          })),
        },
        needsNumbers: states.some(({ needsNumbers }) => needsNumbers),
        update(grads, options) {
          for (const [g, state] of states.entries()) {
            state.update(
              places[g]!.map((i) => grads[i]!),
              options,
            );
          }
        },
        tensors: () => new Map(states.flatMap((state) => [...state.tensors()])),
        dispose() {
          for (const state of states) state.dispose();
        },
      };
    },
  };
}
