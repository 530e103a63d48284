"""Writes fasttext.json: small models that fastText trained, one that this package did, as base64, and what fastText
predicts with them and with lid.176.ftz. Run it in a checkout after `npm ci`.

    pip install fasttext-wheel "numpy<2"
    python make_fasttext.py

With the builds for numpy 2, training may end in NaN.
"""

import base64, json, random, subprocess, tempfile
from pathlib import Path

import fasttext

HERE = Path(__file__).parent
LID = HERE.parents[3] / "node_modules/fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz"
rng = random.Random(20260102)

TOPICS = {
    "meer": "Wasser Welle Küste Schiff Fisch Sturm Möwe Segel".split(),
    "горы": "снег камень тропа вершина лёд ветер склон".split(),
    "市": "street house market noise crowd tower bridge 市場 駅".split(),
    "x_y": "leaf root seed soil rain bloom garden".split(),
}
FILLERS = "the of and to 1 2,5 . , !".split()


def sentence(words):
    return " ".join(rng.choice(words if rng.random() < 0.6 else FILLERS) for _ in range(rng.randint(3, 12)))


PIECES = [w for words in TOPICS.values() for w in words] + FILLERS + "</s> __label__meer __label__ __labe é 😀 𝒜 \u200b \xa0 a\x0bb a\x00b \t \r x</s> <a> > 語 ÿþ".split(" ")
TEXTS = ["", " ", "\t \r", "</s>", "rain", "rain </s> Welle Welle", "__label__meer", "Welle " * 300] + [
    "".join(rng.choice(PIECES) + rng.choice([" ", " ", " ", "  ", "", "\xa0"]) for _ in range(rng.randint(1, 14))) for _ in range(60)
]
MODELS = {
    "softmax": dict(loss="softmax", wordNgrams=3),
    "characters": dict(loss="softmax", minn=2, maxn=4),
    "hs": dict(loss="hs", minn=1, maxn=3, wordNgrams=2),
    "ova": dict(loss="ova"),
    "ns": dict(loss="ns", minn=3, maxn=3),
    "quantized": dict(loss="softmax", minn=2, maxn=3, wordNgrams=2, quantize=dict(qnorm=True)),
    "pruned": dict(loss="hs", minn=2, maxn=3, wordNgrams=2, quantize=dict(cutoff=260)),
}


# The texts come on stdin, each as a label and a text; the model goes to the file.
TRAIN = """
import { readFileSync, writeFileSync } from "node:fs";
import { trainClassifier } from "@llm/dataset";
const texts = JSON.parse(readFileSync(0, "utf8")).map(([label, text]) => ({ label, text }));
const options = { dim: 4, bucket: 300, minn: 2, maxn: 3, epoch: 10 };
trainClassifier(texts, options).then((model) => writeFileSync(process.argv.at(-1), model.save()));
"""


def train(texts, file):
    command = ["npx", "tsx", "--conditions=@llm/source", "-e", TRAIN, "--", str(file)]
    subprocess.run(command, input=json.dumps(texts), text=True, check=True, cwd=HERE.parents[1])


def predictions(model):
    return [[[label.removeprefix("__label__"), round(float(p), 7)] for label, p in zip(*model.predict(text, k=4))] for text in TEXTS]


with tempfile.TemporaryDirectory() as folder:
    data = Path(folder) / "data.txt"
    topics = rng.choices(list(TOPICS), weights=[4, 3, 2, 1], k=400)
    texts = [(topic, sentence(TOPICS[topic])) for topic in topics]
    data.write_text("".join(f"__label__{topic} {text}\n" for topic, text in texts))
    found = {}
    for name, options in MODELS.items():
        quantize = options.pop("quantize", None)
        options = dict(bucket=300, dim=4, epoch=10, lr=0.5, thread=1, verbose=0) | options
        model = fasttext.train_supervised(str(data), **options)
        if quantize:
            model.quantize(input=str(data), **quantize)
        file = Path(folder) / "model"
        model.save_model(str(file))
        # What is saved is asked: a model in memory still holds the rows that quantising took away.
        model = fasttext.load_model(str(file))
        found[name] = {"model": base64.b64encode(file.read_bytes()).decode(), "predictions": predictions(model)}
    file = Path(folder) / "ours"
    train(texts, file)
    model = base64.b64encode(file.read_bytes()).decode()
    found["trained here"] = {"model": model, "predictions": predictions(fasttext.load_model(str(file)))}
    found["lid.176"] = {"predictions": predictions(fasttext.load_model(str(LID)))}
(HERE / "fasttext.json").write_text(json.dumps({"texts": TEXTS, "models": found}, separators=(",", ":")) + "\n")
print({name: len(model.get("model", "")) for name, model in found.items()})
