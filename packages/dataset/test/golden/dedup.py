"""Makes dedup.json: what datatrove 0.10 (with spacy 3.8) writes and decides when it removes duplicates, and what datatrove
0.2.0, unpacked in the folder given, simplifies texts to.

    pip install "datatrove==0.10.*" spacy xxhash
    pip download --no-deps datatrove==0.2.0 && unzip -d old datatrove-0.2.0-*.whl
    python dedup.py old > dedup.json
"""
import hashlib, importlib.util, json, random, sys, tempfile, types
from pathlib import Path
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer
from datatrove.pipeline.dedup.exact_dedup import ExactDedupConfig, ExactDedupFilter, ExactDedupSignature, ExactFindDedups
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature,
)
from datatrove.pipeline.dedup.sentence_dedup import (
    SentDedupConfig, SentenceDedupFilter, SentenceDedupSignature, SentenceFindDedups,
)
from datatrove.utils.hashing import HashConfig

here = Path(__file__).parent
sha1 = HashConfig(precision=64, hash_fc="sha1")
rng = random.Random(11)
minhash = json.loads((here / "minhash.json").read_text())


def documents(texts, **metadata):
    return [Document(text=text, id=str(i), metadata={k: v[i] for k, v in metadata.items()}) for i, text in enumerate(texts)]


# --- MinHash in four stages, over three tasks ---
TASKS = 3


def files_of(folder, pattern):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(Path(folder).glob(pattern))}


def staged(workers):
    config = MinhashConfig(hash_config=sha1)
    with tempfile.TemporaryDirectory() as folder:
        for rank in range(TASKS):
            MinhashDedupSignature(folder + "/signatures", config).run(documents(minhash["corpus"][rank::TASKS]), rank, TASKS)
        for task in range(14 * workers):
            MinhashDedupBuckets(folder + "/signatures", folder + "/pairs", config=config).run(None, task, 14 * workers)
        MinhashDedupCluster(folder + "/pairs", folder + "/clusters", config, save_cluster_id=True, save_cluster_size=True).run(None, 0, 1)
        kept = []
        for rank in range(TASKS):
            block = MinhashDedupFilter(folder + "/clusters")
            kept.append([int(doc.id) for doc in block.run(documents(minhash["corpus"][rank::TASKS]), rank, TASKS)])
        return {
            "signatures": {name: hashlib.sha256(data).hexdigest() for name, data in files_of(folder, "signatures/*/*").items()},
            "pairs": {name: data.hex() for name, data in files_of(folder, "pairs/*").items()},
            "clusters": {name: data.hex() for name, data in files_of(folder, "clusters/*").items()},
            "kept": kept,
        }


# --- sentences that come again ---
WORDS = "river stone light window garden mountain letter winter music silver road paper cloud table bread story harbor field".split()


def sentence():
    words = [rng.choice(WORDS) for _ in range(rng.randint(4, 14))]
    return " ".join(words).capitalize() + rng.choice([".", ".", ".", "?", "!", "...", '."'])


pool = [sentence() for _ in range(14)]


def text_of_sentences():
    parts = []
    while len(parts) < rng.randint(3, 16):
        if rng.random() < 0.45:
            start = rng.randrange(len(pool) - 4)
            parts += pool[start : start + rng.randint(2, 4)]
        else:
            parts.append(sentence())
    text = ""
    for part in parts:
        text += part.upper() if rng.random() < 0.05 else part
        text += rng.choice([" "] * 8 + ["  ", "\n", "\n\n", " \n"])
    return text if rng.random() < 0.3 else text.strip()


sentence_texts = [text_of_sentences() for _ in range(60)]
sentence_texts += ["", "One. ", "Two. Two. Two. Two. Two. Two.", "\n\n\n", "A. B. C. \n", "A. B. C. \n"] * 2
SENTENCES = {
    "default": dict(),
    "kept_short": dict(min_doc_words=0, min_num_sentences=0),
    "two": dict(n_sentences=2, min_doc_words=20, min_num_sentences=2),
    "lines": dict(n_sentences=1, split_sentences=False, min_doc_words=0, min_num_sentences=0),
}


def sentence_dedup(tasks=1, **options):
    config = SentDedupConfig(hash_config=sha1, **options)
    corpus = lambda rank: documents(sentence_texts)[rank::tasks]
    with tempfile.TemporaryDirectory() as folder:
        for rank in range(tasks):
            SentenceDedupSignature(folder + "/sigs", config=config).run(corpus(rank), rank, tasks)
        SentenceFindDedups(folder + "/sigs", folder + "/dups", config=config).run(None, 0, 1)
        kept = {}
        for rank in range(tasks):
            for doc in SentenceDedupFilter(folder + "/dups", config=config).run(corpus(rank), rank, tasks):
                kept[doc.id] = doc.text
        return kept


# What comes first is decided by position, then by rank: dealt out to three tasks, the documents keep their order.
sentences = {name: sentence_dedup(**options) for name, options in SENTENCES.items()}
assert sentences == {name: sentence_dedup(3, **options) for name, options in SENTENCES.items()}


# --- equal URLs ---
urls = [f"https://example.com/{rng.randrange(12)}" for _ in range(40)]
priorities = [rng.randint(1, 5) for _ in urls]


def exact_dedup(priority):
    def url_of(doc) -> str:
        return doc.metadata["url"]

    config = ExactDedupConfig(url_of, (lambda doc: doc.metadata["priority"]) if priority else None, hash_config=sha1)
    corpus = lambda: documents(urls, url=urls, priority=priorities)
    with tempfile.TemporaryDirectory() as folder:
        ExactDedupSignature(folder + "/sigs", config).run(corpus(), 0, 1)
        ExactFindDedups(folder + "/sigs", folder + "/dups", config).run(None, 0, 1)
        return [int(doc.id) for doc in ExactDedupFilter(folder + "/dups", config).run(corpus(), 0, 1)]


# --- texts that hold parts of evaluations ---
def phrase(least, most):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(least, most)))


items = [{"query": phrase(6, 20), "label": phrase(1, 20)} for _ in range(12)]
contaminated_texts = []
for _ in range(80):
    item = rng.choice(items)
    both = (item["query"] + " " + item["label"]).split()
    start = rng.randrange(len(both))
    part = " ".join(both[start : start + rng.randint(8, 20)])
    if rng.random() < 0.3:
        part = part.capitalize().replace(" ", ", ")
    contaminated_texts.append(phrase(3, 15) + " " + part + " " + phrase(3, 15))
DECONTAMINATION = {
    "default": dict(),
    "query": dict(find_query_ngrams=True),
    "label_only": dict(find_overlap_ngrams=False),
    "eight": dict(n_grams=8, find_query_ngrams=True),
}
# lighteval is only needed to fetch its own tasks.
NGramsDecontIndexer._requires_dependencies = []


def decontaminate(**options):
    config = NGramsDecontConfig(hash_config=sha1, **options)
    indexer = NGramsDecontIndexer("/unused", config=config)
    block = NGramsDecontFilter("/unused", config=config)
    block._index_hashes = {}
    for number, item in enumerate(items):
        for value in indexer.compute_hashes(item["label"], item["query"]):
            block._index_hashes.setdefault(value, str(number))
    found = []
    for doc in documents(contaminated_texts):
        dropped = block.filter(doc) is not True
        found.append([int(doc.metadata["contaminated_task"]), doc.metadata["contaminated_ngram"]] if dropped else None)
    return found


# --- as the FineWeb release simplified texts ---
def old_simplify():
    for name in ("nltk", "loguru", "xxhash"):
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = types.ModuleType(name)
    path = Path(sys.argv[1]) / "datatrove/utils/text.py"
    spec = importlib.util.spec_from_file_location("old_text", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts = [case["text"] for case in minhash["texts"]] + ["it's 3.5--or 3,5?\x1c\x85end", " \u2028 a\u200bb "]
    return [[text, module.simplify_text(text)] for text in texts]


json.dump({
    "staged": staged(1), "stagedByTwo": staged(2)["pairs"],
    "sentenceTexts": sentence_texts,
    "sentences": sentences,
    "urls": urls, "priorities": priorities, "urlsKept": exact_dedup(False), "urlsKeptByPriority": exact_dedup(True),
    "items": items, "contaminatedTexts": contaminated_texts,
    "decontamination": {name: decontaminate(**options) for name, options in DECONTAMINATION.items()},
    "fineweb2024": old_simplify(),
}, sys.stdout, ensure_ascii=False, indent=0)
