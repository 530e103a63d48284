"""Finetunes with transformers and PEFT what finetune.ts finetuned: from the same adapters, on the same batches.

    pip install torch transformers peft safetensors
    OMP_NUM_THREADS=1 python finetune.py FOLDER MODEL_FOLDER [--golden NAME]

FOLDER is the recipe's --twin; pytorch.json is written there. With --golden the losses and logits are also stored under NAME in
packages/train/test/golden/finetune.json.
"""
import argparse
import json
import time
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import load_file

arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=Path)
arguments.add_argument("model", type=Path)
arguments.add_argument("--golden")
arguments = arguments.parse_args()

plan = json.loads((arguments.folder / "plan.json").read_text())
batches = {key: t.long() for key, t in load_file(arguments.folder / "batches.safetensors").items()}
is_lora = (arguments.folder / "adapter-before").exists()


def load(folder: Path) -> torch.nn.Module:
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def logits_of(model: torch.nn.Module) -> torch.Tensor:
    """At the end of the first validation row."""
    with torch.no_grad():
        return model(batches["val.ids"][0][:1], use_cache=False).logits[0, -1]


model = load(arguments.model)
if is_lora:
    model = peft.PeftModel.from_pretrained(model, arguments.folder / "adapter-before", is_trainable=True)
parameters = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": plan["weightDecay"]},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ],
    betas=plan["betas"], eps=1e-8, fused=True,
)
losses = []
cpu, wall = time.process_time(), time.perf_counter()
for step in range(plan["steps"]):
    for group in optimizer.param_groups:
        group["lr"] = plan["lr"][step]
    optimizer.zero_grad()
    logits = model(batches["train.ids"][step], use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batches["train.targets"][step].flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimizer.step()
    losses.append(loss.item())
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall

# Of this run, and of what the other side wrote, merged here.
if is_lora:
    merged = model.merge_and_unload()
    other = peft.PeftModel.from_pretrained(load(arguments.model), arguments.folder / "adapter-after").merge_and_unload()
else:
    merged, other = model, load(arguments.folder / "model-after")
result = {
    "engine": f"{'PEFT ' + peft.__version__ + ', ' if is_lora else ''}transformers {transformers.__version__}, "
    f"PyTorch {torch.__version__.split('+')[0]}, threads: {torch.get_num_threads()}",
    "losses": losses,
    "logits": logits_of(merged).tolist(),
    "logitsOfOurs": logits_of(other).tolist(),
    "cpuSeconds": cpu,
    "wallSeconds": wall,
}
(arguments.folder / "pytorch.json").write_text(json.dumps(result))
if arguments.golden:
    path = Path(__file__).parent / "../../test/golden/finetune.json"
    golden = json.loads(path.read_text()) if path.exists() else {}
    rounded = lambda values, digits: [round(value, digits) for value in values]
    golden[arguments.golden] = {"losses": rounded(losses, 7), "logits": rounded(result["logits"], 6)}
    path.write_text(json.dumps(golden) + "\n")
