"""Makes the golden models beside this file: what Hugging Face's GPT-2 answers, in double precision.

    apt-get install python3-torch && pip install "transformers==4.40.2" "numpy<2" safetensors
    python make.py             # writes tanh/ and erf/
    python make.py FOLDER IDS  # opens a folder another program wrote; prints its logits for the ids

Weights are stored in float32; logits, losses and gradients are computed in float64 from them.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

here = Path(__file__).parent


def make(name: str, activation: str, bias: bool) -> None:
    torch.manual_seed(1337)
    config = GPT2Config(
        vocab_size=29, n_positions=12, n_embd=16, n_layer=2, n_head=4,
        activation_function=activation, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=28, eos_token_id=28,
    )
    model = GPT2LMHeadModel(config)
    with torch.no_grad():
        for key, p in model.named_parameters():
            # Far from the initial values, where biases and gains would hide mistakes.
            if key.endswith(".bias"):
                p.normal_(0, 0.1 if bias else 0.0)
            elif p.dim() == 1:
                p.normal_(1, 0.1)
            else:
                p.normal_(0, 0.15)
    model.save_pretrained(here / name, safe_serialization=True)
    (here / name / "generation_config.json").unlink()
    if not bias:
        path = here / name / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "bias": False}, indent=2) + "\n")

    model = model.double().eval()
    ids = torch.randint(0, 29, (3, 12))
    targets = torch.randint(0, 29, (3, 12))
    mask = (torch.rand(3, 12) < 0.6).double()
    logits = model(ids).logits
    each = torch.nn.functional.cross_entropy(logits.view(-1, 29), targets.view(-1), reduction="none").view(3, 12)
    loss = each.mean()
    masked = (each * mask).sum() / mask.sum()
    loss.backward()
    golden = {
        "ids": ids.flatten().tolist(),
        "targets": targets.flatten().tolist(),
        "mask": mask.flatten().tolist(),
        "loss": loss.item(),
        "maskedLoss": masked.item(),
        "greedy": model.generate(ids[:, :4], max_length=12, do_sample=False, eos_token_id=None, pad_token_id=0).tolist(),
    }
    (here / name / "golden.json").write_text(json.dumps(golden) + "\n")
    save_file(
        {"logits": logits.detach().float().contiguous(),
         **{key.removeprefix("transformer."): p.grad.float().contiguous() for key, p in model.named_parameters()}},
        here / name / "golden.safetensors",
    )


def show(folder: str, ids: str) -> None:
    model, info = GPT2LMHeadModel.from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"] and not info["mismatched_keys"] and not info["unexpected_keys"], info
    logits = model.double().eval()(torch.tensor([json.loads(ids)])).logits[0]
    print(json.dumps(logits.tolist()))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        show(*sys.argv[1:])
    else:
        make("tanh", "gelu_new", True)
        make("erf", "gelu", False)
