"""What transformers makes of sixty conversations with the chat templates in families/, as hashes of text, ids and mask. Needs
transformers (written with 5.24) and jinja2 (3.1.6):

    python families.py > families.json

Ids and masks are left out where a conversation holds a special token of the family: transformers makes a token of it, and
encode() must not. `now` is the time that strftime_now writes.
"""

import datetime
import hashlib
import json
import pathlib
import re
import tempfile

from conversations import conversations
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

here = pathlib.Path(__file__).parent
now = [2026, 1, 5, 13, 7, 9]


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(*now)


chat_template_utils.datetime = Clock
base = json.loads((here.parent / "tokenizer.json").read_text())
known = {token["content"] for token in base["added_tokens"]}
control = re.compile(r"<\|[^|<>\s'{}]+\|>|<｜[^｜\s]+｜>|\[/?[A-Z_]{2,}\]|<\|?/?s>|<end_of_turn>")
tag = re.compile(r"</?[a-z_]+>")


def tokenizer_for(special, added):
    """The small tokenizer, with tokens more: special ones, and others that are found wherever they stand."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    tokens = [(text, True) for text in special] + [(text, False) for text in added]
    size = len(base["model"]["vocab"])
    more = [{"id": size + i, "content": text, **flags, "special": kind} for i, (text, kind) in enumerate(tokens)]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({**base, "added_tokens": base["added_tokens"] + more}, file)
        file.flush()
        return PreTrainedTokenizerFast(tokenizer_file=file.name, bos_token="<|bos|>", eos_token="<|im_end|>")


def digest(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def result(tokenizer, source, chat, special):
    options = {**chat, "conversation": chat["messages"], "chat_template": source}
    del options["messages"]
    try:
        text = tokenizer.apply_chat_template(**options, tokenize=False)
    except Exception:
        return None
    typed = json.dumps(chat, ensure_ascii=False)
    # Parts of one, which a template may join, start with "<|im_" here.
    if any(token in typed for token in special) or "<|im_" in typed:
        return digest([text])
    out = tokenizer.apply_chat_template(
        **options, return_dict=True, return_assistant_tokens_mask="{% generation" in source or "{%- generation" in source
    )
    return digest([text, out["input_ids"], out.get("assistant_masks")])


families = {}
for path in sorted((here / "families").glob("*.jinja")):
    source = path.read_text()
    special = sorted(set(control.findall(source)) - known)
    added = sorted(set(tag.findall(source)) - set(special) - known)
    tokenizer = tokenizer_for(special, added)
    results = {name: result(tokenizer, source, chat, special + list(known)) for name, chat in conversations.items()}
    families[path.stem] = {"special": special, "added": added, "results": list(results.values())}
print(json.dumps({"now": now, "chats": conversations, "families": families}, ensure_ascii=False, indent=0).replace('",\n"', '","'))
