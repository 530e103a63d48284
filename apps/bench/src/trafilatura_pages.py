"""Main content by trafilatura, as FineWeb calls it: python trafilatura_pages.py <folder of .html or .html.gz pages>.

Prints one line of JSON: version, pages a second (a second pass over all pages, after a first that warms up), by mode.
"""
import gzip
import json
import sys
import time
from pathlib import Path

import trafilatura

pages = []
for path in sorted(Path(sys.argv[1]).iterdir()):
    if path.name.endswith((".html", ".html.gz")):
        data = path.read_bytes()
        pages.append((gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf8", "replace"))

rates = {}
for mode, options in [("precision", {"favor_precision": True, "deduplicate": True}), ("balanced", {})]:
    for _ in range(2):
        start = time.process_time()
        for page in pages:
            trafilatura.extract(page, include_comments=False, **options)
        rates[mode] = len(pages) / (time.process_time() - start)
print(json.dumps({"version": trafilatura.__version__, "pages": len(pages), **rates}))
