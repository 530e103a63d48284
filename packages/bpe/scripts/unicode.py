"""Writes ../src/unicode.generated.ts: the character classes of Unicode 16, the version tiktoken's regex uses.

pip install unicodedata2==16.0.0 && python scripts/unicode.py

Runs of equal class become "<length in base 36><class letter>": a run of class 0 (everything else) ends in a dot.
"""
import pathlib
import unicodedata2 as unicodedata

assert unicodedata.unidata_version == "16.0.0"
WHITE_SPACE = {*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
LETTER = {"Lu": 1, "Lt": 1, "Ll": 2, "Lm": 3, "Lo": 3}


def class_of(code: int) -> int:
    if code in (10, 13):
        return 7
    if code in WHITE_SPACE:
        return 6
    category = unicodedata.category(chr(code))
    if category in LETTER:
        return LETTER[category]
    return {"M": 4, "N": 5}.get(category[0], 0)


def base36(n: int) -> str:
    digits = ""
    while n:
        n, d = divmod(n, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[d] + digits
    return digits


runs: list[list[int]] = []
for code in range(0x110000):
    kind = class_of(code)
    if runs and runs[-1][1] == kind:
        runs[-1][0] += 1
    else:
        runs.append([1, kind])
if runs[-1][1] == 0:
    runs.pop()
# A length of 1 is left out: "U" is one upper-case letter.
text = "".join(("" if n == 1 else base36(n)) + ".ULOMNSR"[kind] for n, kind in runs)
pathlib.Path(__file__).parent.joinpath("../src/unicode.generated.ts").write_text(
    "// Written by scripts/unicode.py: do not edit.\n"
    "/** Run lengths of the character classes of Unicode 16.0. */\n"
    f'export const CLASS_RUNS =\n  "{text}";\n'
)
print(len(runs), "runs,", len(text), "characters")
