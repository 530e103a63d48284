"""Writes the golden files of this folder: what datatrove 0.10, spaCy 3.8 and fastText make of texts.

    pip install "datatrove==0.10.*" spacy tldextract pyahocorasick regex fasttext-numpy2-wheel
    LLM_DATA=<folder with article-extraction/, langid/ and url-lists/> python make.py

tokens.jsonl  words and sentences of random strings
cases.jsonl   decisions on generated texts; a text is a list of [piece, repeats]
urls.jsonl    decisions on URLs, with lists of its own
pages.json    decisions on the articles of the extraction benchmark, by page id: no text of theirs is here
lists.json    decisions on URLs made of the public lists' words: no word of theirs is here, only their order
langid.json   decisions on sentences in 28 languages joined to documents, by what they are joined of: again without text
thresholds.json  decisions of the filters that FineWeb-2 applies, with thresholds of its shape, on the texts of cases.jsonl and langid.json

make02.py does the same with datatrove 0.2, after this.
"""

import hashlib, json, os, random, sys
from pathlib import Path

import fasttext
import spacy
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter, LanguageFilter, URLFilter
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.utils.text import split_into_sentences, split_into_words

HERE = Path(__file__).parent
DATA = Path(os.environ["LLM_DATA"])
rng = random.Random(20260101)

FILTERS = {
    "gopher_repetition": GopherRepetitionFilter(),
    "gopher_quality": GopherQualityFilter(),
    "c4_quality": C4QualityFilter(filter_no_terminal_punct=False),
    "c4_quality_terminal": C4QualityFilter(),
    "fineweb_quality": FineWebQualityFilter(),
}
LANGUAGE = LanguageFilter(languages=["en"])
LANGUAGE.model._model = fasttext.FastText._FastText(
    str(HERE.parents[3] / "node_modules/fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz")
)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decide(name, text):
    """[reason or None, text afterwards]"""
    doc = Document(text=text, id="0")
    result = FILTERS[name].filter(doc)
    keep, reason = result if isinstance(result, tuple) else (result, None)
    return (None, doc.text) if keep else (reason, text)


def decisions(text):
    """By step: the reason it drops the text for, or null; the rewritten text as a hash."""
    found = {}
    for name in FILTERS:
        reason, after = decide(name, text)
        found[name] = reason
        if name.startswith("c4"):
            found[name + "_text"] = None if reason else sha(after)
        if name == "c4_quality" and not reason and after:
            found["fineweb_after_c4"] = decide("fineweb_quality", after)[0]
    doc = Document(text=text, id="0")
    kept = LANGUAGE.filter(doc)
    found["language"] = [doc.metadata["language"], round(doc.metadata["language_score"], 6), bool(kept)]
    found["pii_text"] = sha(PIIFormatter().format(text))
    found["words"] = [len(split_into_words(text)), sha("\n".join(split_into_words(text)))]
    found["sentences"] = len(split_into_sentences(text))
    return found


def write(name, rows):
    with open(HERE / name, "w") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(name, len(rows))


# --- tokens: strings made of what the rules are about ---
nlp = spacy.blank("en")
RULES = list(nlp.tokenizer.rules)
PIECES = list(
    "aAbzZéÉßñçœŁł0159.,:;!?'\"’‘“”()[]{}<>-–—~_#*&%$£€+=/@^|\\…·°²µ§«»،۔؟。、！？ЖжяЇїΑαω中日本あア한글हிआதตไทעבع"
    "😀👍🏽©®™★•▪\u200b\u200d\ufeff\u00ad\u0301ʔʕ𐐀𝒜𠀀🈁\u2329\u232a〈〉"
) + (
    ".. ... .... …… -- --- —— US$ C$ km kg m/s 's 'S ’s n't http:// www. example.com a.b U.S. °F. °C p.m. I'm can't don’t "
    "cannot :) :-( <3 o_O ^_^ 10 3.5 1,000 e.g. Ph.D. and/or 1-2 5+ x^2 тб كم x@y.com 192.168.1.1 8.8.8.8 #tag $5 5$ 100US$ 5€"
).split(" ")
SPACES = [" "] * 12 + ["  ", "\n", "\n\n", "\t", "\u00a0", "\u3000", "\x1c", "\x85", "\r\n", " \n"]
LETTERS = "etaoinshrdluETAOINSHRDLU"


def odd_word():
    kind = rng.random()
    if kind < 0.25:
        return rng.choice(RULES)
    if kind < 0.6:
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
    if kind < 0.8:
        end = rng.choice(["", ".", "...", "?!", ",", "'s", '"', ")", ".)", "…"])
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 8))) + end
    return rng.choice(PIECES) + rng.choice(RULES) + rng.choice(PIECES)


def odd_text():
    return "".join(odd_word() + rng.choice(SPACES) for _ in range(rng.randint(1, 10)))


tokens = ["", " ", "  ", " a", "a ", "a  ", "\n", *RULES[::5]] + [odd_text() for _ in range(600)]
write("tokens.jsonl", [[text, split_into_words(text), split_into_sentences(text)] for text in tokens])

# --- cases: prose, and prose spoilt in the ways the filters look for ---
WORDS = (
    "time year people way day man thing woman life child world school state family student group country problem hand part "
    "place case week company system program question work government number night point home water room mother area money "
    "story fact month lot right study book eye job word business issue side kind head house service friend father power hour "
    "game line end member law car city community name president team minute idea body information back parent face others "
    "level office door health person art war history party result change morning reason research girl guy moment air teacher"
).split(" ")
STOPS = ["the", "be", "to", "of", "and", "that", "have", "with"]


def sentence(words=None):
    chosen = [rng.choice(STOPS if rng.random() < 0.3 else WORDS) for _ in range(words or rng.randint(4, 14))]
    return " ".join(chosen).capitalize() + rng.choice(["."] * 8 + ["?", "!", '."'])


def line():
    return " ".join(sentence() for _ in range(rng.randint(1, 3)))


def prose(lines=None):
    return [line() for _ in range(lines or rng.randint(2, 8))]


def spoil(lines):
    kind = rng.randrange(22)
    at = rng.randrange(len(lines))
    many = rng.randint(1, len(lines) * 2)
    if kind == 0: lines[at:at] = [lines[at]] * rng.randint(1, 3)
    elif kind == 1: lines += [sentence(3)] * rng.randint(1, 6)
    elif kind == 2: lines[at] += " " + " ".join([rng.choice(WORDS) + " " + rng.choice(WORDS)] * rng.randint(3, 12))
    elif kind == 3: lines[at] += " " + " ".join([sentence(7)] * rng.randint(2, 3))
    elif kind == 4: lines[:] = [(rng.choice(["- ", "• ", "\x1f-", "* "]) if rng.random() < 0.97 else "") + l for l in lines]
    elif kind == 5: lines[:] = [l.rstrip(".?!\"") + rng.choice(["...", "…", "... ", "…."]) if rng.random() < 0.4 else l for l in lines]
    elif kind == 6: lines[at] += " #" * rng.randint(1, 30)
    elif kind == 7: lines[at] += " ... …" * rng.randint(1, 12)
    elif kind == 8: lines[at] += " 12 3.5 1,000 %" * rng.randint(1, 10)
    elif kind == 9: lines[:] = [rng.choice(["a", "I", "x", "of"]) + " " + l for l in [" ".join(rng.choice(["a", "to", "be", "is"]) for _ in range(60)) + "."]]
    elif kind == 10: lines[:] = [" ".join(rng.choice(["internationalisation", "counterrevolutionary", "the", "of"]) for _ in range(70)) + "."]
    elif kind == 11: lines[at] = lines[at][:20] + rng.choice([" lorem ipsum ", " Lorem Ipsum", " lorem  ipsum "]) + lines[at][20:]
    elif kind == 12: lines[at] += rng.choice([" {", " }", " {x}", " JavaScript is off.", " javascript", " java script"])
    elif kind == 13: lines[at] += rng.choice([" Privacy Policy", " terms of use", " This site uses cookies.", " cookie"])
    elif kind == 14: lines[at] += rng.choice(["[1] [22]", "[citation needed]", "[edit]", "[٣]", "[1a]", "[]", " [1] [2]"])
    elif kind == 15: lines[:] = [l.rstrip(".?!\"") if rng.random() < 0.95 else l for l in lines]
    elif kind == 16: lines[:] = [part for l in lines for part in l.split(" ")] if rng.random() < 0.3 else [sentence(rng.randint(2, 5)) for _ in lines]
    elif kind == 17: lines[:] = ["; ".join(l.replace("the", "a").replace("of", "a").split()) for l in lines]
    elif kind == 18: lines[at] += rng.choice(["。", "؟", "।", "𑁇", "\u2028", "\x85", "\x0b", "\x1c", "\r", "\u3000", "\ufeff"])
    elif kind == 19: lines[at] = rng.choice(["", " ", "\t", "\u00a0", "\x1f", "\ufeff", "two words", "one"])
    elif kind == 20: lines[at] += rng.choice([" mail me@example.net now", " a.b+c@d-e.co.uk", " x@[1.2.3.4]", " é@x.yz", " 8.8.8.8", " 10.0.0.1", " 1.2.3.4.5.6.7.8", " 08.1.1.1", " 256.1.1.1", " 172.32.0.1 172.16.0.1", " o'k@y.zz, b@c", " 100.64.1.1 100.128.1.1"])
    else: lines[at] += " 😀𝒜é" * rng.randint(1, 20)
    return lines


def spoilt():
    lines = prose()
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        lines = spoil(lines)
    return rng.choice(["\n", "\n", "\n\n", "\r\n"]).join(lines) + rng.choice(["", "", "\n", " \n\n"])


def whole(parts):
    return "".join(piece * times for piece, times in parts)


p = " ".join(sentence(12) for _ in range(5))  # five sentences to stand on
exact = [
    [["word ", 49], ["the of.", 1]], [["word ", 47], ["the of.", 1]], [["word ", 48], ["the of.", 1]],
    [["abc ", 48], ["the end", 1]], [["ab ", 60], ["the of and", 1]], [["abcdefghij ", 60]], [["abcdefghij ", 59], ["abcdefghijk", 1]],
    [["abcdefghijk ", 60], ["the and", 1]], [["the and word ", 33334]], [["the and word ", 33333], ["of", 1]], [["the and word ", 33333], ["of it", 1]],
    [["word the and of ", 20], ["# ", 8]], [["word the and of ", 20], ["# ", 9]], [["word the and of ", 18], ["... ", 8]], [["word the and of ", 18], ["... ", 9]],
    [["word the and of ", 20], ["… ", 8]], [["- the and word again here\n", 9], ["the and word again here", 1]], [["- the and word again here\n", 10]],
    [["• the and word again here\n", 19], ["the and word", 1]], [["the and word again here...\n", 3], ["the and word again here.\n", 7]], [["the and word again here…\n", 4], ["the and word again here.\n", 6]],
    [["word the ", 40], ["12 ", 20]], [["word the ", 40], ["12 ", 21]], [["word this is here ", 20], ["the the", 1]], [["The And Of To ", 20]], [["word this is here ", 20], ["the of", 1]],
    [[p + "\n", 1], ["x" * 10, 100]], [[p + "\n", 1], ["x" * 10 + "y", 91], [" the end of it", 1]], [[p + "\nthe ", 1], ["x", 1001], [" end", 1]], [[p + "\nthe ", 1], ["x", 1000], [" end", 1]], [[p + "\nthe ", 1], ["😀", 1000], [" end", 1]],
    [[p + "\nOne two", 1]], [[p + "\nOne two three", 1]], [[p + "\n[1] [2] [3]", 1]], [[p + "\n[citation needed] x", 1]], [["One two three.\n", 4]], [["One two three.\n", 5]], [["One two three. ", 5]], [["Wait... what is it? ", 5]], [["Mr. Smith went to Washington. ", 4]],
    [["", 1]], [["\n", 3]], [[" \t\n ", 2]], [["a", 1]], [[".", 60]], [["word", 1], [" .", 200]],
    [["A line of text that ends well.\n", 1], ["A line without an end in sight, longer\n", 7]], [["A line of text that ends well, for sure.\n", 12], ["A line without an end in sight, longer\n", 88]], [["A line of text that ends well, for sure.\n", 11], ["A line without an end in sight, longer\n", 89]],
    [["Exactly thirty characters long\n", 67], ["One more than thirty characters\n", 33]], [["Exactly thirty characters long.\n", 67], ["One more than thirty characters\n", 33]],
    [["\n\n", 1], [p, 1], ["\n\n", 1], [p, 1]], [["Same.\n\n", 3], [p + "\n\n", 7]], [["a b c d e f g\n", 30]],
]
cases = [[parts, None] for parts in exact]
covered = {}
pool = [[[spoilt(), 1]] for _ in range(6000)]
for parts in pool:
    kept = False
    for name in FILTERS:
        key = (name, decide(name, whole(parts))[0])
        if covered.get(key, 0) < (6 if key[1] else 40):
            covered[key] = covered.get(key, 0) + 1
            kept = True
    if kept:
        cases.append([parts, None])
cases += [[[[odd_text(), 1]], None] for _ in range(40)]
write("cases.jsonl", [[parts, decisions(whole(parts))] for parts, _ in cases])
print("reasons covered:", sorted({f"{n}:{r}" for n, r in covered}))

# --- URLs ---
LISTS = {
    "domains": ["# comment", "bad.com", "worse.co.uk", "sub.example.org", "blog.host.github.io", "10.0.0.1", "co.uk"],
    "urls": ["https://example.org/one", "http://example.org/two/"],
    "words": ["#x", "casino", "x-rated", "Sexy"],
    "softWords": ["adult", "dating", "hot", "live"],
    "subwords": ["viagra", "free-poker"],
}
URLS = [
    "https://bad.com/", "http://www.bad.com:8080/x?y=1", "https://notbad.com", "https://a.b.worse.co.uk/p", "http://worse.co.uk", "http://co.uk/", "http://sub.example.org/x", "http://deep.sub.example.org/x",
    "https://blog.host.github.io/", "https://host.github.io/", "http://10.0.0.1/index.html", "http://localhost/bad.com", "https://example.org/one", "https://example.org/one/", "http://example.org/two/", "HTTP://EXAMPLE.ORG/two/",
    "http://example.org/casino", "http://example.org/Casino", "http://example.org/online_casino", "http://casinos.example.org/", "http://example.org/x-rated", "http://example.org/xrated/1", "http://example.org/Sexy", "http://example.org/sexy",
    "http://example.org/adult", "http://example.org/adult-dating", "http://example.org/adult/adult", "http://hot.example.org/live.html", "http://example.org/HOT/LIVE", "http://example.org/via-gra", "http://example.org/VIAGRA1", "http://example.org/freepoker", "http://example.org/free-pok-er", "http://freep.okerstars.com",
    "https://user:pw@bad.com/", "https://bad.com.", "//bad.com/x", "bad.com", "https://xn--bad-dma.com/", "http://[::1]/casino", "https://example.com/", "",
]
url_filter = URLFilter(extra_domains=LISTS["domains"], extra_urls=LISTS["urls"], banned_words=LISTS["words"], soft_banned_words=LISTS["softWords"], banned_subwords=LISTS["subwords"], use_integrated_lists=False)
# A list handed over is read without the network: the snapshot of suffixes that comes with the package will do.
from tldextract import TLDExtract
url_filter.tldextractor = TLDExtract(suffix_list_urls=())


def decide_url(filter, url):
    result = filter.filter(Document(text="", id="0", metadata={"url": url}))
    return result[1] if isinstance(result, tuple) else None


write("urls.jsonl", [LISTS] + [[url, decide_url(url_filter, url)] for url in URLS if url])

# --- the benchmark's pages ---
truth = json.loads((DATA / "article-extraction" / "ground-truth.json").read_text())
read = lambda name: (DATA / "url-lists" / name).read_text().splitlines()
public = URLFilter(banned_words=read("banned_words.txt"), banned_subwords=read("banned_subwords.txt"), soft_banned_words=read("soft_banned_words.txt"), use_integrated_lists=False)
public.tldextractor = url_filter.tldextractor
pages = {}
for id, page in sorted(truth.items()):
    pages[id] = decisions(page["articleBody"])
    if page.get("url"):
        pages[id]["url"] = decide_url(public, page["url"])
(HERE / "pages.json").write_text(json.dumps(pages, separators=(",", ":"), sort_keys=True) + "\n")
print("pages", len(pages))

# --- every word of the public lists in a few URLs, with a letter for each decision ---
LETTERS_OF = {None: ".", "hard_blacklisted": "h", "soft_blacklisted": "s", "blacklisted_subword": "b"}


def urls_of(word, next):
    return [
        f"https://example.org/{word}", f"https://example.org/a-{word}_b/", f"https://{word}.example.com/", f"https://example.org/{word.upper()}",
        f"https://example.org/x{word}y", f"https://example.org/{word}/{next}", f"https://{word}{next}.example.net/?q={word}", f"https://example.org/{'-'.join(word)}",
    ]


lists = {}
for name in ("banned_words", "banned_subwords", "soft_banned_words"):
    entries = [line.strip() for line in read(name + ".txt") if line.strip() and line[0] != "#"]
    pairs = zip(entries, entries[1:] + entries[:1])
    lists[name] = ["".join(LETTERS_OF[decide_url(public, url)] for url in urls_of(*pair)) for pair in pairs]
(HERE / "lists.json").write_text(json.dumps(lists, separators=(",", ":")) + "\n")

# --- sentences in many languages: ten of one at a time, and five of two by turns ---
def joined():
    sentences = {f.stem: [l for l in f.read_text().split("\n") if l] for f in sorted((DATA / "langid").glob("*.txt"))}
    languages = list(sentences)
    for language, lines in sentences.items():
        for i in range(0, len(lines), 10):
            yield f"{language} {i}", "\n".join(lines[i : i + 10])
    for one, two in zip(languages, languages[1:] + languages[:1]):
        yield f"{one} {two}", "\n".join(l for pair in zip(sentences[one][:5], sentences[two][:5]) for l in pair)


langid = {id: decisions(text) for id, text in joined()}
(HERE / "langid.json").write_text(json.dumps(langid, separators=(",", ":")) + "\n")
print("langid", len(langid))

# --- the filters as FineWeb-2 calls them, with numbers of our own that drop and keep some of these texts ---
CONFIG = {
    "dup_line_frac": 0.2, "dup_n_grams": [[5, 0.2], [7, 0.12], [9, 0.05]], "top_n_grams": [[2, 0.1], [3, 0.15]], "language_score": 0.7,
    "line_punct_thr": 0.5, "new_line_ratio": 0.1, "min_avg_word_length": 3.5, "max_avg_word_length": 6, "max_non_alpha_words_ratio": 0.85,
    "stopwords": ["the", "and", "die", "und", "de", "en"],
}
THRESHOLDS = [
    GopherRepetitionFilter(dup_para_frac=0, dup_line_char_frac=0, dup_para_char_frac=0, dup_line_frac=CONFIG["dup_line_frac"], top_n_grams=CONFIG["top_n_grams"], dup_n_grams=CONFIG["dup_n_grams"]),
    FineWebQualityFilter(short_line_thr=999, char_duplicates_ratio=0.1, line_punct_thr=CONFIG["line_punct_thr"], new_line_ratio=CONFIG["new_line_ratio"]),
    GopherQualityFilter(min_avg_word_length=CONFIG["min_avg_word_length"], max_avg_word_length=CONFIG["max_avg_word_length"], max_non_alpha_words_ratio=CONFIG["max_non_alpha_words_ratio"], stop_words=CONFIG["stopwords"], min_stop_words=2),
]


def reasons(text):
    results = [filter.filter(Document(text=text, id="0")) for filter in THRESHOLDS]
    return [result[1] if isinstance(result, tuple) and not result[0] else None for result in results]


found = {"config": CONFIG, "cases": [reasons(whole(parts)) for parts, _ in cases], "langid": {id: reasons(text) for id, text in joined()}}
(HERE / "thresholds.json").write_text(json.dumps(found, separators=(",", ":")) + "\n")
print("thresholds", sorted({str(r) for rs in [*found["cases"], *found["langid"].values()] for r in rs}))
