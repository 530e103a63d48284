"""Writes warc.json: the records that warcio reads in a folder of WARC files, without their content.

    pip install warcio brotli
    LLM_DATA=<folder with warc/> python warc.py
"""

import hashlib, json, os
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

HERE = Path(__file__).parent
golden = {}
for path in sorted((Path(os.environ["LLM_DATA"]) / "warc").iterdir()):
    records, problem = [], None
    try:
        with open(path, "rb") as stream:
            for record in ArchiveIterator(stream):
                # As archived, and of a response its body without transfer and content encodings.
                found = {"type": record.rec_type, "uri": record.rec_headers.get_header("WARC-Target-URI"), "length": int(record.length)}
                body = record.content_stream().read()
                if record.rec_type == "response" and record.http_headers:
                    found["status"] = record.http_headers.get_statuscode()
                    found["body"] = hashlib.sha256(body).hexdigest()[:16]
                    found["bodyLength"] = len(body)
                records.append(found)
    except Exception as error:
        problem = type(error).__name__ + ": " + str(error).strip().split("\n")[0][:80]
    golden[path.name] = {"records": records, "problem": problem}
(HERE / "warc.json").write_text(json.dumps(golden, indent=1) + "\n")
