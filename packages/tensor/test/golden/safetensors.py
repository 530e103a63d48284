"""What the format's own library writes and reads. `pip install safetensors==0.8.0 numpy ml_dtypes`

    python safetensors.py          # writes python.safetensors beside this file
    python safetensors.py FILE ..  # opens files that another program wrote; prints what is in them, as JSON
"""
import json
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
sys.path = [each for each in sys.path if Path(each or ".").resolve() != here]  # this file has the library's name

import numpy
from ml_dtypes import bfloat16
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

if len(sys.argv) > 1:
    found = []
    for path in sys.argv[1:]:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata()
            dtypes = {name: file.get_slice(name).get_dtype() for name in file.keys()}
        tensors = {
            name: {"dtype": dtypes[name], "shape": value.shape, "bytes": value.tobytes().hex()}
            for name, value in load_file(path).items()
        }
        found.append({"metadata": metadata, "tensors": tensors})
    print(json.dumps(found))
else:
    # Among them: ties to round (65520, 2 ** -25 * 3), subnormals, what overflows a half, and both zeros.
    floats = [0, -0.0, 1, -2.5, 1 / 3, 65504, 65519, 65520, 2**-14, 2**-24, 2**-25, 3 * 2**-25, 1e-45, 3e38, numpy.inf, -numpy.inf]
    f32 = numpy.array(floats, numpy.float32).reshape(2, 8)
    with numpy.errstate(over="ignore", under="ignore"):
        tensors = {
            "f32": f32,
            "f16": f32.astype(numpy.float16),
            "bf16": f32.astype(bfloat16),
            "i32": numpy.array([0, -(2**31), 2**31 - 1], numpy.int32),
            "i8": numpy.array([[0, -128], [127, -1]], numpy.int8),
            'empty "\u00e9" \U0001f600': numpy.zeros((0, 4), numpy.int8),
            "scalar": numpy.array(7, numpy.float32),
        }
    save_file(tensors, here / "python.safetensors", {"format": "pt"})
