import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import { InvalidOptionError } from "../errors.js";

/** What goes in, and what should come out. */
export interface Shot {
  input: string;
  output: string;
}

/** How shots are written: what stands before each part of one, and between two. */
export interface ShotFormat {
  input: string;
  output: string;
  between: string;
}

/** Formats with a name. */
const FORMATS = {
  /** `cheese => fromage`, one a line. */
  arrow: { input: "", output: " => ", between: "\n" },
  /** `Human: ..` and `Assistant: ..`, with an empty line between turns. */
  chat: { input: "Human: ", output: "\nAssistant: ", between: "\n\n" },
} as const satisfies Record<string, ShotFormat>;

/** What {@link fewShot} is given. */
export interface FewShotOptions {
  /** Stands first, followed by an empty line. */
  instruction?: string;
  examples: readonly Shot[];
  /** Default "arrow". `{ input: "English: ", output: "\nFrench: ", between: "\n\n" }` writes labels of your own. */
  format?: keyof typeof FORMATS | ShotFormat;
}

/** A prompt whose examples show a base model what to do. */
export interface FewShot {
  /** The text that the model goes on from. It ends without white space, which belongs to the first token of the answer. */
  prompt(input: string): string;
  /** An answer as it follows the prompt. */
  answer(output: string): string;
  /** Where an answer ends: the beginning of the next shot. */
  stop: string;
}

const FEW_SHOT: Kinds<FewShotOptions> = {
  instruction: "string",
  examples: "array!",
  format: "any",
};

/** @throws InvalidOptionError */
export function fewShot(options: FewShotOptions): FewShot {
  check("fewShot", options, FEW_SHOT);
  const { instruction, examples } = options;
  const format = formatOf(options.format ?? "arrow");
  const stop = format.between + format.input.trimEnd();
  for (const example of examples) {
    checkShot("examples of fewShot", example);
    if (!example.output.includes(stop)) continue;
    const [output, end] = [example.output, stop].map((text) => JSON.stringify(text));
    throw new InvalidOptionError(
      "examples",
      `an example has the output ${output}, and ${end} in it would end an answer: take another format`,
    );
  }
  const lead = /\s*$/.exec(format.output)![0];
  const question = (input: string) => format.input + input + format.output;
  const head = (instruction === undefined ? "" : `${instruction}\n\n`).concat(
    ...examples.map(({ input, output }) => question(input) + output + format.between),
  );
  return {
    prompt: (input) => (head + question(input)).slice(0, lead === "" ? undefined : -lead.length),
    answer: (output) => lead + output,
    stop,
  };
}

function formatOf(format: NonNullable<FewShotOptions["format"]>): ShotFormat {
  if (typeof format === "string") {
    if (Object.hasOwn(FORMATS, format)) return FORMATS[format];
    const known = Object.keys(FORMATS).join(", ");
    throw new InvalidOptionError(
      "format",
      `format "${format}" is none of ${known}, nor { input, output, between }`,
    );
  }
  check<ShotFormat>("format", format, { input: "string!", output: "string!", between: "string!" });
  if (format.between !== "") return format;
  throw new InvalidOptionError("format", "between must not be empty: it ends an answer");
}

/** @throws InvalidOptionError */
export function checkShot(what: string, shot: unknown): void {
  const { input, output } = Object(shot) as Partial<Shot>;
  checkArgument(`input of ${what}`, input, "string");
  checkArgument(`output of ${what}`, output, "string");
}
