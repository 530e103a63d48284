"""Makes golden/modern: a small model with value embeddings and residual scalars, in PyTorch and in double precision.

    pip install torch safetensors
    python modern.py

The model is written down here in as few operations as possible, each over whole tensors, and autograd gives the gradients.
Weights are stored in float32.
"""
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

here = Path(__file__).parent / "modern"
B, T = 2, 12
CONFIG = dict(
    vocabSize=23, blockSize=T, nLayer=3, nHead=4, nEmbd=16, nKvHead=2, headDim=4, norm="rms", normEps=2**-23, normWeight=False,
    embeddingNorm=True, position="rope", rope=dict(base=100.0), qkNorm="after-rope", qkScale=1.2, windows=[5, 0, 3],
    valueEmbeddings=[True, False, True], residualScalars=True, activation="relu2", mlp=dict(width=24), bias=False, tied=False,
    softcap=3.0)
V, C, H, K, D, F = 23, 16, 4, 2, 4, 24

torch.manual_seed(1337)
torch.set_default_dtype(torch.float64)


def weight(*shape, centre=0.0, std=0.3):
    return torch.normal(centre, std, shape).float().double().requires_grad_()


weights = {"wte.weight": weight(V, C), "lm_head.weight": weight(V, C)}
for i in range(3):
    h = f"h.{i}"
    weights |= {f"{h}.mix.resid_lambda": weight(1, centre=1.1), f"{h}.mix.x0_lambda": weight(1, centre=0.2),
                f"{h}.attn.c_attn.weight": weight(C, (H + 2 * K) * D), f"{h}.attn.c_proj.weight": weight(H * D, C),
                f"{h}.mlp.c_fc.weight": weight(C, F), f"{h}.mlp.c_proj.weight": weight(F, C)}
    if CONFIG["valueEmbeddings"][i]:
        weights |= {f"{h}.attn.value_embedding.weight": weight(V, K * D), f"{h}.attn.value_gate.weight": weight(12, K)}


def rms(x):
    return x * (x.square().mean(-1, keepdim=True) + 2**-23).rsqrt()


def rotate(x):  # (B, heads, T, D)
    angle = torch.arange(x.shape[2])[:, None] * 100.0 ** (-torch.arange(D // 2) / (D // 2))
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def attention(x, ids, i):
    w = lambda name: weights[f"h.{i}.attn.{name}.weight"]
    rows, length = ids.shape
    q, k, v = (part.view(rows, length, -1, D).transpose(1, 2) for part in (x @ w("c_attn")).split([H * D, K * D, K * D], -1))
    if CONFIG["valueEmbeddings"][i]:
        gate = 3 * torch.sigmoid(x[..., :12] @ w("value_gate"))  # (B, T, K)
        v = v + gate.transpose(1, 2)[..., None] * w("value_embedding")[ids].view(rows, length, K, D).transpose(1, 2)
    q, k = 1.2 * rms(rotate(q)), 1.2 * rms(rotate(k))
    k, v = k.repeat_interleave(H // K, 1), v.repeat_interleave(H // K, 1)
    back = torch.arange(length)[:, None] - torch.arange(length)
    hidden = (back < 0) | (back >= (CONFIG["windows"][i] or T))
    mixed = (q @ k.transpose(2, 3) / D**0.5).masked_fill(hidden, -torch.inf).softmax(-1) @ v
    return mixed.transpose(1, 2).reshape(rows, length, -1) @ w("c_proj")


def forward(ids):
    x = x0 = rms(weights["wte.weight"][ids])
    for i in range(3):
        w = lambda name: weights[f"h.{i}.{name}"]
        x = w("mix.resid_lambda") * x + w("mix.x0_lambda") * x0
        x = x + attention(rms(x), ids, i)
        x = x + (rms(x) @ w("mlp.c_fc.weight")).relu().square() @ w("mlp.c_proj.weight")
    return 3 * torch.tanh(rms(x) @ weights["lm_head.weight"].T / 3)


ids, targets = torch.randint(0, V, (B, T)), torch.randint(0, V, (B, T))
logits = forward(ids)
loss = cross_entropy(logits.view(-1, V), targets.view(-1))
loss.backward()
greedy = ids[:, :4]
while greedy.shape[1] < T:
    greedy = torch.cat([greedy, forward(greedy)[:, -1].argmax(-1, keepdim=True)], 1)

here.mkdir(exist_ok=True)
(here / "config.json").write_text(json.dumps({"model_type": "llm-gpt", "config": CONFIG}, indent=2) + "\n")
save_file({name: w.detach().float() for name, w in weights.items()}, here / "model.safetensors")
save_file({"logits": logits.detach(), **{name: w.grad for name, w in weights.items()}}, here / "golden.safetensors")
golden = {"ids": ids.flatten().tolist(), "targets": targets.flatten().tolist(), "loss": loss.item(), "greedy": greedy.tolist()}
(here / "golden.json").write_text(json.dumps(golden) + "\n")
