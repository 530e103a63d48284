import { choiceField, countField, textField } from "../../fields.js";
import type { Opened, StateValues, View } from "../../view.js";

/** A form of chat as a model's own files write it; what stands between the generation marks is learned. */
const CHATML = `{% for message in messages %}{% if message.role == 'assistant' %}<|im_start|>assistant
{% generation %}{{ message.content }}<|im_end|>
{% endgeneration %}{% else %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endif %}{% endfor %}`;

export const fields = {
  text: textField("the cat sat on the mat, and the rat that sat there sang: naïve café 🐈"),
  second: choiceField("text", ["text", "file", "none"]),
  ids: choiceField("yes", ["yes", "no"]),
  bytes: choiceField("no", ["yes", "no"]),
  space: choiceField("yes", ["yes", "no"]),
  specials: choiceField("no", ["yes", "no"]),
  budget: countField(0, 0, 1e6),
  merges: countField(40, 1, 2000),
  step: countField(0, 0, 2000),
  word: textField(" that"),
  dialogue: textField("user: Where did the cat sit?\nassistant: On the mat."),
  /** How a dialogue becomes tokens: as the project's own models have it, or by a template. */
  form: choiceField("own", ["own", "template"]),
  template: textField(CHATML),
};

export type TokensState = StateValues<View<typeof fields>>;

export type Keys = Opened["keys"];

/** Changes the state. */
export type Change = (patch: Partial<TokensState>, kind?: "step" | "drift") => void;

/** What of the state only shows tokens, and how. */
export type Shown = Pick<TokensState, "ids" | "bytes" | "space">;
