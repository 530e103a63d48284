"""Writes files.json: Parquet, zstd and CSV files that others wrote, in base64, and what is in them.

    pip install pyarrow zstandard
    python files.py
"""

import base64, csv, datetime, io, json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

HERE = Path(__file__).parent


def b64(data):
    return base64.b64encode(data).decode()


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return b64(out.getvalue())


rows = [
    {
        "text": f"Text number {i}: Grüße, 世界 😀" * (i % 4),
        "id": f"<urn:uuid:{i}>",
        "token_count": i,
        "big": 2**62 + i,
        "score": i / 8,
        "day": datetime.date(2024, 1, 1 + i),
        "at": datetime.datetime(2024, 1, 1, 12, 30, i, 250_000),
        "ok": i % 2 == 0,
        "tags": [f"t{j}" for j in range(i % 3)],
        "source": {"name": "crawl", "depth": i},
        "maybe": None if i % 2 else "there",
        "raw": bytes([0, 255, i]),
    }
    for i in range(20)
]
table = pa.Table.from_pylist(rows)


def wanted(row):
    meta = {k: v for k, v in row.items() if k not in ("text", "id") and v is not None}
    meta["big"] = str(row["big"])
    meta["day"] = row["day"].isoformat() + "T00:00:00.000Z"
    meta["at"] = row["at"].isoformat(timespec="milliseconds") + "Z"
    meta["raw"] = b64(row["raw"])
    return {"id": row["id"], "text": row["text"], "meta": meta}


lines = "".join(json.dumps({"text": f"line {i} " + "x" * (i % 300)}) + "\n" for i in range(3000)).encode()
half = len(lines) // 2
checked = zstandard.ZstdCompressor(write_checksum=True)
streamed = io.BytesIO()
with zstandard.ZstdCompressor(level=19).stream_writer(streamed, closefd=False) as writer:
    for at in range(0, len(lines), 10_000):
        writer.write(lines[at : at + 10_000])

cells = [["text", "id", "note"], ['He said "hi",\nand left', "1", ""], ["plain", "2", "a,b"], ["ünï — 世界", "3", " spaced "], ["", "4", "empty text"], ["a\r\nb", "5", "x"]]


def table_of(**options):
    out = io.StringIO(newline="")
    csv.writer(out, **options).writerows(cells)
    return b64(out.getvalue().encode())


golden = {
    "parquet": {
        "rows": [wanted(row) for row in rows],
        "files": {
            name: parquet(table, row_group_size=7, **options)
            for name, options in {
                "snappy": {"compression": "snappy"},
                "zstd": {"compression": "zstd"},
                "gzip": {"compression": "gzip"},
                "brotli": {"compression": "brotli"},
                "v2, no dictionary": {"compression": "snappy", "data_page_version": "2.0", "use_dictionary": False},
                "none": {"compression": "none"},
            }.items()
        },
    },
    "zstd": {
        "lines": 3000,
        "files": {
            "two frames, checksums": b64(checked.compress(lines[:half]) + checked.compress(lines[half:])),
            "streamed, size unknown": b64(streamed.getvalue()),
            "skippable frame between": b64(checked.compress(lines[:half]) + b"\x50\x2a\x4d\x18\x05\x00\x00\x00hello" + checked.compress(lines[half:])),
        },
    },
    "csv": {
        "rows": cells[1:],
        "files": {
            ".csv": table_of(lineterminator="\n"),
            ".tsv": table_of(lineterminator="\n", delimiter="\t"),
            "\r\n.csv": table_of(lineterminator="\r\n", quoting=csv.QUOTE_ALL),
        },
    },
}
(HERE / "files.json").write_text(json.dumps(golden, indent=1) + "\n")
