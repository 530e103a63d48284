"""Makes run.json: ten updates of a tiny GPT-2 by PyTorch, for train() to repeat.

    apt-get install python3-torch && pip install "transformers==4.40.2" "numpy<2" safetensors
    python make.py

The model is @llm/gpt's golden one; two accumulated batches a step, AdamW with decay on matrices only,
clipping that takes effect, cosine schedule with warmup; everything in float64.
"""
import json
import math
from pathlib import Path

import torch
from transformers import GPT2LMHeadModel

here = Path(__file__).parent
STEPS, MICRO, B, T, V = 10, 2, 3, 12, 29
LR, MIN_LR, WARMUP, CLIP = 1e-2, 1e-3, 3, 0.5

model = GPT2LMHeadModel.from_pretrained(here / "../../../gpt/test/golden/tanh").double().train()
decay = [p for p in model.parameters() if p.dim() >= 2]
rest = [p for p in model.parameters() if p.dim() < 2]
optimizer = torch.optim.AdamW(
    [{"params": decay, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}],
    betas=(0.9, 0.99), eps=1e-8,
)


def rate(update: int) -> float:
    if update < WARMUP:
        return LR * (update + 1) / (WARMUP + 1)
    share = (update - WARMUP) / (STEPS - WARMUP)
    return MIN_LR + 0.5 * (1 + math.cos(math.pi * share)) * (LR - MIN_LR)


torch.manual_seed(7)
steps = []
for update in range(STEPS):
    for group in optimizer.param_groups:
        group["lr"] = rate(update)
    optimizer.zero_grad()
    batches, total = [], 0.0
    for _ in range(MICRO):
        ids = torch.randint(0, V, (B, T))
        targets = torch.randint(0, V, (B, T))
        loss = torch.nn.functional.cross_entropy(model(ids).logits.view(-1, V), targets.view(-1)) / MICRO
        loss.backward()
        total += loss.item()
        batches.append({"ids": ids.flatten().tolist(), "targets": targets.flatten().tolist()})
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()
    steps.append({"lr": rate(update), "loss": total, "gradNorm": norm.item(), "batches": batches})

final = {
    key.removeprefix("transformer."): [p.detach().norm().item(), p.detach().flatten()[0].item()]
    for key, p in model.named_parameters()
}
(here / "run.json").write_text(json.dumps({"steps": steps, "final": final}) + "\n")
