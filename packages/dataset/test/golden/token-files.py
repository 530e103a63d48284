"""Writes token-files.json: what datatrove 0.10's DocumentTokenizer writes for texts, and the texts' ids.

    pip install "datatrove==0.10.*" tokenizers
    python token-files.py
"""

import base64, json, tempfile
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.tokens.tokenizer import DocumentTokenizer
import humanize
from tokenizers import Tokenizer, models, pre_tokenizers

HERE = Path(__file__).parent
texts = ["a b c", "", "word999 a", " ".join(f"word{i}" for i in range(400)), "c"]


def case(vocab_size):
    vocab = {"<|endoftext|>": 0, "<unk>": 1, "a": 2, "b": 3, "c": 4}
    for i in range(1000):
        vocab[f"word{i}"] = vocab_size - 1000 + i
    for i in range(len(vocab), vocab_size):
        vocab[f"<{i}>"] = i - 1000
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save(f"{folder}/t.json")
        step = DocumentTokenizer(f"{folder}/out", f"{folder}/t.json", eos_token="<|endoftext|>", shuffle_documents=False)
        list(step.run((Document(text=t, id=str(i)) for i, t in enumerate(texts)), rank=3, world_size=4) or [])
        files = {
            p.name: base64.b64encode(p.read_bytes()).decode().replace(folder, "")
            for p in sorted(Path(f"{folder}/out").iterdir())
            if not p.name.endswith(".metadata")
        }
        metadata = (Path(f"{folder}/out") / "00003_unshuffled.ds.metadata").read_text().replace(f"{folder}/", "")
    return {
        "vocabSize": tokenizer.get_vocab_size(),
        "ids": [tokenizer.encode(t, add_special_tokens=False).ids for t in texts],
        "files": files,
        "metadata": metadata,
    }


counts = [0, 1, 10, 405, 999, 1000, 1005, 1015, 1234, 9995, 12250, 12350, 99950, 125500, 999499, 999500, 999999, 10**6, 1125000, 1375000, 12345678, 10**9 + 5 * 10**6, 10**12]
golden = {
    "cases": [case(65_536), case(70_000)],
    "metric": [[n, humanize.metric(n, unit="T")] for n in counts],
}
(HERE / "token-files.json").write_text(json.dumps(golden, indent=1) + "\n")
