// The forms that chat templates write calls of tools in. Forms that are code (LFM2), whose calls name themselves (Kimi K2) or
// whose every answer has channels (gpt-oss) are not among them: such models are asked for Hermes's form, in words.
import { type CallForm, escaped } from "./call-form.js";

/** A call as one JSON object. */
const object = (argumentsName: string) => ({
  before: '{"name": "',
  behind: `", "${argumentsName}": `,
  end: "}",
});

/** Calls as a list of JSON objects. Some put an id behind the arguments. */
const list = (opens: CallForm["opens"], close: string, mark: string) => ({
  ...object("arguments"),
  opens,
  more: ', "id": "[A-Za-z0-9]{9}"',
  between: ", ?",
  close,
  mark,
});

/** Calls that each stand in marks of their own. */
const marked = (mark: string, behind: string, end: string, between = "") => ({
  opens: [""] as const,
  before: mark,
  behind,
  end,
  between,
  close: "",
  mark,
});

/** Hermes, Qwen 2.5 and 3, Granite 4: what models are asked for whose template has no form of these. */
export const HERMES: CallForm = {
  ...object("arguments"),
  opens: ["<tool_call>\n"],
  between: "\\n</tool_call>\\n<tool_call>\\n",
  close: "\n</tool_call>",
  mark: "<tool_call>",
};

/** Arguments in the tags of GLM. @param line what ends a line */
const glm = (line: string): CallForm => ({
  ...marked("<tool_call>", line, "</tool_call>", line),
  tags: { before: "<arg_key>", behind: `</arg_key>${line}<arg_value>`, end: `</arg_value>${line}` },
});

/** Qwen 3 Coder, with its values on lines of their own; Nemotron 3 and Seed-OSS without. */
const coder = (tag: string, line: string): CallForm => ({
  ...marked(`<${tag}>\n<function=`, ">\n", `</function>\n</${tag}>`, "\\n"),
  mark: `<${tag}>`,
  tags: { before: "<parameter=", behind: `>${line}`, end: `${line}</parameter>\n` },
});

/** DeepSeek. @param before what stands before a name, and `fence` around the arguments */
const deepSeek = (before: string, [open, end]: readonly [string, string], between: string): CallForm => ({
  opens: ["<｜tool▁calls▁begin｜>"],
  before: `<｜tool▁call▁begin｜>${before}`,
  behind: open,
  end: `${end}<｜tool▁call▁end｜>`,
  between,
  close: "<｜tool▁calls▁end｜>",
  mark: "<｜tool▁calls▁begin｜>",
});

/** Mistral wants ids of nine letters and digits. */
const ID_LENGTH = 9;

/** Granite 3: its template tells of the form, and has no place for calls. */
const TOLD = list(["<|tool_call|>[", "<|tool_call|> ["], "]", "<|tool_call|>");

const FORMS: readonly CallForm[] = [
  HERMES,
  { ...list(["[TOOL_CALLS][", "[TOOL_CALLS] ["], "]", "[TOOL_CALLS]"), idLength: ID_LENGTH }, // Mistral
  { ...marked("[TOOL_CALLS]", "[ARGS]", ""), idLength: ID_LENGTH }, // Mistral's later models
  list(["<tool_calls>["], "]</tool_calls>", "<tool_calls>"), // Apriel
  list(["<TOOLCALL>["], "]</TOOLCALL>", "<TOOLCALL>"), // Nemotron
  { ...HERMES, opens: ["<tool_calls>\n"], between: "\\n", close: "\n</tool_calls>", mark: "<tool_calls>" }, // MiniMax
  coder("tool_call", "\n"), // Qwen 3 Coder, Qwen 3.5
  coder("tool_call", ""), // Nemotron 3
  coder("seed:tool_call", ""), // Seed-OSS
  glm("\n"), // GLM 4.5 and 4.6
  glm(""), // GLM 4.7
  {
    opens: ["<minimax:tool_call>\n"], // MiniMax M2
    before: '<invoke name="',
    behind: '">\n',
    tags: { before: '<parameter name="', behind: '">', end: "</parameter>\n" },
    end: "</invoke>",
    between: "\\n",
    close: "\n</minimax:tool_call>",
    mark: "<minimax:tool_call>",
  },
  deepSeek("function<｜tool▁sep｜>", ["\n```json\n", "\n```"], "\\n"), // V3, R1
  deepSeek("", ["<｜tool▁sep｜>", ""], ""), // V3.1
  marked("<function=", ">", "</function>"), // Functionary
  TOLD,
  { ...object("parameters"), opens: ["", "<|python_tag|>"], close: "" }, // Llama 3.1 and later
];

/** The form of a chat in which an assistant called the tool `name` with `{"at": 1}`, where it is a known one. */
export function formOf(text: string, name: string): CallForm | undefined {
  return FORMS.find(({ opens, before, behind, tags, more = "", end, close }) => {
    const open = `(${opens.map(escaped).join("|")})`;
    const given = tags ? escaped(`${tags.before}at${tags.behind}1${tags.end}`) : '\\{"at": ?1\\}';
    const lead = escaped(before + name + behind);
    return new RegExp(`${open}${lead}${given}(${more})?${escaped(end + close)}`).test(text);
  });
}

/** The form that a template tells the model of, where it shows no call. */
export function toldForm(text: string): CallForm | undefined {
  return text.includes(TOLD.mark) ? TOLD : undefined;
}
