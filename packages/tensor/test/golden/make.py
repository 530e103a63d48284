"""Writes golden.json: small inputs, and what PyTorch makes of them in double precision.

    pip install torch numpy && python test/golden/make.py

Each case names an operation, its inputs and options, the weights of the sum that is differentiated, the output, and
the gradient of that sum by every input. Everything PyTorch has is taken from it; rotary embedding, a cap on scores and
Newton-Schulz are written out, in another way than the kernels do.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_default_dtype(torch.float64)
# Muon rounds to bfloat16 for its products; here it keeps the precision of everything else.
torch.bfloat16 = torch.float64


def values(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]}


def randn(*shape):
    # Rounded to what float32 holds, so that both sides start from the same numbers.
    return torch.randn(shape).float().double()


def case(op, fn, *inputs, **options):
    leaves = [each.clone().requires_grad_(True) for each in inputs]
    out = fn(*leaves)
    weights = randn(*out.shape)
    (out * weights).sum().backward()
    return {
        "op": op,
        "options": options,
        "inputs": [values(each) for each in inputs],
        "weights": values(weights),
        "out": values(out),
        "grads": [values(each.grad) for each in leaves],
    }


def attend(n_head, n_kv_head, window, softcap):
    def fn(qkv):  # (B, T, (H + 2 G) D)
        batch, length, width = qkv.shape
        dim = width // (n_head + 2 * n_kv_head)
        heads = qkv.view(batch, length, n_head + 2 * n_kv_head, dim).transpose(1, 2)
        q, k, v = heads.split([n_head, n_kv_head, n_kv_head], dim=1)
        back = torch.arange(length)[:, None] - torch.arange(length)[None, :]
        seen = (back >= 0) & (back < (window or length))
        if softcap:
            k, v = (each.repeat_interleave(n_head // n_kv_head, dim=1) for each in (k, v))
            scores = softcap * torch.tanh(q @ k.transpose(2, 3) / dim**0.5 / softcap)
            out = torch.softmax(scores.masked_fill(~seen, -torch.inf), dim=-1) @ v
        else:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, enable_gqa=True)
        return out.transpose(1, 2).reshape(batch, length, n_head * dim)

    return fn


def rotate(rotary_dim, base, offset, interleaved):
    def fn(x):  # (B, T, H, D)
        turned, rest = x[..., :rotary_dim], x[..., rotary_dim:]
        frequencies = base ** (-torch.arange(0, rotary_dim, 2).double() / rotary_dim)
        angles = torch.outer(torch.arange(offset, offset + x.shape[1]).double(), frequencies)[:, None, :]
        if interleaved:
            pairs = torch.view_as_complex(turned.reshape(*turned.shape[:-1], -1, 2))
            turned = torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2)
        else:
            first, second = turned.chunk(2, dim=-1)
            both = torch.cat([angles, angles], dim=-1)
            turned = turned * both.cos() + torch.cat([-second, first], dim=-1) * both.sin()
        return torch.cat([turned, rest], dim=-1)

    return fn


def loss(targets, mask, ignore_index, softcap):
    def fn(x, weight):
        logits = x @ weight.T
        if softcap:
            logits = softcap * torch.tanh(logits / softcap)
        each = F.cross_entropy(logits, targets, ignore_index=ignore_index, reduction="none")
        weights = mask * (targets != ignore_index)
        return (each * weights).sum() / weights.sum()

    return fn


def newton_schulz(g):
    x = g / g.norm()
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x - 4.7750 * a @ x + 2.0315 * a @ a @ x
    return x


def optimizer(make, shape, steps=3):
    start = randn(*shape)
    parameter = torch.nn.Parameter(start.clone())
    optimizer = make([parameter])
    grads = [randn(*shape) for _ in range(steps)]
    for grad in grads:
        parameter.grad = grad.clone()
        optimizer.step()
    return {"start": values(start), "grads": [values(grad) for grad in grads], "end": values(parameter)}


targets = torch.tensor([3, 0, -1, 10, 5])
mask = torch.tensor([1.0, 0.5, 1.0, 0.0, 2.0])
cases = [
    case("layerNorm", lambda x, g, b: F.layer_norm(x, (7,), g, b), randn(3, 7), randn(7), randn(7), eps=1e-5),
    case("rmsNorm", lambda x, g: F.rms_norm(x, (7,), g, 1e-6), randn(3, 7), randn(7), eps=1e-6),
    case("gelu", lambda x: F.gelu(x, approximate="tanh"), 3 * randn(9), approximate="tanh"),
    case("gelu", F.gelu, 3 * randn(9), approximate="none"),
    case("swiglu", lambda x: F.silu(x.chunk(2, -1)[0]) * x.chunk(2, -1)[1], 3 * randn(2, 10)),
    *(
        case("rope", rotate(rotary, base, offset, pairs), randn(1, 4, 2, 6), rotaryDim=rotary, base=base, offset=offset, interleaved=pairs)
        for rotary, base, offset, pairs in [(6, 10_000, 0, False), (4, 100, 3, False), (6, 100, 5, True), (2, 10_000, 1, True)]
    ),
    *(
        case("attention", attend(heads, groups, window, cap), randn(2, 7, (heads + 2 * groups) * 4), nHead=heads, nKvHead=groups, window=window, softcap=cap)
        for heads, groups, window, cap in [(2, 2, 0, 0), (4, 2, 3, 0), (2, 1, 0, 1.5), (2, 1, 4, 0.5)]
    ),
    *(
        case("linearCrossEntropy", loss(targets, mask, -1, cap), randn(5, 4), randn(11, 4), targets=targets.tolist(), mask=mask.tolist(), ignoreIndex=-1, softcap=cap)
        for cap in (0, 1.25)
    ),
]

golden = {
    "torch": torch.__version__.split("+")[0],
    "cases": cases,
    "adamw": optimizer(lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1), (3, 4)),
    "muon": optimizer(lambda p: torch.optim.Muon(p, lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True), (9, 4)),
    "newtonSchulz": [{"in": values(g), "out": values(newton_schulz(g))} for g in (randn(4, 6), randn(6, 3))],
}
path = pathlib.Path(__file__).with_name("golden.json")
path.write_text(json.dumps(golden, separators=(",", ":")).replace('{"op"', '\n{"op"') + "\n")
