import { TokenizerFormatError } from "./errors.js";
import { asObject, type Json } from "./json.js";

/** Ids that a model expects around a text. */
export interface Around {
  before: number[];
  after: number[];
}

/** What the post-processor of a tokenizer.json puts around one text. @throws TokenizerFormatError */
export function readAround(value: unknown): Around {
  const around: Around = { before: [], after: [] };
  if (value === null || value === undefined) return around;
  const step = asObject(value, '"post_processor"');
  const { type, processors, single, special_tokens: tokens, cls, sep } = step;
  if (type === "Sequence" && Array.isArray(processors)) {
    for (const { before, after } of processors.map(readAround)) {
      around.before.unshift(...before);
      around.after.push(...after);
    }
  } else if (type === "RobertaProcessing" || type === "BertProcessing") {
    around.before.push((cls as [string, number])[1]);
    around.after.push((sep as [string, number])[1]);
  } else if (type === "TemplateProcessing" && Array.isArray(single)) {
    let side = around.before;
    for (const piece of single as Json[]) {
      const name = Object(piece["SpecialToken"])["id"];
      if (name === undefined) side = around.after;
      else side.push(...(asObject(tokens, '"special_tokens"')[name] as { ids: number[] }).ids);
    }
  } else if (type !== "ByteLevel") {
    throw new TokenizerFormatError(`The post-processor is ${JSON.stringify(type)}: add its tokens yourself.`);
  }
  return around;
}
