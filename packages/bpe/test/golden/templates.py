"""What transformers makes of the templates beside this file, with the tokenizer of tokenizer.json. Needs transformers (written
with 5.24) and jinja2:

    python templates.py > templates.json
"""

import json
import pathlib

from transformers import PreTrainedTokenizerFast

here = pathlib.Path(__file__).parent
tokenizer = PreTrainedTokenizerFast(
    tokenizer_file=str(here / "tokenizer.json"), bos_token="<|bos|>", eos_token="<|im_end|>"
)

user = lambda content: {"role": "user", "content": content}
assistant = lambda content: {"role": "assistant", "content": content}
system = {"role": "system", "content": "  Be brief. "}
tools = [
    {
        "type": "function",
        "function": {
            "name": "add",
            "description": 'Adds "a" & <b>, naïvely',
            "parameters": {"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]},
        },
    }
]
call = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": "x < y"}}}],
}
chats = {
    "plain": {"messages": [user("Why is the sky blue?"), assistant("Air scatters blue light most.")]},
    "prompt": {"messages": [system, user("hello")], "add_generation_prompt": True},
    "blanks": {"messages": [user("\n\n hello \n"), assistant("\n  there\n\n"), user("\t"), assistant("  ok")]},
    "scripts": {"messages": [user("naïve 日本語 👩‍👩‍👧 \ue000\uf800"), assistant("e\u0301 🐚"), user("١٢٣"), assistant("👍🏽")]},
    "markup": {"messages": [user("a < b <| c |> <div>"), assistant("<b>x</b> {{ 1 }} {% if %}")]},
    "think": {
        "messages": [user("2 * 3?"), assistant("<think>\nhm\n</think>\n\n6 < 7"), user("sure?")],
        "add_generation_prompt": True,
        "enable_thinking": False,
    },
    "tools": {"messages": [user("1 + 2?"), call, {"role": "tool", "content": "3"}, assistant("3")], "tools": tools},
}


def golden(name, chat):
    options = {**chat, "conversation": chat["messages"], "chat_template": (here / "templates" / name).read_text()}
    del options["messages"]
    text = tokenizer.apply_chat_template(**options, tokenize=False)
    out = tokenizer.apply_chat_template(**options, return_dict=True, return_assistant_tokens_mask="generation" in name)
    return {"text": text, "ids": out["input_ids"], "mask": out.get("assistant_masks")}


results = [
    {"template": path.name, "chat": name, **golden(path.name, chat)}
    for path in sorted((here / "templates").glob("*.jinja"))
    for name, chat in chats.items()
]
print(json.dumps({"chats": chats, "results": results}, ensure_ascii=False))
