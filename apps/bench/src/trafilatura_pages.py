"""Main content by trafilatura, as FineWeb calls it: stdin is a JSON list of pages.

Prints one line of JSON: the version and, by mode, pages a second of the processor's time and texts.
"""
import json
import logging
import sys
import time

import trafilatura
import trafilatura.meta

logging.disable()
pages = json.load(sys.stdin)
modes = {}
for mode, options in [("precision", {"favor_precision": True, "deduplicate": True}), ("standard", {})]:
    # Twice, the second time by the clock: an engine's first pages say little of a long run.
    for _ in range(2):
        # deduplicate remembers paragraphs of earlier pages
        trafilatura.meta.reset_caches()
        start = time.process_time()
        texts = [trafilatura.extract(page, include_comments=False, **options) or "" for page in pages]
        rate = len(pages) / (time.process_time() - start)
    modes[mode] = {"rate": rate, "texts": texts}
print(json.dumps({"version": trafilatura.__version__, "modes": modes}))
