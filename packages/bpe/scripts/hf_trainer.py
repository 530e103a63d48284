# Writes test/hf-trainer.json: what Hugging Face's trainer makes of a small corpus in settings that its JavaScript binding
# cannot be given. Needs: pip install tokenizers==0.23.3
import json
import pathlib
import tempfile

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

LINES = [
    "low low low low low lower lower newest newest newest newest newest newest widest widest widest\n",
    "Ünïcödé ünïcödé — 東京都、東京、京都 🙂🙂🙃 🙂\n",
    "banana bandana ananas anagram aaaaaaaaaaaaaaaa aaaaaaaaa aaaaa\n",
    "x = [i for i in range(10) if i % 2 == 0]  # x = [0, 2, 4, 6, 8]\n",
    "it's they're we've I'll it's\t\ttabs    and   blanks \r\n",
    "\n",
    "the last line has no end, the lowest of the low",
]
SETTINGS = [
    {"vocab_size": 400},
    {"vocab_size": 400, "initial_alphabet": True},
    {"vocab_size": 400, "special_tokens": ["<s>", "</s>"], "initial_alphabet": True},
    {"vocab_size": 150, "special_tokens": ["<pad>"]},
    {"vocab_size": 400, "min_frequency": 3},
    {"vocab_size": 400, "max_token_length": 2},
    {"vocab_size": 400, "max_token_length": 4},
    {"vocab_size": 400, "max_token_length": 9},
]


def train(path, setting):
    alphabet = pre_tokenizers.ByteLevel.alphabet() if setting.get("initial_alphabet") else []
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    options = {**setting, "initial_alphabet": alphabet}
    tokenizer.train([path], trainers.BpeTrainer(show_progress=False, **options))
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": model["vocab"], "merges": [" ".join(pair) for pair in model["merges"]]}


with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "corpus.txt"
    path.write_bytes("".join(LINES).encode())
    cases = [{"setting": setting, **train(str(path), setting)} for setting in SETTINGS]
out = pathlib.Path(__file__).parent.parent / "test" / "hf-trainer.json"
out.write_text(json.dumps({"lines": LINES, "cases": cases}, ensure_ascii=False) + "\n")
