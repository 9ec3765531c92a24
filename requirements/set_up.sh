#!/usr/bin/env bash
# Puts everything Satark needs into .venv, and nothing outside this folder. Needs no root. `make` calls it.
# Where nothing has changed since the last time it does nothing: the stamp holds a hash of all that decides the outcome.
set -euo pipefail
cd "$(dirname "$0")/.."

VENV=.venv
STAMP=$VENV/set-up-done
LOG=$VENV/set-up.log
CONSTRAINTS=requirements/constraints.txt

main() {
    exec 9<requirements/set_up.sh
    flock 9  # a second `make` waits for the first one's set-up, and then finds it done
    if [ -x "$VENV/bin/python" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$(hash_of_inputs)" ]; then
        return
    fi
    ensure_venv
    rm -f "$STAMP"
    install_all
    hash_of_inputs >"$STAMP"  # only now: an install that was cut off or failed is done again
    say "Everything is installed."
}

# What is wanted (the two files, this script), by which Python, and where: the programs in .venv know their folder.
hash_of_inputs() {
    { cat pyproject.toml "$CONSTRAINTS" requirements/set_up.sh; readlink -f "$VENV/bin/python"; pwd -P; } | sha256sum
}

ensure_venv() {
    # pip tells its folder; in a .venv that was moved or copied here it does not run, or tells the old one.
    if "$VENV/bin/pip" --version 2>/dev/null | grep -qF " from $(pwd -P)/$VENV/"; then
        return
    fi
    local python
    python=$(find_python)
    say "Making a virtual environment in $VENV with $("$python" --version)."
    "$python" -m venv --clear "$VENV"
}

# The first Python from 3.11 on that can make a virtual environment. 3.11 is tried first: it is what we test with.
find_python() {
    local name without_venv=""
    for name in python3.11 python3 python3.12 python3.13; do
        if ! "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            continue
        elif "$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
        without_venv=${without_venv:-$name}
    done
    if [ -n "$without_venv" ]; then
        stop "$without_venv cannot make a virtual environment: the Debian package $without_venv-venv is missing." \
            "Install it with: sudo apt install $without_venv-venv    Then run the same command again."
    fi
    stop "Satark needs Python 3.11 or newer, and none was found." \
        "Install it with: sudo apt install python3 python3-venv    Then run the same command again."
}

install_all() {
    # PyTorch first and alone: with its version settled, pip does not go back and forth between older and newer builds
    # of everything that needs it, downloading gigabytes on the way.
    install "PyTorch (the largest part)" torch==2.13.0
    install "Satark and the libraries it uses" -e '.[ingest,dev]'
    "$VENV/bin/python" -m compileall -q bot knowledge ingest  # a quicker start, also where Python may not write these
}

install() {
    local what=$1
    shift
    say "Installing $what. The first time this takes some minutes."
    if ! "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input -c "$CONSTRAINTS" "$@" >"$LOG" 2>&1; then
        tail -n 15 "$LOG" >&2
        stop "Installing failed; the last lines above say why, all of it is in $LOG." \
            "Check the network and the room on the disk (about 3 GB), then run the same command again."
    fi
}

say() { echo "[set-up] $*"; }

stop() {
    printf '[set-up] %s\n' "$@" >&2
    exit 1
}

main
