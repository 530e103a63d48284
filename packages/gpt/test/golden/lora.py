"""Makes the golden adapters in lora/: what PEFT's models answer, in double precision, on bases of families/.

    pip install torch transformers safetensors peft
    python lora.py                           # writes lora/<name>
    python lora.py IDS BASE ADAPTER [..]     # opens adapters that another program wrote; prints logits, and merged logits

Weights are stored in float32. As in families.py, `double` makes everything else float64.
"""
import json
import sys
from pathlib import Path

import torch
from families import double
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

bases = Path(__file__).parent / "families"
here = Path(__file__).parent / "lora"
CASES = {
    "gpt2-untied": dict(target_modules=["c_attn", "mlp.c_proj", "lm_head"], r=3, lora_alpha=5, fan_in_fan_out=True),
    "llama": dict(target_modules=["q_proj", "v_proj"], r=2, lora_alpha=3, use_rslora=True),
    "qwen3": dict(target_modules="all-linear", r=2, lora_alpha=7),
    "phi": dict(target_modules=["k_proj", "fc1", "fc2"], r=2, lora_alpha=2),
}


def make(name: str, settings: dict) -> None:
    torch.manual_seed(1337)
    golden = json.loads((bases / name / "golden.json").read_text())
    ids, targets = (torch.tensor(golden[key]).view(2, -1) for key in ("ids", "targets"))
    base = AutoModelForCausalLM.from_pretrained(bases / name, attn_implementation="eager", dtype=torch.float32)
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    with torch.no_grad():
        for key, p in model.named_parameters():
            if "lora_" in key:
                p.copy_(torch.empty_like(p).normal_(0, 0.3))
    model.peft_config["default"].base_model_name_or_path = name
    model.save_pretrained(here / name)
    (here / name / "README.md").unlink()
    with double():
        again = AutoModelForCausalLM.from_config(base.config, attn_implementation="eager")
        weights = {key: p.double() for key, p in model.state_dict().items()}
        model = get_peft_model(again, LoraConfig(task_type="CAUSAL_LM", **settings)).double().eval()
        model.load_state_dict(weights)
        logits = model(ids, use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss.backward()
        grads = {key: p.grad for key, p in model.named_parameters() if p.grad is not None}
        merged = model.merge_and_unload()(ids, use_cache=False).logits
    assert torch.allclose(merged, logits, atol=1e-12)
    tensors = {key.replace(".default", ""): grad.float().contiguous() for key, grad in grads.items()}
    save_file({"logits": logits.detach().contiguous(), **tensors}, here / name / "golden.safetensors")


def show(ids: list[int], base: str, adapter: str) -> list:
    plain = AutoModelForCausalLM.from_pretrained(base, attn_implementation="eager", dtype=torch.float32)
    model = PeftModel.from_pretrained(plain, adapter).eval()
    loaded = {key.replace(".default", ""): p for key, p in model.named_parameters() if "lora_" in key}
    from safetensors.torch import load_file
    assert {key: p.shape for key, p in loaded.items()} == {k: t.shape for k, t in load_file(f"{adapter}/adapter_model.safetensors").items()}
    answer = lambda model: model(torch.tensor([ids]), use_cache=False).logits[0].flatten().tolist()
    return [answer(model), answer(model.merge_and_unload())]


if __name__ == "__main__":
    if len(sys.argv) > 2:
        ids, rest = json.loads(sys.argv[1]), sys.argv[2:]
        print(json.dumps([show(ids, *rest[i:i + 2]) for i in range(0, len(rest), 2)]))
    else:
        for name, settings in CASES.items():
            make(name, settings)
