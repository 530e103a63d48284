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
    # deduplicate remembers paragraphs of earlier pages
    trafilatura.meta.reset_caches()
    start = time.process_time()
    texts = [trafilatura.extract(page, include_comments=False, **options) or "" for page in pages]
    modes[mode] = {"rate": len(pages) / (time.process_time() - start), "texts": texts}
print(json.dumps({"version": trafilatura.__version__, "modes": modes}))
