"""Makes averaged.json: six updates by torch.optim.AdamW, and after each the averages of AveragedModel, in float64.

    pip install torch
    python averaged.py
"""
import json
from pathlib import Path

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(1)
model = torch.nn.Linear(4, 3, bias=False).double()
first = model.weight.detach().flatten().tolist()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.05, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.7))
steps = []
for _ in range(6):
    grad = torch.randn(3, 4, dtype=torch.float64)
    model.weight.grad = grad
    optimizer.step()
    averaged.update_parameters(model)
    steps.append({"grad": grad.flatten().tolist(), "average": averaged.module.weight.detach().flatten().tolist()})
(Path(__file__).parent / "averaged.json").write_text(json.dumps({"first": first, "steps": steps}) + "\n")
