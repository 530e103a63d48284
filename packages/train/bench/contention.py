"""The steps of the 0.8 M model in PyTorch, for contention.ts: for each line "THREADS STEPS" on stdin a line of milliseconds a step."""
import json
import sys
import time

import torch
import torch.nn.functional as F

config = json.loads(sys.argv[1])
layers, heads, width, V = (config[key] for key in ("nLayer", "nHead", "nEmbd", "vocabSize"))
B, T = config["batchSize"], config["blockSize"]


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        norm = lambda: torch.nn.LayerNorm(width, bias=False)
        linear = lambda n, m: torch.nn.Linear(n, m, bias=False)
        self.norms = torch.nn.ModuleList([norm(), norm()])
        self.attention, self.projection = linear(width, 3 * width), linear(width, width)
        self.wide, self.narrow = linear(width, 4 * width), linear(4 * width, width)

    def forward(self, x):
        q, k, v = (t.view(B, T, heads, -1).transpose(1, 2) for t in self.attention(self.norms[0](x)).chunk(3, -1))
        x = x + self.projection(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, -1))
        return x + self.narrow(F.gelu(self.wide(self.norms[1](x))))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = torch.nn.Embedding(V, width), torch.nn.Embedding(T, width)
        self.blocks = torch.nn.Sequential(*[Block() for _ in range(layers)])
        self.norm = torch.nn.LayerNorm(width, bias=False)
        for p in self.parameters():
            if p.dim() == 2:
                torch.nn.init.normal_(p, std=0.02)

    def forward(self, ids, targets):
        x = self.norm(self.blocks(self.tokens(ids) + self.positions.weight))
        return F.cross_entropy((x @ self.tokens.weight.T).flatten(0, 1), targets.flatten())


torch.manual_seed(1)
model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True)
ids, targets = torch.randint(V, (2, B, T))
for line in sys.stdin:
    threads, steps = map(int, line.split())
    torch.set_num_threads(threads)
    times = []
    for _ in range(steps):
        started = time.perf_counter()
        optimizer.zero_grad()
        loss = model(ids, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        times.append(1000 * (time.perf_counter() - started))
    print(json.dumps(times), flush=True)
