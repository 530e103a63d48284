"""Distributions of Hugging Face's own logits processors: pip install "transformers<4.50" "torch<2.3" "numpy<2".

Run in this folder: python make.py > transformers.json
"""

import json
import random

import torch
from transformers.generation.logits_process import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

random.seed(20)
cases = []
for n in range(60):
    size = random.choice([5, 20, 50])
    if n % 6 == 0:  # ties, which only top-k treats in a defined way
        logits = [random.randint(-4, 4) / 2 for _ in range(size)]
        params = {"topK": random.randint(1, size)}
    else:
        logits = [round(random.gauss(0, 2), 6) for _ in range(size)]
        params = {
            "temperature": round(random.uniform(0.2, 2), 3),
            "topK": random.randint(1, size),
            "topP": round(random.uniform(0.1, 0.99), 3),
            "minP": round(random.uniform(0.01, 0.4), 3),
            "repetitionPenalty": round(random.uniform(0.7, 1.8), 3),
        }
        params = {key: value for key, value in params.items() if random.random() < 0.6}
    history = [random.randrange(size) for _ in range(random.randint(1, 8))]
    ids = torch.tensor([history])
    scores = torch.tensor([logits], dtype=torch.float64)
    # The order in which transformers' generate() builds its list.
    for key, make in [
        ("repetitionPenalty", RepetitionPenaltyLogitsProcessor),
        ("temperature", TemperatureLogitsWarper),
        ("topK", TopKLogitsWarper),
        ("topP", TopPLogitsWarper),
        ("minP", MinPLogitsWarper),
    ]:
        if key in params:
            scores = make(params[key])(ids, scores)
    cases.append(
        {"logits": logits, "history": history, "params": params, "probabilities": scores.softmax(-1)[0].tolist()}
    )
print(json.dumps(cases))
