"""The training step in PyTorch: torch_step.py eager|compile|compile256 L H C T B V threads. Takes turns as contender.ts does."""
import json
import math
import sys
import time

import torch
import torch._inductor.config
import torch.nn.functional as F

LAYERS, HEADS, C, T, B, V = map(int, sys.argv[2:8])
torch.set_num_threads(int(sys.argv[8]))


def uniform(seed, *shape):
    """model.ts has the same formula."""
    low = 0xFFFFFFFF
    x = torch.arange(math.prod(shape)) * 0x9E3779B1 + seed * 0x85EBCA77 & low
    x = (x ^ x >> 15) * 0x2C1B3C6D & low
    x = (x ^ x >> 12) * 0x297A2D39 & low
    return ((x ^ x >> 15).double() / 2**32).view(shape)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.qkv, self.proj = torch.nn.LayerNorm(C), torch.nn.Linear(C, 3 * C), torch.nn.Linear(C, C)
        self.ln2, self.up, self.down = torch.nn.LayerNorm(C), torch.nn.Linear(C, 4 * C), torch.nn.Linear(4 * C, C)

    def forward(self, x):
        q, k, v = (y.view(B, T, HEADS, -1).transpose(1, 2) for y in self.qkv(self.ln1(x)).split(C, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(B, T, C))
        return x + self.down(F.gelu(self.up(self.ln2(x)), approximate="tanh"))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = torch.nn.Embedding(V, C), torch.nn.Embedding(T, C)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(LAYERS))
        self.lnf = torch.nn.LayerNorm(C)
        for seed, (name, p) in enumerate(self.named_parameters()):
            matrix = p.ndim == 2 and name.startswith("blocks")
            center, spread = float("ln" in name and "weight" in name), p.shape[1] ** -0.5 if matrix else 0.1
            noise = uniform(seed, *reversed(p.shape)).T if matrix else uniform(seed, *p.shape)
            p.data.copy_(center + spread * (2 * noise - 1))

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe.weight
        for block in self.blocks:
            x = block(x)
        logits = self.lnf(x) @ self.wte.weight.T
        return F.cross_entropy(logits.view(-1, V), targets.view(-1))


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), 1e-3, (0.9, 0.95), 1e-8, weight_decay=0.1, fused=True)
if sys.argv[1] == "compile256":
    torch._inductor.config.cpp.simdlen = 256
loss_of = model if sys.argv[1] == "eager" else torch.compile(model)
ids, targets = ((uniform(seed, B, T) * V).long() for seed in (1001, 1002))


def step():
    loss = loss_of(ids, targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    seconds, losses, end = [], [], time.perf_counter() + float(line)
    while not seconds or time.perf_counter() < end:
        start = time.perf_counter()
        losses.append(step())
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "losses": losses}), flush=True)
