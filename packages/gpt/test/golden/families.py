"""Makes the golden models in families/: what transformers' models answer, in double precision throughout.

    pip install torch transformers safetensors
    python families.py               # writes families/<name>
    python families.py IDS FOLDER..  # opens folders that another program wrote; prints their logits for the ids

Weights are stored in float32. Everything else is float64, the angles of rotary embedding too, which transformers rounds to
float32: `double` puts float64 in place of every float32 it asks for.
"""
import copy
import json
import sys
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

here = Path(__file__).parent / "families"
T = 12
LLAMA = dict(model_type="llama", vocab_size=31, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=T, rms_norm_eps=1e-6, tie_word_embeddings=True,
             bos_token_id=None, eos_token_id=30, pad_token_id=None)


def llama(**changes):
    return {**LLAMA, **changes}


def scaled(**parameters):
    return llama(rope_parameters={"rope_theta": 100.0, **parameters})


GEMMA = llama(head_dim=8, hidden_activation="gelu_pytorch_tanh", sliding_window=5, query_pre_attn_scalar=16, eos_token_id=1)
CONFIGS = {
    "gpt2-untied": dict(model_type="gpt2", vocab_size=29, n_positions=T, n_embd=16, n_layer=2, n_head=4, n_inner=24,
                        activation_function="gelu", tie_word_embeddings=False, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
                        bos_token_id=28, eos_token_id=28),
    "llama": llama(),
    "llama-biased": llama(tie_word_embeddings=False, attention_bias=True, mlp_bias=True, head_dim=6, num_key_value_heads=1),
    "llama-linear": scaled(rope_type="linear", factor=2.5),
    "llama-dynamic": scaled(rope_type="dynamic", factor=2.0),
    "llama-llama3": scaled(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                           original_max_position_embeddings=64),
    "llama-yarn": scaled(rope_type="yarn", factor=4.0, original_max_position_embeddings=8, beta_fast=4.0, beta_slow=1.0),
    "llama-yarn-plain": scaled(rope_type="yarn", factor=4.0, original_max_position_embeddings=8, truncate=False,
                               mscale=1.0, mscale_all_dim=0.7),
    "llama-longrope": scaled(rope_type="longrope", short_factor=[1.0, 1.5], long_factor=[2.0, 4.0],
                             original_max_position_embeddings=8),
    "qwen2": llama(model_type="qwen2", use_sliding_window=True, sliding_window=5, max_window_layers=1),
    "qwen3": llama(model_type="qwen3", head_dim=6, tie_word_embeddings=False),
    "mistral": llama(model_type="mistral", sliding_window=4, head_dim=8),
    "gemma2": {**GEMMA, "model_type": "gemma2", "attn_logit_softcapping": 2.0, "final_logit_softcapping": 3.0},
    "gemma3": {**GEMMA, "model_type": "gemma3_text", "layer_types": ["sliding_attention", "full_attention"],
               "rope_parameters": {"sliding_attention": {"rope_type": "default", "rope_theta": 10.0},
                                   "full_attention": {"rope_type": "linear", "rope_theta": 100.0, "factor": 8.0}}},
    "phi": llama(model_type="phi", hidden_act="gelu_new", partial_rotary_factor=0.5, resid_pdrop=0.0, embd_pdrop=0.0,
                 tie_word_embeddings=False, layer_norm_eps=1e-5),
    "phi-qk": llama(model_type="phi", hidden_act="gelu_new", partial_rotary_factor=0.5, resid_pdrop=0.0, embd_pdrop=0.0,
                    tie_word_embeddings=False, num_key_value_heads=4, qk_layernorm=True),
}


@contextmanager
def double():
    kept = (torch.float, torch.float32, torch.Tensor.float, torch.get_default_dtype())
    torch.float = torch.float32 = torch.float64
    torch.Tensor.float = torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.float, torch.float32, torch.Tensor.float, dtype = kept
        torch.set_default_dtype(dtype)


def make(name: str, settings: dict) -> None:
    torch.manual_seed(1337)
    single = torch.float32
    settings = copy.deepcopy(settings)
    with double():
        config = AutoConfig.for_model(settings.pop("model_type"), **settings)
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").double().eval()
        with torch.no_grad():
            for key, p in model.named_parameters():
                # Far from the initial values, where biases and gains would hide mistakes.
                gain = p.dim() == 1 and not key.endswith("bias")
                centre = (0.0 if "gemma" in name else 1.0) if gain else 0.0
                p.copy_(torch.empty_like(p).normal_(centre, 0.1 if p.dim() == 1 else 0.15).to(single).double())
        vocabulary = config.vocab_size
        ids = torch.randint(0, vocabulary, (2, T))
        targets = torch.randint(0, vocabulary, (2, T))
        logits = model(ids, use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.view(-1, vocabulary), targets.view(-1))
        loss.backward()
        grads = {key: p.grad.clone() for key, p in model.named_parameters()}
        greedy = ids[:, :4]
        while greedy.shape[1] < T:
            best = model(greedy, use_cache=False).logits[:, -1].argmax(-1, keepdim=True)
            greedy = torch.cat([greedy, best], 1)
    folder = here / name
    model.to(single).save_pretrained(folder, safe_serialization=True)
    (folder / "generation_config.json").unlink(missing_ok=True)
    golden = {"ids": ids.flatten().tolist(), "targets": targets.flatten().tolist(), "loss": loss.item(), "greedy": greedy.tolist()}
    (folder / "golden.json").write_text(json.dumps(golden) + "\n")
    save_file({"logits": logits.detach().contiguous(), **{key: grad.float().contiguous() for key, grad in grads.items()}},
              folder / "golden.safetensors")


def show(ids: str, folders: list[str]) -> list:
    return [logits_of(folder, json.loads(ids)) for folder in folders]


def logits_of(folder: str, ids: list[int]) -> list:
    model, info = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, attn_implementation="eager",
                                                       dtype=torch.float32)
    assert not info["missing_keys"] and not info["mismatched_keys"] and not info["unexpected_keys"], info
    return model.eval()(torch.tensor([ids]), use_cache=False).logits[0].flatten().tolist()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(show(sys.argv[1], sys.argv[2:])))
    else:
        for name, settings in CONFIGS.items():
            make(name, settings)
