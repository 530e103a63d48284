// The forms in which answers hold calls of tools. Each family of models has its own, and its chat template tells which.

/** A form: a call is `before`, the name, `behind`, the arguments as JSON, and `end`. */
export interface CallForm {
  /** What may stand before the first call, best first. */
  readonly opens: readonly [string, ...string[]];
  readonly before: string;
  readonly behind: string;
  /** Behind the arguments, as an expression. */
  readonly end: string;
  /** Between two calls, as an expression. Left out: there is one call at most. */
  readonly between?: string;
  /** Behind the last call. */
  readonly close: string;
  /** What no text beside calls has in it; left out: calls are all of an answer, and other answers begin otherwise. */
  readonly mark?: string;
  /** Ids of calls are so many letters and digits. Left out: any text. */
  readonly idLength?: number;
}

/** Hermes, Qwen, Granite 4: what models are asked for whose template has no form of its own. */
export const HERMES: CallForm = {
  opens: ["<tool_call>\n"],
  before: '{"name": "',
  behind: '", "arguments": ',
  end: "\\}",
  between: "\\n</tool_call>\\n<tool_call>\\n",
  close: "\n</tool_call>",
  mark: "<tool_call>",
};

/** Llama 3.1 and later. */
const LLAMA: CallForm = {
  opens: ["", "<|python_tag|>"],
  before: '{"name": "',
  behind: '", "parameters": ',
  end: "\\}",
  close: "",
};

/** Mistral: a list. Models put an id behind the arguments, or none. */
const MISTRAL: CallForm = {
  opens: ["[TOOL_CALLS][", "[TOOL_CALLS] ["],
  before: '{"name": "',
  behind: '", "arguments": ',
  end: '(, "id": "[A-Za-z0-9]{9}")?\\}',
  between: ", ?",
  close: "]",
  mark: "[TOOL_CALLS]",
  idLength: 9,
};

/** Mistral's later models. */
const MISTRAL_ARGUMENTS: CallForm = {
  opens: ["[TOOL_CALLS]"],
  before: "",
  behind: "[ARGS]",
  end: "",
  between: "\\[TOOL_CALLS\\]",
  close: "",
  mark: "[TOOL_CALLS]",
  idLength: 9,
};

const FUNCTIONARY: CallForm = {
  opens: ["<function="],
  before: "",
  behind: ">",
  end: "</function>",
  between: "<function=",
  close: "",
  mark: "<function=",
};

const FORMS = [HERMES, MISTRAL, MISTRAL_ARGUMENTS, FUNCTIONARY, LLAMA];

/** The form of a chat in which an assistant called the tool `name` with `{"at": 1}`, where it is a known one. */
export function formOf(text: string, name: string): CallForm | undefined {
  return FORMS.find(({ opens, before, behind, end, close }) => {
    const open = `(${opens.map(escaped).join("|")})`;
    const call = `${escaped(before + name + behind)}\\{"at": ?1\\}${end}`;
    return new RegExp(open + call + escaped(close)).test(text);
  });
}

/** What stands before the arguments of a call of each of these tools, for the first call of an answer and for later ones. */
export function leadsOf({ opens, before, behind }: CallForm, names: readonly string[]) {
  const leads = (opens: readonly string[]) =>
    opens.flatMap((open) => names.map((name) => ({ name, text: open + before + name + behind })));
  return { first: leads(opens), later: leads([""]) };
}

/** A text as an expression. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
