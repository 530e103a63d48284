# Makes llama-cpp/: small models as the `gguf` package of llama.cpp's authors writes them, the same as Hugging Face folders, and
# blocks of every type with their values by its quantizers.
#
#     pip install gguf==0.19.0 && python llama_cpp.py
import base64
import json
import os
import struct

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "llama-cpp")
rng = np.random.default_rng(7)


def random(*shape):
    return (rng.standard_normal(shape) * 0.3).astype(np.float32)


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [at, at + value.nbytes]}
        at += value.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(np.ascontiguousarray(value).tobytes())


def through(value, type):
    """A matrix in a type, and what it is read back as."""
    if type == Type.F32:
        return value, value
    stored = quants.quantize(value, type)
    return stored, np.asarray(quants.dequantize(stored, type), dtype=np.float32)


def permute(value, heads):
    """convert_hf_to_gguf.py: rows of halves to rows of neighbours."""
    shape = value.shape
    halves = value.reshape(heads, 2, shape[0] // heads // 2, *shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(shape))


def unpermute(value, heads):
    shape = value.shape
    pairs = value.reshape(heads, shape[0] // heads // 2, 2, *shape[1:])
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(shape))


def add(writer, name, value, type):
    stored, read = through(value, type)
    writer.add_tensor(name, stored, raw_dtype=type)
    return read


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make_llama():
    folder = os.path.join(HERE, "llama")
    os.makedirs(folder, exist_ok=True)
    config = {
        "model_type": "llama", "vocab_size": 40, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 64,
        "rms_norm_eps": 1e-6, "hidden_act": "silu", "tie_word_embeddings": False, "attention_bias": False,
        "mlp_bias": False, "eos_token_id": 1, "rope_theta": 5000.0,
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                         "original_max_position_embeddings": 8192},
    }
    writer = gguf.GGUFWriter(os.path.join(folder, "model.gguf"), "llama")
    writer.add_name("a small llama")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(2)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_key_length(16)
    writer.add_value_length(16)
    writer.add_rope_dimension_count(16)
    writer.add_rope_freq_base(5000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(40)
    # A vocabulary of letters, a blank as byte-level BPE writes it, and what two merges make.
    tokens = ["<|begin|>", "<|end|>", "Ġ"] + [chr(97 + i) for i in range(26)] + ["th", "the", "Ġthe", "an", "in"]
    tokens += ["<tool>"] + [f"[PAD{i}]" for i in range(len(tokens) + 1, 40)]
    types = [3, 3] + [1] * (len(tokens) - 2)
    types[tokens.index("<tool>")] = 4
    for i, token in enumerate(tokens):
        if token.startswith("[PAD"):
            types[i] = 5
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(["t h", "th e", "Ġ the", "a n", "i n"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(True)
    writer.add_chat_template("{{ messages[0].content }}")

    out = {"model.embed_tokens.weight": add(writer, "token_embd.weight", random(40, 32), Type.Q8_0)}
    dims = np.arange(0, 16, 2) / 16
    waves = 2 * np.pi * 5000.0**dims
    smooth = (8192 / waves - 1) / (4 - 1)
    factors = np.where(waves < 8192 / 4, 1, np.where(waves > 8192, 8, 1 / ((1 - smooth) / 8 + smooth)))
    writer.add_tensor("rope_freqs.weight", factors.astype(np.float32))
    ways = [
        {"q": Type.Q4_1, "k": Type.Q5_0, "v": Type.Q5_1, "o": Type.F16, "gate": Type.Q4_0, "up": Type.BF16, "down": Type.F32},
        {"q": Type.F16, "k": Type.Q8_0, "v": Type.Q4_1, "o": Type.Q4_0, "gate": Type.Q5_1, "up": Type.Q4_1, "down": Type.Q5_0},
    ]
    for layer, way in enumerate(ways):
        ours, theirs = f"model.layers.{layer}", f"blk.{layer}"
        for name, key, heads in (("q", "attn_q", 4), ("k", "attn_k", 2)):
            read = add(writer, f"{theirs}.{key}.weight", permute(random(16 * heads, 32), heads), way[name])
            out[f"{ours}.self_attn.{name}_proj.weight"] = unpermute(read, heads)
        out[f"{ours}.self_attn.v_proj.weight"] = add(writer, f"{theirs}.attn_v.weight", random(32, 32), way["v"])
        out[f"{ours}.self_attn.o_proj.weight"] = add(writer, f"{theirs}.attn_output.weight", random(32, 64), way["o"])
        out[f"{ours}.mlp.gate_proj.weight"] = add(writer, f"{theirs}.ffn_gate.weight", random(64, 32), way["gate"])
        out[f"{ours}.mlp.up_proj.weight"] = add(writer, f"{theirs}.ffn_up.weight", random(64, 32), way["up"])
        out[f"{ours}.mlp.down_proj.weight"] = add(writer, f"{theirs}.ffn_down.weight", random(32, 64), way["down"])
        out[f"{ours}.input_layernorm.weight"] = add(writer, f"{theirs}.attn_norm.weight", 1 + random(32), Type.F32)
        out[f"{ours}.post_attention_layernorm.weight"] = add(writer, f"{theirs}.ffn_norm.weight", 1 + random(32), Type.F32)
    out["model.norm.weight"] = add(writer, "output_norm.weight", 1 + random(32), Type.F32)
    out["lm_head.weight"] = add(writer, "output.weight", random(40, 32), Type.Q8_0)
    write(writer)
    json.dump(config, open(os.path.join(folder, "config.json"), "w"), indent=1)
    write_safetensors(os.path.join(folder, "model.safetensors"), out)


def make_gpt2():
    folder = os.path.join(HERE, "gpt2")
    os.makedirs(folder, exist_ok=True)
    config = {
        "model_type": "gpt2", "vocab_size": 40, "n_positions": 16, "n_embd": 32, "n_layer": 1, "n_head": 4,
        "n_inner": None, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "resid_pdrop": 0.0,
        "tie_word_embeddings": True,
    }
    writer = gguf.GGUFWriter(os.path.join(folder, "model.gguf"), "gpt2")
    writer.add_context_length(16)
    writer.add_embedding_length(32)
    writer.add_block_count(1)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_layer_norm_eps(1e-5)
    table = random(40, 32)
    out = {"wte.weight": add(writer, "token_embd.weight", table, Type.F16)}
    out["wpe.weight"] = add(writer, "position_embd.weight", random(16, 32), Type.F32)
    names = {"attn.c_attn": ("attn_qkv", 96, 32), "attn.c_proj": ("attn_output", 32, 32),
             "mlp.c_fc": ("ffn_up", 128, 32), "mlp.c_proj": ("ffn_down", 32, 128)}
    for ours, (theirs, rows, columns) in names.items():
        out[f"h.0.{ours}.weight"] = add(writer, f"blk.0.{theirs}.weight", random(rows, columns), Type.F16).T
        out[f"h.0.{ours}.bias"] = add(writer, f"blk.0.{theirs}.bias", random(rows), Type.F32)
    for ours, theirs in (("h.0.ln_1", "blk.0.attn_norm"), ("h.0.ln_2", "blk.0.ffn_norm"), ("ln_f", "output_norm")):
        out[f"{ours}.weight"] = add(writer, f"{theirs}.weight", 1 + random(32), Type.F32)
        out[f"{ours}.bias"] = add(writer, f"{theirs}.bias", random(32), Type.F32)
    add(writer, "output.weight", table, Type.F16)  # as older files have it: the table once more
    write(writer)
    json.dump(config, open(os.path.join(folder, "config.json"), "w"), indent=1)
    write_safetensors(os.path.join(folder, "model.safetensors"), out)


def base(value):
    return base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()


def make_blocks():
    values = (rng.standard_normal((32, 32)) * np.exp(3 * rng.standard_normal((32, 1)))).astype(np.float32)
    values[0] = 0
    values[1] = np.arange(32) - 16  # two values are equally far from zero, and halves are rounded
    values[2] = [-127 + 8 * i + 0.5 for i in range(32)]
    values[3] *= 1e-6
    encoded = {type.name.lower(): base(quants.quantize(values, type)) for type in (Type.F16, Type.Q8_0, Type.Q4_0)}
    decoded = {}
    for type in (Type.F16, Type.BF16, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.Q4_K, Type.Q5_K, Type.Q6_K):
        size, length = (1, 2) if type in (Type.F16, Type.BF16) else gguf.GGML_QUANT_SIZES[type]
        count = max(2, 64 // size)
        blocks = rng.integers(0, 256, (count, length), dtype=np.uint8)
        scales = {Type.Q6_K: [208], Type.Q4_1: [0, 2], Type.Q5_1: [0, 2], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2]}
        for at in scales.get(type, [0]):
            blocks[:, at + 1] &= 0xBB  # no infinite scale
        read = np.asarray(quants.dequantize(blocks.reshape(1, -1), type), dtype=np.float32)
        decoded[type.name] = {"bytes": base(blocks), "values": base(read)}
    with open(os.path.join(HERE, "blocks.json"), "w") as file:
        json.dump({"values": base(values), "encoded": encoded, "decoded": decoded}, file, indent=1)


make_llama()
make_gpt2()
make_blocks()
