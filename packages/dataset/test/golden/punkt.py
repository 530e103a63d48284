"""Writes punkt.jsonl, the sentences and words that NLTK finds in texts, and punkt/, the parameters it finds them with.

    pip install nltk==3.8.1
    python punkt.py

The parameters are learned here, from the texts of tokens.jsonl and from TEXT, since those of NLTK's data are not ours to give.
"""

import json, random
from pathlib import Path

import nltk.tokenize
from nltk.tokenize import sent_tokenize, word_tokenize
from nltk.tokenize.punkt import PunktSentenceTokenizer, PunktTrainer

HERE = Path(__file__).parent
TEXT = """Mr. Abel met Dr. Brown in St. Ives on Jan. 5. He was late. The train of 9.15 a.m. had left. Mrs. Carr and Mr. Dale were there,
e.g. for the fair. They spoke of J. Ellis, who came from the U.S. in 1990. It was cold. Mr. Abel said so. The fair began at 10 a.m. on
Jan. 6. He bought apples, pears, etc. and left. Dr. Brown did not. She stayed with J. Ellis and Mrs. Carr. In St. Ives it rained. The rain
fell on the fair. No. 7 was the best stall. They all liked No. 7. It had cakes. But he had gone. "Where is he?" asked Mrs. Carr. """

rows = [json.loads(line)[0] for line in (HERE / "tokens.jsonl").read_text().splitlines()]
trainer = PunktTrainer()
trainer.INCLUDE_ALL_COLLOCS = True
trainer.train(TEXT * 3 + "\n\n".join(row for row in rows if len(row) < 400))
parameters = trainer.get_params()
parameters.abbrev_types |= {"mr", "dr", "mrs", "u.s", "e.g", "etc", "st", "a.m", "no"}
parameters.collocations |= {("##number##", "stall"), ("j", "ellis"), ("st", "ives")}
parameters.sent_starters |= {"he", "it", "but", "they", "in"}
tokenizer = PunktSentenceTokenizer(parameters)
nltk.tokenize.load = lambda path: tokenizer

PIECES = (
    "the The Mr. Dr. U.S. J. e.g. etc. 3.5 1990. No. 7 stall hello World cannot gonna gimme d'ye more'n 'tis 'Twas wanna lemme gotta don't "
    "I'LL John's it's Ellis Ives ... .. . ? ! ?! \" ' '' `` “ ” ‘ ’ « » ( ) [ ] { } < > , ; : -- --- - @ # $ % & * é Ünder ß İ 中文。 "
    "1,000.50 -5. a.b.c. St. x A I b. B. said He he It it But but _ … ١٢ Ⅷ ² ǅ ſs 😀"
).split(" ") + ["\n", "\n\n", " ", "  ", "\t", "\u00a0", "\u2028", "\x1c", "\x85"]
rng = random.Random(1)
made = ["".join(rng.choice(PIECES) + " " * (rng.random() < 0.6) for _ in range(rng.randint(1, 14))) for _ in range(1500)]

(HERE / "punkt").mkdir(exist_ok=True)
for name, lines in {
    "abbrev_types.txt": parameters.abbrev_types,
    "sent_starters.txt": parameters.sent_starters,
    "collocations.tab": ["\t".join(pair) for pair in parameters.collocations],
    "ortho_context.tab": [f"{word}\t{seen}" for word, seen in parameters.ortho_context.items() if seen],
}.items():
    (HERE / "punkt" / name).write_text("".join(f"{line}\n" for line in sorted(lines)))
with open(HERE / "punkt.jsonl", "w") as out:
    for text in [TEXT, *made]:
        out.write(json.dumps([text, sent_tokenize(text), word_tokenize(text)], ensure_ascii=False, separators=(",", ":")) + "\n")
