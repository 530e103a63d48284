import type { ConstrainedText, Constraint } from "../../constraint.js";
import type { Tokenizer } from "../../types.js";
import { ApiError } from "../errors.js";
import type { CallForm } from "./call-form.js";

/**
 * A constraint as the server uses it. Special tokens of a form of calls can be drawn, since models were trained to write them.
 * Where the vocabulary has nothing to go on with, the request is at fault that asked for it.
 * @param param the field of the request that the constraint comes from
 */
export function answerConstraint(constraint: Constraint, param: string, form?: CallForm): Constraint {
  return {
    begin: (tokenizer) => {
      const text = constraint.begin(form ? withMarksAsText(tokenizer, form) : tokenizer);
      const checked: ConstrainedText = {
        mask() {
          const mask = text.mask();
          if (!text.mayEnd && mask.every((word) => word === 0)) {
            const message = `${param}: the model's vocabulary has no token that such an answer can go on with`;
            throw new ApiError(400, message, { param });
          }
          return mask;
        },
        get mayEnd() {
          return text.mayEnd;
        },
        get isWhole() {
          return text.isWhole;
        },
        take: (id) => text.take(id),
      };
      checked.mask(); // before anything is written
      return checked;
    },
  };
}

const KNOWN = new WeakMap<Tokenizer, Map<CallForm, Tokenizer>>();

/** The tokenizer with a form's special tokens as plain ones: the same each time, since a constraint keeps what it knows of one. */
function withMarksAsText(tokenizer: Tokenizer, form: CallForm): Tokenizer {
  const { mark = "", opens, before, behind, tags, end, between = "", close } = form;
  const parts = [mark, ...opens, before, behind, ...Object.values(tags ?? {}), end, between, close];
  const said = parts.join(" ").replaceAll("\\", "");
  const special = [...(tokenizer.specialTokens ?? [])];
  const others = special.filter(([token]) => !said.includes(token));
  if (others.length === special.length) return tokenizer;
  const known = KNOWN.get(tokenizer) ?? new Map<CallForm, Tokenizer>();
  KNOWN.set(tokenizer, known);
  let view = known.get(form);
  if (!view) {
    view = {
      vocabSize: tokenizer.vocabSize,
      encode: (text, options) => tokenizer.encode(text, options),
      decode: (ids) => tokenizer.decode(ids),
      decoder: () => tokenizer.decoder(),
      ...(tokenizer.tokenBytes && { tokenBytes: (id: number) => tokenizer.tokenBytes!(id) }),
      ...(tokenizer.has && { has: (id: number) => tokenizer.has!(id) }),
      specialTokens: new Map(others),
    };
    known.set(form, view);
  }
  return view;
}
