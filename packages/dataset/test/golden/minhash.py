"""Makes minhash.json: what datatrove 0.10.0 (with spacy 3.8, xxhash, tokenizers) says of a few texts and of a small corpus.

python minhash.py > minhash.json
"""
import json, os, random, struct, sys, tempfile
from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature,
)
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import simplify_text

config = MinhashConfig(hash_config=HashConfig(precision=64, hash_fc="sha1"))
texts = [
    "the quick brown fox jumps over the lazy dog and runs away",
    "Four words only, here",
    "Crème brûlée cost 3,50 € in 2019; by 2024 it was 1.234,56 — or ١٢٫٥ in Arabic digits! (Déjà vu?)",
    "«Привет, мир!» сказал он… и ушёл домой в 10:45, не оглядываясь назад ни разу.",
    "Tabs\tand\u00a0no-break\u2003spaces\u0085and \u200bzero\u200b widths, \ufeffa mark and control\u0007 characters too.",
    "İstanbul'da ΟΔΟΣ ΣΟΦΟΣ and the straße: Ångström, naïve, Zoë, coöperate, résumé, Łódź, Ørsted.",
    "他说：“今天天气很好，我们去公园吧！” 然后 他们 一起 走 了 很 久 。 １２３ 和 四五六",
    "We're sure it's Mr. O'Neill's U.S.A. e-mail: someone@example.com, or http://example.com/a?b=c#d, 5pm-6pm! " * 20,
]
rng = random.Random(7)
vocabulary = "river stone light window garden mountain letter winter music silver road paper cloud table bread story harbor field mirror summer lantern forest bridge market teacher village island morning shadow clock".split()
def sentence():
    return " ".join(rng.choice(vocabulary) for _ in range(rng.randint(60, 120)))
corpus = [sentence() for _ in range(14)]
for original in list(corpus):
    for edits in (1, 2, 4, 8):
        if rng.random() < 0.6:
            words = original.split()
            for _ in range(edits):
                words[rng.randrange(len(words))] = rng.choice(vocabulary)
            corpus.append(" ".join(words))
corpus.append("too short")
rng.shuffle(corpus)

with tempfile.TemporaryDirectory() as folder:
    stage = MinhashDedupSignature(folder + "/sigs", config)
    stage.run((Document(text=text, id=str(i)) for i, text in enumerate(corpus)), 0, 1)
    for bucket in range(14):
        MinhashDedupBuckets(folder + "/sigs", folder + "/dups", config=config).run(None, bucket, 14)
    MinhashDedupCluster(folder + "/dups", folder + "/removes", config=config).run(None, 0, 1)
    pairs = []
    for bucket in range(14):
        data = open(f"{folder}/dups/{bucket:05d}_00.dups", "rb").read()
        pairs += [[b, d, bucket] for _, b, _, d in struct.iter_unpack("<4I", data)]
    removed = [i for (i,) in struct.iter_unpack("<I", open(folder + "/removes/000000.remove", "rb").read())]

def signature(text):
    shingles = stage.get_shingles(text)
    return [str(x) for bucket in stage.get_signature(shingles) for x in bucket] if shingles.size else None

json.dump({
    "a": [str(x) for x in stage.parameters[0][0]],
    "b": [str(x) for x in stage.parameters[1][0]],
    "texts": [{"text": t, "simplified": simplify_text(t), "signature": signature(t)} for t in texts],
    "corpus": corpus, "pairs": pairs, "removed": removed,
}, sys.stdout, ensure_ascii=False, indent=0)
