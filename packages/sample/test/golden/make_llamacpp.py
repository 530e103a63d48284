"""What each sampler of llama.cpp makes of random cases, in its own 32-bit floats: its library is called as it is.

npm install --ignore-scripts @node-llama-cpp/linux-x64@3.22.1, then in this folder:
python make_llamacpp.py node_modules/@node-llama-cpp/linux-x64/bins/linux-x64 100 > llamacpp.json
The number is how many cases of each stage; 10000 agree to 1e-6.
"""

import ctypes
import json
import math
import random
import sys
from ctypes import POINTER, Structure, byref, c_bool, c_float, c_int32, c_int64, c_size_t, c_uint32, c_void_p

folder, count = sys.argv[1], int(sys.argv[2])
for name in ["libggml-base.so", "libggml.v0.5.0.so", "libllama.v0.5.0.so"]:
    llama = ctypes.CDLL(f"{folder}/{name}", mode=ctypes.RTLD_GLOBAL)


class Token(Structure):
    _fields_ = [("id", c_int32), ("logit", c_float), ("p", c_float)]


class Tokens(Structure):
    _fields_ = [("data", POINTER(Token)), ("size", c_size_t), ("selected", c_int64), ("sorted", c_bool)]


class Bias(Structure):
    _fields_ = [("id", c_int32), ("bias", c_float)]


class Vector(Structure):  # std::vector
    _fields_ = [("begin", c_void_p), ("end", c_void_p), ("capacity", c_void_p)]


def function(name, *kinds, result=c_void_p):
    made = getattr(llama, name)
    made.restype, made.argtypes = result, list(kinds)
    return made


apply = function("llama_sampler_apply", c_void_p, POINTER(Tokens), result=None)
accept = function("llama_sampler_accept", c_void_p, c_int32, result=None)
free = function("llama_sampler_free", c_void_p, result=None)
top_k = function("llama_sampler_init_top_k", c_int32)
top_p = function("llama_sampler_init_top_p", c_float, c_size_t)
min_p = function("llama_sampler_init_min_p", c_float, c_size_t)
typical = function("llama_sampler_init_typical", c_float, c_size_t)
temperature = function("llama_sampler_init_temp", c_float)
sigma = function("llama_sampler_init_top_n_sigma", c_float)
xtc = function("llama_sampler_init_xtc", c_float, c_float, c_size_t, c_uint32)
penalties = function("llama_sampler_init_penalties", c_int32, c_int32, c_float, c_float, c_float)
logit_bias = function("llama_sampler_init_logit_bias", c_int32, c_int32, POINTER(Bias))
dry = function(
    "_Z30llama_sampler_init_dry_testingffiiRKSt6vectorIS_IiSaIiEESaIS1_EE",
    c_float, c_float, c_int32, c_int32, POINTER(Vector),
)  # fmt: skip

random.seed(21)
size = 8


def number(low, high):
    return random.randrange(int(low * 64), int(high * 64)) / 64


def make_bias(bias):
    entries = [(int(i), value) for i, value in bias["logitBias"].items()]
    return logit_bias(size, len(entries), (Bias * len(entries))(*entries))


def make_dry(p):
    one = [(c_int32 * 1)(i) for i in p["dryBreakers"]]
    lists = (Vector * len(one))(*[Vector(a, a + 4, a + 4) for a in map(ctypes.addressof, one)])
    start = ctypes.addressof(lists)
    end = start + ctypes.sizeof(lists)
    return dry(p["dryMultiplier"], p["dryBase"], p["dryAllowedLength"], p["dryWindow"], Vector(start, end, end))


def bias_params():
    return {"logitBias": {str(random.randrange(size)): number(-3, 3) for _ in range(2)}}


def penalty_params():
    return {
        "repetitionPenalty": number(0.5, 2),
        "frequencyPenalty": number(-1, 1),
        "presencePenalty": number(-1, 1),
        "penaltyWindow": random.choice([1, 3, 8, 64]),
    }


def dry_params():
    return {
        "dryMultiplier": number(0.1, 1.5),
        "dryBase": number(1, 2),
        "dryAllowedLength": random.randint(1, 4),
        "dryWindow": random.choice([4, 10, 64]),
        "dryBreakers": random.choice([[], [1], [0, 3]]),
    }


# In the order of llama.cpp's own chain.
stages = {
    "bias": (bias_params, make_bias),
    "penalties": (
        penalty_params,
        lambda p: penalties(
            size, p["penaltyWindow"], p["repetitionPenalty"], p["frequencyPenalty"], p["presencePenalty"]
        ),
    ),
    "dry": (dry_params, make_dry),
    "topNSigma": (lambda: {"topNSigma": number(0.2, 2)}, lambda p: sigma(p["topNSigma"])),
    "topK": (lambda: {"topK": random.randint(1, size)}, lambda p: top_k(p["topK"])),
    "typical": (lambda: {"typicalP": number(0.1, 1)}, lambda p: typical(p["typicalP"], 1)),
    "topP": (lambda: {"topP": number(0.1, 1)}, lambda p: top_p(p["topP"], 1)),
    "minP": (lambda: {"minP": number(0.02, 0.6)}, lambda p: min_p(p["minP"], 1)),
    "xtc": (
        lambda: {"xtcProbability": 1, "xtcThreshold": number(0.02, 0.55)},
        lambda p: xtc(1.0, p["xtcThreshold"], 1, 0),
    ),
    "temperature": (lambda: {"temperature": number(0.2, 2.5)}, lambda p: temperature(p["temperature"])),
}


def case(names):
    # No ties: which of several it takes is not defined.
    logits = [steps / 64 for steps in random.sample(range(-256, 256), size)]
    alphabet = random.choice([2, 3, size])
    history = [random.randrange(alphabet) for _ in range(random.randint(1, 24))]
    data = (Token * size)(*[(i, logit, 0) for i, logit in enumerate(logits)])
    tokens = Tokens(data, size, -1, False)
    params = {}
    for name in names:
        own = stages[name][0]()
        params |= own
        sampler = stages[name][1](own)
        for token in history:
            accept(sampler, token)
        apply(sampler, byref(tokens))
        free(sampler)
    left = sorted((tokens.data[i].id, tokens.data[i].logit) for i in range(tokens.size))
    left = [(i, logit) for i, logit in left if logit > -math.inf]
    top = max(logit for _, logit in left)
    weights = [math.exp(logit - top) for _, logit in left]
    probabilities = [float(f"{weight / sum(weights):.8g}") for weight in weights]
    return [logits, history, params, [i for i, _ in left], probabilities]


mixed = [[name for name in stages if random.random() < 0.5] for _ in range(count)]
for names in mixed:
    # What top-n-sigma removes has probability 0 in typical, whose entropy is then NaN.
    if "typical" in names and "topNSigma" in names:
        names.remove("topNSigma")
lists = [[name] for name in stages for _ in range(count)] + mixed
print("[" + ",\n".join(json.dumps(case(names), separators=(",", ":")) for names in lists) + "]")
