"""Makes muon.json: ten updates of the model and the batches of run.json, its matrices by torch.optim.Muon, all else by AdamW;
and the same with the parts that nanochat's Muon adds, each by itself and all together.

    pip install torch transformers safetensors
    python muon.py [nanochat/optim.py]

With nanochat's file, all parts are compared with its own function: on matrices of several shapes, and in the ten updates.

GPT-2's matrices are (in, out), and Muon wants (out, in), so it is given their transposes. PyTorch orthogonalises in bfloat16;
here that type is replaced by float64, so that its arithmetic can be compared.
"""
import importlib.util
import json
import sys
import types
from pathlib import Path

import torch
from torch.func import functional_call
from transformers import GPT2LMHeadModel

torch.bfloat16 = torch.float64
here = Path(__file__).parent
run = json.loads((here / "run.json").read_text())
B, T, V, MICRO = 3, 12, 29, 2


# Amsel et al. (2025), five iterations with a safety factor of 2e-2 and a cushion of 2, as nanochat has them.
POLAR_EXPRESS = [
    (8.156554524902461, -22.48329292557795, 15.878769915207462),
    (4.042929935166739, -2.808917465908714, 0.5000178451051316),
    (3.8916678022926607, -2.772484153217685, 0.5060648178503393),
    (3.285753657755655, -2.3681294933425376, 0.46449024233003106),
    (2.3465413258596377, -1.7097828382687081, 0.42323551169305323),
]
ALL = {"polynomials", "equilibrate", "renormalize", "variance", "cautious", "split"}
BETA2 = 0.9


class PartsOfNanochat(torch.optim.Optimizer):
    """Muon of (out, in) matrices, with some of the parts that nanochat adds to it."""

    def __init__(self, params, parts, **defaults):
        super().__init__(params, defaults)
        self.parts = parts

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                self.update(p, self.state[p], group)

    def update(self, p, state, group):
        rows, columns = p.shape
        # Along which axis the second moment is taken: that of the inputs, unless there are more of these than neurons.
        axis = 1 if rows >= columns else 0
        if not state:
            state["mean"] = torch.zeros_like(p)
            state["second"] = torch.zeros_like(p.mean(axis, keepdim=True))
        momentum = group["momentum"]
        state["mean"].mul_(momentum).add_(p.grad, alpha=1 - momentum)
        x = (1 - momentum) * p.grad + momentum * state["mean"]
        if "equilibrate" in self.parts:
            lengths = x.square().sum(1, keepdim=True).sqrt()
            x = x * (x.norm() / rows**0.5) / lengths.clamp(min=1e-6)
        x = self.orthogonal(x)
        if "renormalize" in self.parts:
            x = x * min(rows, columns) ** 0.5 / x.norm().clamp(min=1e-6)
        if "variance" in self.parts:
            state["second"].mul_(BETA2).add_(x.square().mean(axis, keepdim=True), alpha=1 - BETA2)
            scaled = x / state["second"].clamp(min=1e-10).sqrt()
            x = scaled * (x.norm() / scaled.norm().clamp(min=1e-10))
        rate = group["lr"] * max(1, rows / columns) ** 0.5
        if "cautious" in self.parts:
            p.sub_(rate * group["weight_decay"] * p * (x * p >= 0))
        else:
            p.mul_(1 - group["lr"] * group["weight_decay"])
        p.sub_(rate * x)

    def orthogonal(self, x):
        is_tall = x.shape[0] > x.shape[1]
        x = x.T if is_tall else x
        if "polynomials" in self.parts:
            polynomials, x = POLAR_EXPRESS, x / (x.norm() * 1.01 + 1e-6)
        else:
            polynomials, x = [(3.4445, -4.775, 2.0315)] * 5, x / (x.norm() + 1e-7)
        for a, b, c in polynomials:
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x.T if is_tall else x


def load_nanochat(file: str) -> types.ModuleType:
    """nanochat's file, in float64 where it would work in float32 and bfloat16."""
    sys.modules["nanochat"] = types.ModuleType("nanochat")
    sys.modules["nanochat.common"] = types.ModuleType("nanochat.common")
    sys.modules["nanochat.common"].COMPUTE_DTYPE = torch.float32
    torch.compile = lambda **_: lambda function: function
    torch.Tensor.float = lambda self: self
    spec = importlib.util.spec_from_file_location("optim", file)
    optim = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(optim)
    assert [tuple(each) for each in optim.polar_express_coeffs] == POLAR_EXPRESS
    return optim


class Nanochats(torch.optim.Optimizer):
    """nanochat's own function, applied as its optimizer does, to one matrix at a time."""

    def __init__(self, params, optim, **defaults):
        super().__init__(params, defaults)
        self.optim = optim

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                rows, columns = p.shape
                axis = -1 if rows >= columns else -2
                state = self.state[p]
                if not state:
                    state["mean"] = torch.zeros_like(p)[None]
                    state["second"] = torch.zeros_like(p[None].mean(axis, keepdim=True))
                rate = group["lr"] * max(1, rows / columns) ** 0.5
                numbers = [group["momentum"], rate, group["weight_decay"], BETA2]
                numbers = [torch.tensor(value, dtype=torch.float64) for value in numbers]
                stacked = p.detach().clone()[None]
                self.optim.muon_step_fused(p.grad.clone()[None], stacked, state["mean"], state["second"], *numbers, 5, axis)
                p.copy_(stacked[0])


def compare_steps(optim: types.ModuleType) -> None:
    torch.manual_seed(1)
    for rows, columns in [(7, 5), (5, 7), (6, 6)]:
        ours = torch.randn(rows, columns, dtype=torch.float64).requires_grad_()
        theirs = ours.detach().clone().requires_grad_()
        numbers = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.3}
        optimizers = [PartsOfNanochat([ours], ALL, **numbers), Nanochats([theirs], optim, **numbers)]
        for _ in range(10):
            ours.grad = theirs.grad = torch.randn(rows, columns, dtype=torch.float64)
            for optimizer in optimizers:
                optimizer.step()
        difference = (ours - theirs).abs().max().item()
        print(f"{rows} x {columns}: {difference:.1e} from nanochat's own steps")
        assert difference < 1e-12


def losses(nesterov: bool = True, parts: set[str] | None = None, optim: types.ModuleType | None = None) -> list:
    model = GPT2LMHeadModel.from_pretrained(here / "../../../gpt/test/golden/tanh").double().train()
    turned, kept = {}, {}
    for name, p in model.named_parameters():
        if p.dim() == 2 and ".h." in name:
            # nanochat has queries, keys and values apart.
            count = 3 if parts and "split" in parts and name.endswith("attn.c_attn.weight") else 1
            turned[name] = [part.T.clone().requires_grad_() for part in p.detach().chunk(count, 1)]
        else:
            kept[name] = p.detach().clone().requires_grad_()
    numbers = {"lr": 1, "momentum": 0.9, "weight_decay": 0.05}
    matrices = [part for of_one in turned.values() for part in of_one]
    if optim:
        muon = Nanochats(matrices, optim, **numbers)
    elif parts is None:
        muon = torch.optim.Muon(matrices, nesterov=nesterov, **numbers)
    else:
        muon = PartsOfNanochat(matrices, parts, **numbers)
    adamw = torch.optim.AdamW(
        [
            {"params": [p for p in kept.values() if p.dim() >= 2], "weight_decay": 0.1},
            {"params": [p for p in kept.values() if p.dim() < 2], "weight_decay": 0.0},
        ],
        betas=(0.9, 0.95), eps=1e-8,
    )
    everything = [*matrices, *kept.values()]
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
            weights = {name: torch.cat(of_one).T for name, of_one in turned.items()} | kept
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


golden = {"nesterov": losses(True), "heavyBall": losses(False), "all": losses(parts=ALL)}
golden |= {part: losses(parts={part}) for part in sorted(ALL)}
gap = lambda a, b: max(abs(x - y) for (x, _), (y, _) in zip(a, b))
# Without any part it is torch.optim.Muon.
assert gap(losses(parts=set()), golden["nesterov"]) < 1e-6
if len(sys.argv) > 1:
    nanochat = load_nanochat(sys.argv[1])
    compare_steps(nanochat)
    difference = gap(losses(parts=ALL, optim=nanochat), golden["all"])
    print(f"ten updates of the model: losses {difference:.1e} from those with nanochat's own steps")
    assert difference < 1e-12
(here / "muon.json").write_text(json.dumps(golden) + "\n")
