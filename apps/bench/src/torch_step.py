"""One training step in PyTorch, for the models of packages/tensor/bench/training-step.ts: python torch_step.py [compile] [threads]."""
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else torch.get_num_threads())
MODELS = [(4, 4, 128, 64, 12, 65), (6, 6, 384, 256, 8, 65), (4, 4, 256, 256, 4, 4096), (12, 12, 768, 256, 1, 50257)]


class Block(torch.nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = torch.nn.LayerNorm(c), torch.nn.LayerNorm(c)
        self.qkv, self.proj = torch.nn.Linear(c, 3 * c), torch.nn.Linear(c, c)
        self.up, self.down = torch.nn.Linear(c, 4 * c), torch.nn.Linear(4 * c, c)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in self.qkv(self.ln1(x)).split(c, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.ln2(x)), approximate="tanh"))


class Model(torch.nn.Module):
    def __init__(self, layers, heads, c, length, vocabulary):
        super().__init__()
        self.wte, self.wpe = torch.nn.Embedding(vocabulary, c), torch.nn.Embedding(length, c)
        self.blocks = torch.nn.ModuleList(Block(c, heads) for _ in range(layers))
        self.lnf = torch.nn.LayerNorm(c)

    def forward(self, ids, targets):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = self.lnf(x) @ self.wte.weight.T
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


for layers, heads, c, length, batch, vocabulary in MODELS:
    model = Model(layers, heads, c, length, vocabulary)
    count = sum(p.numel() for p in model.parameters())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    loss_of = torch.compile(model) if "compile" in sys.argv[1:] else model
    ids = torch.randint(vocabulary, (batch, length))
    targets = torch.randint(vocabulary, (batch, length))
    best, start_all, steps = math.inf, time.perf_counter(), 0
    while time.perf_counter() - start_all < 8 or steps < 4:
        start = time.perf_counter()
        loss = loss_of(ids, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        best = min(best, time.perf_counter() - start)
        steps += 1
    flops = (6 * (count - length * c) + 12 * layers * c * length) * batch * length
    print(f"L{layers} H{heads} C{c} T{length} B{batch} V{vocabulary}: {best * 1e3:.1f} ms, "
          f"{batch * length / best:.0f} tokens/s, {flops / best / 1e9:.1f} GFLOP/s", flush=True)
