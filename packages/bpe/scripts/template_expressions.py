"""Lists what chat templates use of Jinja: filters, tests, methods, functions, tags, and every expression, with how often it occurs.
Takes folders (searched for *.jinja and tokenizer_config.json) and files; needs jinja2:

    python template_expressions.py ../test/golden/jinja/families > used.json
"""

import collections
import json
import pathlib
import re
import sys

import jinja2
from jinja2 import nodes

environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])


def sources(paths):
    for path in map(pathlib.Path, paths):
        files = [path] if path.is_file() else [*path.rglob("*.jinja"), *path.rglob("tokenizer_config.json")]
        for file in sorted(files):
            if file.suffix != ".json":
                yield file.read_text()
                continue
            found = json.loads(file.read_text()).get("chat_template") or []
            yield from [found] if isinstance(found, str) else [entry["template"] for entry in found]


def expressions(source):
    """The inside of every {{ }}, and what follows if, elif, for … in and set … =."""
    opened = None
    for _, kind, value in environment.lex(source):
        if kind in ("variable_begin", "block_begin"):
            opened = []
        elif kind in ("variable_end", "block_end") and opened is not None:
            text = re.sub(r"\s+", " ", "".join(opened)).strip()
            found = re.match(r"(?:if|elif) (.*)|for .+? in (.*)|set [^=]+?= ?(.*)", text)
            if kind == "variable_end":
                yield text
            elif found:
                yield next(part for part in found.groups() if part is not None)
            opened = None
        elif opened is not None:
            opened.append(value)


used = collections.defaultdict(collections.Counter)
for source in sources(sys.argv[1:]):
    used["expressions"].update(expressions(source))
    used["tags"].update(re.findall(r"\{%[-+]?\s*(\w+)", source))
    # {% generation %} is transformers' own.
    tree = environment.parse(re.sub(r"\{%[-+]?\s*(end)?generation\s*[-+]?%\}", "", source))
    used["filters"].update(node.name for node in tree.find_all(nodes.Filter))
    used["tests"].update(node.name for node in tree.find_all(nodes.Test))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr):
            used["methods"][call.node.attr] += 1
        elif isinstance(call.node, nodes.Name):
            used["functions"][call.node.name] += 1
json.dump({kind: dict(counts.most_common()) for kind, counts in used.items()}, sys.stdout, ensure_ascii=False, indent=1)
