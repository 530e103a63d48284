"""Writes losses.json: losses with weights of both signs and log-probabilities, by PyTorch in double precision.

    pip install torch numpy && python test/golden/losses.py

Each case names an operation, its inputs and options, the weights of the sum that is differentiated, the output, and
the gradient of that sum by every input.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)

ROWS, CLASSES, COLUMNS, IGNORE = 5, 11, 4, -1
targets = torch.tensor([3, 0, IGNORE, 10, 5])
mask = torch.tensor([-1.0, 0.5, 7.0, 0.0, 2.0])
counted = targets != IGNORE


def values(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{value:.10g}") for value in tensor.detach().flatten().tolist()]}


def randn(*shape):
    # Rounded to what float32 holds, so that both sides start from the same numbers.
    return torch.randn(shape).float().double()


def cross_entropy(reduction):
    def fn(logits):
        # PyTorch's own weights are by class, so those by row are applied to what it gives for each row.
        total = (F.cross_entropy(logits, targets, ignore_index=IGNORE, reduction="none") * mask).sum()
        return total if reduction == "sum" else total / mask[counted].sum()

    return fn


def log_probabilities(logits):
    chosen = F.log_softmax(logits, -1).gather(1, targets.clamp(min=0)[:, None])[:, 0]
    return torch.where(counted, chosen, 0.0)


def head(loss, cap):
    def fn(x, weight):
        logits = x @ weight.T
        return loss(cap * torch.tanh(logits / cap) if cap else logits)

    return fn


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


def logits():
    return 3 * randn(ROWS, CLASSES)


def hidden():
    return randn(ROWS, COLUMNS), randn(CLASSES, COLUMNS)


cases = [
    *(case("crossEntropy", cross_entropy(reduction), logits().float().double(), reduction=reduction) for reduction in ("mean", "sum")),
    case("logProbabilities", log_probabilities, logits().float().double()),
    *(
        case("linearCrossEntropy", head(cross_entropy(reduction), cap), *hidden(), reduction=reduction, softcap=cap)
        for reduction, cap in (("mean", 0), ("sum", 1.25))
    ),
    *(case("linearLogProbabilities", head(log_probabilities, cap), *hidden(), softcap=cap) for cap in (0, 1.25)),
]
golden = {
    "torch": torch.__version__.split("+")[0],
    "targets": targets.tolist(),
    "mask": mask.tolist(),
    "ignoreIndex": IGNORE,
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("losses.json")
path.write_text(json.dumps(golden, separators=(",", ":")).replace('{"op"', '\n{"op"') + "\n")
