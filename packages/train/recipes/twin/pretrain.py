"""Trains in PyTorch what a recipe trained here: from the same weights, on the same batches, at the same rates.

    pip install torch safetensors
    OMP_NUM_THREADS=1 python pretrain.py FOLDER [--steps N]      # FOLDER is a recipe's --twin; writes pytorch.json there

With --keep N it saves every N steps, in pytorch.pt there, and goes on from that when it is started again.

--perturb 1e-7 moves every weight by up to that share of itself before the first step, and --double computes in float64: how far do the
losses part then, without us? --exact-norm clips by a norm that is summed in float64. These print the largest differences from pytorch.json and from ours.json, and write nothing.

The model is GPT-2's network as nanoGPT trains it: pre-norm, learned positions, tied head. The optimiser is fused AdamW, with decay
on matrices and tables, after clipping to a norm of 1.
"""
import argparse
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=Path)
arguments.add_argument("--steps", type=int)
arguments.add_argument("--keep", type=int)
arguments.add_argument("--perturb", type=float, default=0.0)
arguments.add_argument("--double", action="store_true")
arguments.add_argument("--exact-norm", action="store_true")
arguments = arguments.parse_args()

plan = json.loads((arguments.folder / "plan.json").read_text())
config = plan["config"]
batches = {key: t.long() for key, t in load_file(arguments.folder / "batches.safetensors").items()}
dtype = torch.float64 if arguments.double else torch.float32
torch.manual_seed(0)
weights = {
    key: (t.to(dtype) * (1 + arguments.perturb * (2 * torch.rand(t.shape, dtype=dtype) - 1))).requires_grad_()
    for key, t in load_file(arguments.folder / "weights.safetensors").items()
}
approximate = "none" if config["activation"] == "gelu-erf" else "tanh"


def norm(x: torch.Tensor, name: str) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights.get(f"{name}.bias"), config["normEps"])


def linear(x: torch.Tensor, name: str) -> torch.Tensor:
    return F.linear(x, weights[f"{name}.weight"].T, weights.get(f"{name}.bias"))


def loss_of(ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    B, T = ids.shape
    heads = (B, T, config["nHead"], -1)
    x = weights["wte.weight"][ids] + weights["wpe.weight"][:T]
    for i in range(config["nLayer"]):
        q, k, v = (t.view(heads).transpose(1, 2) for t in linear(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn").chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, -1)
        x = x + linear(y, f"h.{i}.attn.c_proj")
        y = F.gelu(linear(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc"), approximate=approximate)
        x = x + linear(y, f"h.{i}.mlp.c_proj")
    logits = norm(x, "ln_f") @ weights["wte.weight"].T
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def clip() -> None:
    grads = [p.grad for p in weights.values()]
    if arguments.exact_norm:
        norm = torch.sqrt(sum(grad.double().square().sum() for grad in grads)).item()
        for grad in grads:
            grad.mul_(min(1.0, 1.0 / (norm + 1e-6)))
    else:
        torch.nn.utils.clip_grad_norm_(weights.values(), 1.0)


optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in weights.values() if p.dim() >= 2], "weight_decay": plan["weightDecay"]},
        {"params": [p for p in weights.values() if p.dim() < 2], "weight_decay": 0.0},
    ],
    betas=plan["betas"], eps=1e-8, fused=True,
)
kept = arguments.folder / "pytorch.pt"
losses, seconds = [], [0.0, 0.0]
if arguments.keep and kept.exists():
    state = torch.load(kept)
    losses, seconds = state["losses"], state["seconds"]
    optimizer.load_state_dict(state["optimizer"])
    with torch.no_grad():
        for key, value in state["weights"].items():
            weights[key].copy_(value)
cpu, wall = time.process_time() - seconds[0], time.perf_counter() - seconds[1]
steps = arguments.steps or plan["steps"]
for step in range(len(losses), steps):
    for group in optimizer.param_groups:
        group["lr"] = plan["lr"][step]
    optimizer.zero_grad()
    loss = loss_of(batches["train.ids"][step], batches["train.targets"][step])
    loss.backward()
    clip()
    optimizer.step()
    losses.append(loss.item())
    if step % max(1, steps // 20) == 0:
        print(f"step {step + 1}: loss {losses[-1]:.4f}", flush=True)
    if arguments.keep and (step + 1) % arguments.keep == 0:
        seconds = [time.process_time() - cpu, time.perf_counter() - wall]
        state = {"losses": losses, "seconds": seconds, "weights": weights, "optimizer": optimizer.state_dict()}
        torch.save(state, kept.with_suffix(".new"))
        kept.with_suffix(".new").replace(kept)
if arguments.perturb or arguments.double or arguments.exact_norm:
    for name in ["pytorch", "ours"]:
        path = arguments.folder / f"{name}.json"
        if path.exists():
            gaps = [abs(a - b) for a, b in zip(losses, json.loads(path.read_text())["losses"])]
            print(f"from {name}.json:", " ".join(f"{gap:.1e}" for gap in gaps))
    raise SystemExit
result = {
    "engine": f"PyTorch {torch.__version__.split('+')[0]}, threads: {torch.get_num_threads()}",
    "cpuSeconds": time.process_time() - cpu,
    "wallSeconds": time.perf_counter() - wall,
    "losses": losses,
}
if plan["valBatches"]:
    with torch.no_grad():
        val = [loss_of(*pair).item() for pair in zip(batches["val.ids"], batches["val.targets"])]
    result["val"] = sum(val) / len(val)
(arguments.folder / "pytorch.json").write_text(json.dumps(result))
