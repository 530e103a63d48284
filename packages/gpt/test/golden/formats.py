"""Makes the files of other formats in formats/, and what their models answer in double precision.

    pip install torch transformers numpy
    python formats.py                      # writes formats/
    python formats.py nanogpt FILE IDS     # opens a ckpt.pt as nanoGPT does; prints its logits for the ids
    python formats.py llmc FILE IDS        # the same for an llm.c checkpoint, by a reader of its own

Models are transformers' GPT-2 with random weights; only the layout of the files is nanoGPT's and llm.c's.
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel

here = Path(__file__).parent / "formats"
MATRICES = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
IDS = [3, 14, 15, 9, 2, 6, 5, 28, 0, 11]


def model_of(args: dict, activation: str, tied: bool = True) -> GPT2LMHeadModel:
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=args["vocab_size"], n_positions=args["block_size"], n_embd=args["n_embd"], n_layer=args["n_layer"],
        n_head=args["n_head"], activation_function=activation, tie_word_embeddings=tied, use_cache=False,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=None, eos_token_id=None,
    )).eval()


def random_model(activation: str, seed: int, dtype: torch.dtype, bias: bool = True, tied: bool = True) -> tuple[dict, GPT2LMHeadModel]:
    torch.manual_seed(seed)
    args = {"n_layer": 2, "n_head": 2, "n_embd": 8, "block_size": 12, "bias": bias, "vocab_size": 29, "dropout": 0.0}
    model = model_of(args, activation, tied)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(".bias"):
                weight.normal_(0, 0.1 if bias else 0.0)
            elif weight.dim() == 1:
                weight.normal_(1, 0.1)
            else:
                weight.normal_(0, 0.3)
            weight.copy_(weight.to(dtype).float())  # what the file will hold
    return args, model


def transposed(state: dict) -> dict:
    """transformers' matrices are [in, out]; those of both formats are [out, in]."""
    return {k: v.t() if k.endswith(MATRICES) else v for k, v in state.items()}


def logits_of(model: GPT2LMHeadModel, ids: list[int]) -> list:
    with torch.no_grad():
        return model.double()(torch.tensor([ids])).logits[0].tolist()


def golden(name: str, model: GPT2LMHeadModel, **more) -> None:
    (here / f"{name}.json").write_text(json.dumps({"ids": IDS, **more, "logits": logits_of(model, IDS)}) + "\n")


# ---- nanoGPT: torch.save of model, optimizer, model_args, iter_num, best_val_loss and config

def make_compiled() -> None:
    """As train.py leaves it after torch.compile: prefixed names, no biases, an optimizer, a loss that is a tensor."""
    args, model = random_model("gelu", 1, torch.float32, bias=False)
    state = {k: v.contiguous() for k, v in transposed(model.state_dict()).items()}
    state = {k: v for k, v in state.items() if not k.endswith(".bias")}
    head = state["transformer.wte.weight"]
    state = {f"_orig_mod.{k}": head if k == "lm_head.weight" else v for k, v in state.items()}
    weights = [torch.nn.Parameter(v.clone()) for v in state.values()]
    optimizer = torch.optim.AdamW(weights, lr=1e-3)
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    optimizer.step()
    config = {"dataset": "shakespeare_char", "learning_rate": 1e-3, "max_iters": 5000, "compile": True, "batch_size": 64}
    states = torch.nn.Module().state_dict()  # a dictionary with attributes, as a module gives it
    states.update(state)
    torch.save({
        "model": states, "optimizer": optimizer.state_dict(),
        "model_args": args, "iter_num": 250, "best_val_loss": torch.tensor(1.5), "config": config,
    }, here / "compiled.pt")
    golden("compiled", model, iterNum=250, bestValLoss=1.5, config=config)


def make_views() -> None:
    """bfloat16, with masks as an early nanoGPT keeps them; all tensors are views of one storage, the matrices transposed."""
    args, model = random_model("gelu", 2, torch.bfloat16)
    original = {k: v for k, v in model.state_dict().items() if k != "lm_head.weight"}
    flat = torch.cat([v.flatten() for v in original.values()]).bfloat16()
    state, at = {}, 0
    for name, value in original.items():
        view = flat[at:at + value.numel()].view(value.shape)
        state[name] = view.t() if name.endswith(MATRICES) else view
        at += value.numel()
    state["lm_head.weight"] = state["transformer.wte.weight"]
    for layer in range(2):
        state[f"transformer.h.{layer}.attn.bias"] = torch.tril(torch.ones(12, 12)).view(1, 1, 12, 12)
    torch.save({"model": state, "model_args": {k: v for k, v in args.items() if k != "bias"}}, here / "views.pt")
    golden("views", model)


def make_untied() -> None:
    """float16, and a head of its own; parameters rather than tensors, a newer pickle, GPT-2's activation."""
    args, model = random_model("gelu_new", 3, torch.float16, tied=False)
    state = {k: torch.nn.Parameter(v.contiguous().half()) for k, v in transposed(model.state_dict()).items()}
    checkpoint = {"model": state, "model_args": args, "iter_num": 2 ** 33, "best_val_loss": 1e9, "config": {}}
    torch.save(checkpoint, here / "untied.pt", pickle_protocol=4)
    golden("untied", model, iterNum=2 ** 33, bestValLoss=1e9, config={})


def open_nanogpt(path: str) -> GPT2LMHeadModel:
    checkpoint = torch.load(path, weights_only=True)
    model = model_of(checkpoint["model_args"], "gelu", tied=False)
    state = {k: torch.zeros_like(v) if k.endswith(".bias") else v for k, v in model.state_dict().items()}
    state |= transposed({k: v.float() for k, v in checkpoint["model"].items()})
    model.load_state_dict(state)
    return model


# ---- llm.c: 256 int32 of header, then each tensor, of all layers one after another

ORDER = [
    "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight", "attn.c_proj.bias",
    "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight", "mlp.c_proj.bias",
]


def names(layers: int) -> list[str]:
    inside = [f"transformer.h.{layer}.{name}" for name in ORDER for layer in range(layers)]
    return ["transformer.wte.weight", "transformer.wpe.weight", *inside, "transformer.ln_f.weight", "transformer.ln_f.bias"]


def make_llmc(name: str, dtype: torch.dtype, version: int) -> None:
    args, model = random_model("gelu_new", 4, dtype)
    state = transposed(model.state_dict())
    state["transformer.wte.weight"] = torch.nn.functional.pad(state["transformer.wte.weight"], (0, 0, 0, 128 - 29))
    header = [20240326, version, args["block_size"], 29, args["n_layer"], args["n_head"], args["n_embd"], 128]
    with open(here / f"{name}.bin", "wb") as file:
        file.write(struct.pack("<256i", *header, *[0] * (256 - len(header))))
        for each in names(args["n_layer"]):
            value = state[each].contiguous().to(dtype)
            file.write((value.view(torch.int16) if dtype == torch.bfloat16 else value).numpy().tobytes())
    golden(name, model)


def open_llmc(path: str) -> GPT2LMHeadModel:
    content = Path(path).read_bytes()
    magic, version, block, vocab, layers, heads, width, padded = struct.unpack("<8i", content[:32])
    assert magic == 20240326 and version in (3, 5) and padded % 128 == 0 and padded - vocab < 128
    args = {"vocab_size": vocab, "block_size": block, "n_embd": width, "n_layer": layers, "n_head": heads}
    model = model_of(args, "gelu_new")
    state, at = transposed(model.state_dict()), 1024
    for name in names(layers):
        shape = [padded, width] if name == "transformer.wte.weight" else list(state[name].shape)
        size = int(np.prod(shape)) * (4 if version == 3 else 2)
        raw = torch.frombuffer(bytearray(content[at:at + size]), dtype=torch.float32 if version == 3 else torch.bfloat16)
        state[name] = raw.float().view(shape)[:vocab] if name == "transformer.wte.weight" else raw.float().view(shape)
        if name == "transformer.wte.weight":
            assert not raw.view(shape)[vocab:].any()
        at += size
    assert at == len(content)
    state["lm_head.weight"] = state["transformer.wte.weight"]
    model.load_state_dict(transposed(state))
    return model


if __name__ == "__main__":
    if len(sys.argv) > 1:
        model = {"nanogpt": open_nanogpt, "llmc": open_llmc}[sys.argv[1]](sys.argv[2])
        print(json.dumps(logits_of(model, json.loads(sys.argv[3]))))
    else:
        here.mkdir(exist_ok=True)
        make_compiled()
        make_views()
        make_untied()
        make_llmc("llmc-float32", torch.float32, 3)
        make_llmc("llmc-bfloat16", torch.bfloat16, 5)
