#!/usr/bin/env bash
# The engine's tests on a GPU in software: SwiftShader, which Debian's chromium brings, through the npm package `webgpu`, which
# brings WebGPU to Node. That package has the binaries of all systems (130 MB), so it is installed here, not with the others.
# Where something is absent it says so and passes.
#
#   scripts/webgpu.sh [vitest's arguments]     the package is kept in the user's cache and used again
set -euo pipefail
cd "$(dirname "$0")/.."
unset npm_config_workspace # set by `npm run -w`, and not meant for the npm calls below

folder=${XDG_CACHE_HOME:-$HOME/.cache}/llm-webgpu

skip() { echo "webgpu: skipped, $1"; exit 0; }

[ -f /usr/lib/chromium/vk_swiftshader_icd.json ] || [ -n "${VK_ICD_FILENAMES:-}" ] ||
  skip "there is no driver: Debian's chromium brings one, VK_ICD_FILENAMES names another"

if [ ! -d "$folder/node_modules/webgpu" ]; then
  mkdir -p "$folder"
  echo '{ "private": true }' >"$folder/package.json"
  npm install --prefix "$folder" --ignore-scripts --silent webgpu@0.6.2 || skip "the package webgpu cannot be had"
fi

export LLM_WEBGPU=$folder
# The folder of the engine, and the tests that all engines share: those ask for the engines on devices. Of them the tests on this one,
# whose groups bear its name, since the others ran without.
[ $# -gt 0 ] || set -- test/engines/webgpu/ $(grep -lE 'engines/(device|every)\.js' test/*.test.ts)
# Two at a time: each of them works on one processor.
if [[ " $* " == *" -t "* ]]; then exec npx vitest run --maxWorkers 2 "$@"; fi
npx vitest run --maxWorkers 2 -t webgpu "$@"
node scripts/webgpu-ran.js
