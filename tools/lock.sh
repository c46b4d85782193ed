#!/usr/bin/env bash
# Write the lock files anew: hashed, for every platform, without naming an index.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-package shangdun-guard \
        --no-header --python-version 3.11 "$@"
}
run=tools/locks/run.txt
compile pyproject.toml --group build -o "$run"
compile --group test -c "$run" pyproject.toml --group build -o tools/locks/test.txt
compile --group node -o tools/locks/node.txt
compile --group attack -o tools/locks/attack.txt
echo "uv>=0.13,<0.14" | compile - -o tools/locks/uv.txt
