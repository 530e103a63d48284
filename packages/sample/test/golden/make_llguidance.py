"""Writes llguidance.json: masks of llguidance 1.9.1 at GPT-2's 50,257 tokens, on the way of random texts.

    pip install llguidance==1.9.1 numpy
    python make_llguidance.py tokenizer.json > llguidance.json

tokenizer.json is GPT-2's (`JSON.stringify(tokenizer.toHF())` of @llm/bpe). Of each mask there is the CRC-32 of its bits without
the end token's, and whether the text may end. Without `no_forcing` llguidance allows one token alone where the text is forced.
Tokens with U+007F are left out: llguidance has it escaped in strings, which `JSON.stringify` does not.
"""

import json
import random
import sys
import zlib

import numpy as np
from llguidance import LLMatcher, LLTokenizer

tokenizer = LLTokenizer(open(sys.argv[1]).read())
END = tokenizer.eos_token
KEPT = np.packbits([b"\x7f" not in tokenizer.decode_bytes([i]) for i in range(END)], bitorder="little")


def an_object(required=None, **properties):
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


NODE = an_object(["v", "next"], v={"type": "string", "maxLength": 6}, next={"type": "array", "items": {"$ref": "#/$defs/node"}})
BOUND = {"type": "integer", "minimum": -5, "maximum": 1200}
SCHEMAS = {
    "texts of an enum": {"enum": ["value %d" % (i * 7919) for i in range(200)]},
    "values of an enum": {"enum": [1, "1", None, True, 1.5, "é\"", "naïve 😀"]},
    "boolean or null": an_object(a={"type": ["boolean", "null"]}),
    "bounds": an_object(a=BOUND, b={"type": "integer", "minimum": 3, "maximum": 117}),
    "exclusive bounds": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1000},
    "optional": an_object(["b", "d"], a=BOUND, b=BOUND, c={"type": "null"}, d={"const": "x"}, e={"type": "boolean"}),
    "all optional": an_object([], name=BOUND, named={"type": "null"}, na={"type": "boolean"}),
    "up to six characters": an_object(a={"type": "string", "maxLength": 6}),
    "three to twenty": {"type": "string", "minLength": 3, "maxLength": 20},
    "any text": an_object(a={"type": "string"}, b={"type": "string"}),
    "items": {"type": "array", "items": BOUND, "minItems": 2, "maxItems": 4},
    "items without end": {"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}},
    "a tuple": {"type": "array", "prefixItems": [BOUND, {"type": "null"}], "items": {"const": "y"}, "minItems": 1},
    "a choice": {"anyOf": [an_object(type={"const": "a"}, x=BOUND), an_object(type={"const": "ab"}, y={"type": "null"}), {"type": "null"}]},
    "recursive": {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
    "a pattern": an_object(a={"type": "string", "pattern": "^[A-Z][a-z]{2,10}-\\d{3}$"}),
    "a pattern of two": {"type": "string", "pattern": "^(ab|[c-f]é?)+$"},
    "uuid": {"type": "string", "format": "uuid"},
    "ipv4": an_object(a={"type": "string", "format": "ipv4"}),
    "date": {"type": "string", "format": "date"},
}
REGEXES = {
    "a date": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    "any line": r"[^\n]*[0-9][^\n]*",
    "words": r"([a-z]+ ){2,4}[a-z]+\.",
    "beyond ascii": r"[à-ÿ😀-😎]{1,5}|[^a-z]{3}",
}


def ids_of(mask):
    return np.nonzero(np.unpackbits(np.frombuffer(mask, dtype=np.uint8), bitorder="little"))[0]


def walk(grammar, seed):
    """Random tokens, now and then one that ends something, and the mask before each."""
    draw = random.Random(seed)
    matcher = LLMatcher(tokenizer, grammar)
    steps = []
    while len(steps) < 40 and not matcher.is_stopped():
        mask = bytearray(matcher.compute_bitmask())
        may_end = bool(mask[END >> 3] >> (END & 7) & 1)
        mask = np.frombuffer(bytes(mask), dtype=np.uint8).copy()
        mask[: len(KEPT)] &= KEPT
        mask[END >> 3] &= ~(1 << (END & 7)) & 255
        allowed = ids_of(mask.tobytes())
        steps.append([zlib.crc32(mask.tobytes()), int(may_end)])
        if len(allowed) == 0:
            break
        ends = [i for i in allowed if tokenizer.decode_bytes([int(i)])[:1] in b'"}]'] if draw.random() < 0.3 else []
        id = int(draw.choice(ends or list(allowed)))
        steps[-1].append(id)
        if not matcher.consume_token(id):
            raise RuntimeError(matcher.get_error())
    return steps


def grammar(start):
    return LLMatcher.grammar_from_lark('%llguidance { "no_forcing": true }\nstart: ' + start)


cases = []
compact = {"whitespace_flexible": False}
for name, schema in SCHEMAS.items():
    start = grammar("%json " + json.dumps({**schema, "x-guidance": compact}))
    cases.append({"name": name, "schema": schema, "walks": [walk(start, seed) for seed in range(4)]})
for name, regex in REGEXES.items():
    start = grammar("/" + regex + "/")
    cases.append({"name": name, "regex": regex, "walks": [walk(start, seed) for seed in range(4)]})
print(json.dumps(cases, separators=(",", ":"), ensure_ascii=False))
