// The forms that chat templates write calls of tools in. Forms whose arguments are no JSON (XML of Qwen3-Coder and GLM, Python of
// LFM2), whose calls name themselves (Kimi K2) or whose every answer has marks (gpt-oss) are not among them: such models are asked
// for Hermes's form, in words.
import { type CallForm, escaped } from "./call-form.js";

/** A call as one JSON object. */
const object = (argumentsName: string) => ({
  before: '{"name": "',
  behind: `", "${argumentsName}": `,
  end: "\\}",
});

/** Calls as a list of JSON objects. Some put an id behind the arguments. */
const list = (opens: CallForm["opens"], close: string, mark: string) => ({
  ...object("arguments"),
  opens,
  end: '(, "id": "[A-Za-z0-9]{9}")?\\}',
  between: ", ?",
  close,
  mark,
});

/** Calls by a name, and the arguments alone as JSON. */
const named = (open: string, behind: string, end: string) => ({
  opens: [open] as const,
  before: "",
  behind,
  end,
  between: escaped(open),
  close: "",
  mark: open,
});

/** Hermes, Qwen 2.5 and 3, Granite 4: what models are asked for whose template has no form of these. */
export const HERMES: CallForm = {
  ...object("arguments"),
  opens: ["<tool_call>\n"],
  between: "\\n</tool_call>\\n<tool_call>\\n",
  close: "\n</tool_call>",
  mark: "<tool_call>",
};

/** Mistral wants ids of nine letters and digits. */
const ID_LENGTH = 9;

const FORMS: readonly CallForm[] = [
  HERMES,
  { ...list(["[TOOL_CALLS][", "[TOOL_CALLS] ["], "]", "[TOOL_CALLS]"), idLength: ID_LENGTH }, // Mistral
  { ...named("[TOOL_CALLS]", "[ARGS]", ""), idLength: ID_LENGTH }, // Mistral's later models
  list(["<tool_calls>["], "]</tool_calls>", "<tool_calls>"), // Apriel
  list(["<TOOLCALL>["], "]</TOOLCALL>", "<TOOLCALL>"), // Nemotron
  { ...HERMES, opens: ["<tool_calls>\n"], between: "\\n", close: "\n</tool_calls>", mark: "<tool_calls>" }, // MiniMax
  named("<function=", ">", "</function>"), // Functionary
  { ...object("parameters"), opens: ["", "<|python_tag|>"], close: "" }, // Llama 3.1 and later
];

/** The form of a chat in which an assistant called the tool `name` with `{"at": 1}`, where it is a known one. */
export function formOf(text: string, name: string): CallForm | undefined {
  return FORMS.find(({ opens, before, behind, end, close }) => {
    const open = `(${opens.map(escaped).join("|")})`;
    const call = `${escaped(before + name + behind)}\\{"at": ?1\\}${end}`;
    return new RegExp(open + call + escaped(close)).test(text);
  });
}
