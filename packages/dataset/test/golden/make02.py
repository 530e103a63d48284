"""Writes fineweb2024.json: what datatrove 0.2 decides on the texts of make.py's golden files, run after it.

    pip install "datatrove==0.2.0" nltk==3.8.1 spacy tldextract pyahocorasick regex fasttext-numpy2 "numpy<2"
    LLM_DATA=<folder with article-extraction/, langid/ and url-lists/> python make02.py

That version asks NLTK for words and sentences, whose trained model is not in the package. So spaCy answers here, as it does
in 0.10: what is compared is every decision but where a word or a sentence ends. Run again with PUNKT=<punkt_tab/english of
NLTK's data> it asks NLTK, and writes what is decided otherwise then to fineweb2024-punkt.json.
"""

import hashlib, json, os
from pathlib import Path

import fasttext, nltk, nltk.tokenize, spacy
from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter, LanguageFilter, URLFilter
from datatrove.pipeline.filters.url_filter import parse_list
from datatrove.pipeline.formatters import PIIFormatter
from nltk.tokenize.punkt import PunktSentenceTokenizer
from tldextract import TLDExtract

HERE = Path(__file__).parent
DATA = Path(os.environ["LLM_DATA"])

nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
nlp.max_length = 10**8
stripped = lambda parts: [part.strip() for part in parts if part.strip()]
words = lambda text, language="english": stripped(token.text for token in nlp(text))
sentences = lambda text, language="english": stripped(sentence.text for sentence in nlp(text).sents)
PUNKT = os.environ.get("PUNKT")
if PUNKT:
    learned = lambda name: [line.split("\t") for line in (Path(PUNKT) / name).read_text().splitlines()]
    punkt = PunktSentenceTokenizer()
    punkt._params.abbrev_types = {word for [word] in learned("abbrev_types.txt")}
    punkt._params.sent_starters = {word for [word] in learned("sent_starters.txt")}
    punkt._params.collocations = {tuple(pair) for pair in learned("collocations.tab")}
    punkt._params.ortho_context.update((word, int(seen)) for word, seen in learned("ortho_context.tab"))
    nltk.tokenize.load = lambda path: punkt
else:
    nltk.word_tokenize = nltk.tokenize.word_tokenize = words
    nltk.sent_tokenize = nltk.tokenize.sent_tokenize = sentences

FILTERS = {
    "gopher_repetition": GopherRepetitionFilter(),
    "gopher_quality": GopherQualityFilter(),
    "c4_quality": C4QualityFilter(filter_no_terminal_punct=False),
    "c4_quality_terminal": C4QualityFilter(),
    "fineweb_quality": FineWebQualityFilter(None),
}
LANGUAGE = LanguageFilter()
LANGUAGE._model = fasttext.FastText._FastText(
    str(HERE.parents[3] / "node_modules/fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz")
)


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decide(name, text):
    """[reason or None, text afterwards]"""
    doc = Document(text=text, id="0")
    try:
        result = FILTERS[name].filter(doc)
    except ZeroDivisionError:  # on an empty text, which is dropped as one here
        return "empty", text
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
    found["language"] = [doc.metadata["language"], round(float(doc.metadata["language_score"]), 6), bool(kept)]
    found["pii_text"] = sha(PIIFormatter().format(text))
    return found


def url_filter(domains=(), urls=(), words=(), softWords=(), subwords=()):
    made = URLFilter()
    made.tldextractor = TLDExtract(suffix_list_urls=())
    made._downloaded = True  # the lists that come with it
    made.block_listed_domains, made.block_listed_url = parse_list(domains, False), parse_list(urls, False)
    made.banned_words, made.banned_subwords, made.soft_banned_words = map(parse_list, (words, subwords, softWords))
    return made


def decide_url(filter, url):
    result = filter.filter(Document(text="", id="0", metadata={"url": url}))
    return result[1] if isinstance(result, tuple) else None


def rows(name):
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def whole(parts):
    return "".join(piece * times for piece, times in parts)


# --- where the two versions differ, on both sides of each line ---
p = "The people of the town walked to the lake and back in the morning, for they have nothing to do with it. "
EXTRA = [
    [["A line of text that ends well, for sure.\n", 3], ["A line without an end in sight, longer\n", 21], ["The last line of text, longer than that", 1]],
    [["Some words that stand here for a line %d.\n", 1], ["word the ", 40]],
    [["A line of text that is long enough.\n\n", 33], ["The end of the text, long enough too.", 1]],
    [["Well here is a line, which ends in 'quotation marks'\n", 1], ["Another one, which ends in \"quotation marks\"\n", 1]],
    [["行の終わり。", 6], ["\n", 1], ["The line that ends in another script。", 1]],
    [["x" * 99 + ".\n", 2], ["y" * 9800 + ".", 1]], [["x" * 98 + ".\n", 2], ["y" * 9800 + ".", 1]],
    [["One line of many.\u2028", 4], [p + "\n", 6]], [["One line of many.\r", 4], [p + "\n", 6]], [["One line.\n\n\n\n", 1], [p + "\n", 2]],
    [[p + "\n\n\n\n\n\n", 3]], [["the word is here for you ", 20]], [["word is here for you ", 20], ["the the", 1]], [["word is here for you ", 20], ["the", 1]],
    [["word ", 49], ["។ the the", 1]], [["word ", 48], ["។ the the", 1]], [["mail Me@Example.net or me@example.NET or a.B@c.de now. ", 3]],
    [["The people of the\ntown walked to the\nlake and back in the\nmorning.\n", 2]], [["to\nbe\nof\n", 30]],
    [["", 1]], [["\n", 4]], [["A.\n", 30]], [[p, 8], ["\n", 1], ["short line here\n", 2]], [[p + "\n", 1], ["short line here\n", 2]],
    [["Line %s of the text which is long enough." % n + "\n", 1] for n in "abcdefghijklmnopqrstuvw"] + [["Short one.\n", 1], ["Shorter.\n", 46]],
]
LISTS, *urls = rows("urls.jsonl")
made = url_filter(**LISTS)
truth = json.loads((DATA / "article-extraction" / "ground-truth.json").read_text())
read = lambda name: (DATA / "url-lists" / name).read_text().splitlines()
public = url_filter(words=read("banned_words.txt"), subwords=read("banned_subwords.txt"), softWords=read("soft_banned_words.txt"))
pages = {id: decisions(page["articleBody"]) | ({"url": decide_url(public, page["url"])} if page.get("url") else {}) for id, page in truth.items()}


def joined():
    sentences = {f.stem: [l for l in f.read_text().split("\n") if l] for f in sorted((DATA / "langid").glob("*.txt"))}
    for id in json.loads((HERE / "langid.json").read_text()):
        one, two = id.split(" ")
        if two.isdigit():
            yield id, "\n".join(sentences[one][int(two) : int(two) + 10])
        else:
            yield id, "\n".join(l for pair in zip(sentences[one][:5], sentences[two][:5]) for l in pair)


found = {
    "cases": [decisions(whole(parts)) for parts, _ in rows("cases.jsonl")],
    "extra": [[parts, decisions(whole(parts))] for parts in EXTRA],
    "urls": [decide_url(made, url) for url, _ in urls],
    "pages": pages,
    "langid": {id: decisions(text) for id, text in joined()},
}
name = "fineweb2024.json"
if PUNKT:
    plain = json.loads((HERE / name).read_text())
    name = "fineweb2024-punkt.json"
    keyed = lambda part: part.items() if isinstance(part, dict) else enumerate(part)
    decided = lambda each: each[1] if isinstance(each, list) else each
    found = {
        group: {key: now for key, each in keyed(found[group]) if (now := decided(each)) != decided(plain[group][key])}
        for group in ["cases", "extra", "pages", "langid"]
    }
(HERE / name).write_text(json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n")
print({name: len(part) for name, part in found.items()})
