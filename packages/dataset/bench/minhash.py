"""Seconds that datatrove takes for the signatures of the texts in a JSON file, for each line on stdin."""
import json, sys, time
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.utils.hashing import HashConfig

texts = json.load(open(sys.argv[1]))
stage = MinhashDedupSignature("/unused", MinhashConfig(hash_config=HashConfig(precision=64, hash_fc="sha1")))
for _ in sys.stdin:
    start = time.perf_counter()
    for text in texts:
        shingles = stage.get_shingles(text)
        if shingles.size:
            stage.get_signature(shingles)
    print(time.perf_counter() - start, flush=True)
