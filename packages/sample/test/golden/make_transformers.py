"""What each logits processor of Hugging Face's transformers makes of random cases, in float64.

pip install "transformers==5.24.0" torch, then in this folder: python make_transformers.py 100 > transformers.json
The number is how many cases of each stage; 10000 agree to 1e-12.
"""

import json
import random
import sys

import torch
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    SequenceBiasLogitsProcessor,
    SuppressTokensLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

random.seed(20)
size = 8


def number(low, high):
    return random.randrange(int(low * 64), int(high * 64)) / 64


# In the order in which transformers' generate() builds its list.
stages = {
    "mask": (
        lambda: [i for i in range(1, size) if random.random() < 0.5] or [1],
        lambda ids: SuppressTokensLogitsProcessor([i for i in range(size) if i not in ids]),
    ),
    "logitBias": (
        lambda: {str(random.randrange(size)): number(-3, 3) or 1.0 for _ in range(2)},
        lambda bias: SequenceBiasLogitsProcessor({(int(i),): value for i, value in bias.items()}),
    ),
    "repetitionPenalty": (lambda: number(0.5, 2), RepetitionPenaltyLogitsProcessor),
    "noRepeatNgram": (lambda: random.randint(1, 4), NoRepeatNGramLogitsProcessor),
    "temperature": (lambda: number(0.1, 2.5), TemperatureLogitsWarper),
    "topK": (lambda: random.randint(1, size), TopKLogitsWarper),
    "topP": (lambda: number(0.1, 1), TopPLogitsWarper),
    "minP": (lambda: number(0.02, 0.6), MinPLogitsWarper),
    "typicalP": (lambda: number(0.1, 1), TypicalLogitsWarper),
}


def case(names):
    # Ties matter to some stages, and rounding must decide nothing in the others.
    tied = random.random() < 0.3 and not {"topP"} & set(names)
    logits = [float(random.randint(-3, 3)) if tied else round(random.gauss(0, 2), 3) for _ in range(size)]
    # A small alphabet, so that sequences repeat; not all of it, so that something is left.
    history = [random.randrange(size - 2) for _ in range(random.randint(1, 12))]
    params = {name: stages[name][0]() for name in names}
    ids = torch.tensor([history])
    scores = torch.tensor([logits], dtype=torch.float64)
    for name in stages:
        if name in params:
            scores = stages[name][1](params[name])(ids, scores)
    kept = [i for i, score in enumerate(scores[0].tolist()) if score > -float("inf")]
    if not kept:
        return case(names)
    probabilities = scores.softmax(-1)[0].tolist()
    return [logits, history, params, kept, [float(f"{probabilities[i]:.16g}") for i in kept]]


count = int(sys.argv[1])
mixed = [[name for name in stages if random.random() < 0.5] for _ in range(count)]
lists = [[name] for name in stages for _ in range(count)] + mixed
print("[" + ",\n".join(json.dumps(case(names), separators=(",", ":")) for names in lists) + "]")
