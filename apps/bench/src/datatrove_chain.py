"""FineWeb's base steps in datatrove 0.10, one task: python datatrove_chain.py <folder> <file.warc.gz> <url lists> <lid.176 model or "">.

Prints one line of JSON: seconds, of the clock and of the processor (extraction's own process included), and how many documents are left. Then, untimed, the first 181 pages once more,
with the texts that the filters take in `extracted/` and those they keep in `filtered/`. Beside dataset-chain.ts, which runs it.
"""
import json
import os
import sys
import time
from pathlib import Path

import datatrove.utils.lid
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
    URLFilter,
)
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from tldextract import TLDExtract

folder, file, lists, lid = (Path(argument) if argument else None for argument in sys.argv[1:5])
read = lambda name: (lists / f"{name}.txt").read_text().splitlines()
urls = URLFilter(
    banned_words=read("banned_words"),
    banned_subwords=read("banned_subwords"),
    soft_banned_words=read("soft_banned_words"),
    use_integrated_lists=False,
)
urls.tldextractor = TLDExtract(suffix_list_urls=())  # the list that comes with the package: nothing is fetched
language = []
if lid:
    datatrove.utils.lid.cached_asset_path_or_download = lambda *args, **options: str(lid)
    language = [LanguageFilter(languages=["en"])]

reading = [
    WarcReader(str(folder), glob_pattern=file.name),
    urls,
    # A busy machine shall drop no page, and none for having come before: every page comes several times.
    Trafilatura(favour_precision=True, timeout=60, deduplicate=False),
]
filters = [
    *language,
    GopherRepetitionFilter(),
    GopherQualityFilter(),
    C4QualityFilter(filter_no_terminal_punct=False),
    FineWebQualityFilter(),
]
write = lambda name: JsonlWriter(str(folder / name), compression=None)
steps = [*reading, *filters, write("theirs")]
start, used = time.perf_counter(), sum(os.times()[:4])
LocalPipelineExecutor(steps, tasks=1, logging_dir=str(folder / "logs"), skip_completed=False).run()
seconds = time.perf_counter() - start
cpu = sum(os.times()[:4]) - used
kept = sum(1 for path in (folder / "theirs").glob("*.jsonl") for _ in path.open())

reading[0].limit = 181
steps = [*reading, write("extracted"), *filters, write("filtered")]
LocalPipelineExecutor(steps, tasks=1, logging_dir=str(folder / "logs-once"), skip_completed=False).run()
print(json.dumps({"seconds": seconds, "cpu": cpu, "kept": kept}))
