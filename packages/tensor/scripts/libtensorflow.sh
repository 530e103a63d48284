#!/usr/bin/env bash
# The engine's tests on a real libtensorflow. The install script of @tensorflow/tfjs-node downloads a binary; this
# builds it instead, from the C++ source in the npm package and the libraries in TensorFlow's wheel for Python, so
# a package registry and Python's are all it needs. Where something is absent it says so and passes.
#
#   scripts/libtensorflow.sh [folder]     the folder (1 GB) is kept and used again; default in the user's cache
set -euo pipefail
cd "$(dirname "$0")/.."
unset npm_config_workspace # set by `npm run -w`, and not meant for the npm calls below

TFJS=4.22.0
TENSORFLOW=2.15.1 # its C API is that of the 2.9 which tfjs-node was written for, with a few names more
folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/llm-libtensorflow}
package=$folder/node_modules/@tensorflow/tfjs-node
binding=$package/lib/napi-v8/tfjs_binding.node

skip() { echo "libtensorflow: skipped, $1"; exit 0; }

[ "$(uname -sm)" = "Linux x86_64" ] || skip "the wheel is for Linux on x86-64"
command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 || skip "there is no Python with pip"
command -v "${CXX:-c++}" >/dev/null || skip "there is no C++ compiler"

if [ ! -f "$binding" ]; then
  mkdir -p "$folder"
  echo '{ "private": true }' >"$folder/package.json"
  npm install --prefix "$folder" --ignore-scripts --silent "@tensorflow/tfjs-node@$TFJS" node-api-headers@1.5.0 ||
    skip "@tensorflow/tfjs-node cannot be had"
  python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_17_x86_64 --dest "$folder" "tensorflow-cpu==$TENSORFLOW" ||
    skip "the wheel of TensorFlow cannot be had"
  python3 - "$folder" <<'PYTHON'
import glob, sys, zipfile
folder = sys.argv[1]
with zipfile.ZipFile(glob.glob(f"{folder}/*.whl")[0]) as wheel:
    wanted = ("tensorflow/include/", "tensorflow/libtensorflow_cc.", "tensorflow/libtensorflow_framework.")
    wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(wanted)])
PYTHON
  rm "$folder"/*.whl
  mkdir -p "$(dirname "$binding")"
  "${CXX:-c++}" -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 \
    -I"$folder/node_modules/node-api-headers/include" -I"$folder/tensorflow/include" \
    "$package"/binding/*.cc "$folder"/tensorflow/libtensorflow_*.so.2 -Wl,-rpath,"$folder/tensorflow" \
    -o "$binding"
fi

export LLM_LIBTENSORFLOW=$folder TF_CPP_MIN_LOG_LEVEL=2
npx vitest run --reporter=default conformance inference memory errors muon quantized random tfjs
cd ../train
npx vitest run --reporter=default stopping
