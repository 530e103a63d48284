"""Makes muon.json: ten updates of the model and the batches of run.json, its matrices by torch.optim.Muon, all else by AdamW.

    pip install torch transformers safetensors
    python muon.py

GPT-2's matrices are (in, out), and Muon wants (out, in), so it is given their transposes. PyTorch orthogonalises in bfloat16;
here that type is replaced by float64, so that its arithmetic can be compared.
"""
import json
from pathlib import Path

import torch
from torch.func import functional_call
from transformers import GPT2LMHeadModel

torch.bfloat16 = torch.float64
here = Path(__file__).parent
run = json.loads((here / "run.json").read_text())
B, T, V, MICRO = 3, 12, 29, 2


def losses(nesterov: bool) -> dict:
    model = GPT2LMHeadModel.from_pretrained(here / "../../../gpt/test/golden/tanh").double().train()
    turned, kept = {}, {}
    for name, p in model.named_parameters():
        if p.dim() == 2 and ".h." in name:
            turned[name] = p.detach().T.clone().requires_grad_()
        else:
            kept[name] = p.detach().clone().requires_grad_()
    muon = torch.optim.Muon(list(turned.values()), lr=1, momentum=0.9, weight_decay=0.05, nesterov=nesterov)
    adamw = torch.optim.AdamW(
        [
            {"params": [p for p in kept.values() if p.dim() >= 2], "weight_decay": 0.1},
            {"params": [p for p in kept.values() if p.dim() < 2], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.95), eps=1e-8,
    )
    everything = [*turned.values(), *kept.values()]
    steps = []
    for step in run["steps"]:
        for group in muon.param_groups:
            group["lr"] = 2 * step["lr"]
        for group in adamw.param_groups:
            group["lr"] = step["lr"]
        total = 0.0
        for p in everything:
            p.grad = None
        for batch in step["batches"]:
            ids = torch.tensor(batch["ids"]).view(B, T)
            targets = torch.tensor(batch["targets"])
            weights = {name: p.T for name, p in turned.items()} | kept
            weights["lm_head.weight"] = kept["transformer.wte.weight"]
            logits = functional_call(model, weights, (ids,), tie_weights=False).logits
            loss = torch.nn.functional.cross_entropy(logits.view(-1, V), targets) / MICRO
            loss.backward()
            total += loss.item()
        norm = torch.nn.utils.clip_grad_norm_(everything, 0.5)
        muon.step()
        adamw.step()
        steps.append([total, norm.item()])
    return steps


(here / "muon.json").write_text(json.dumps({"nesterov": losses(True), "heavyBall": losses(False)}) + "\n")
