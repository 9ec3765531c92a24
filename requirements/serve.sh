#!/usr/bin/env bash
# Runs the bot, and beside it the watcher of the official sources, as two processes that stop together. `make run` calls
# it. A watcher that dies is said aloud and started again; whatever happens to it, the bot goes on.
set -uo pipefail
cd "$(dirname "$0")/.."

SATARK=${SATARK:-.venv/bin/satark}  # tests put others in their place
SATARK_INGEST=${SATARK_INGEST:-.venv/bin/satark-ingest}
FIRST_PAUSE_S=2
LONGEST_PAUSE_S=300
STEADY_S=60  # a watcher that ran so long was well; the next pause is short again

main() {
    local bot="" watcher stopping="" code
    trap 'stopping=yes; [ -n "$bot" ] && kill -TERM "$bot" 2>/dev/null' INT TERM HUP
    keep_watching &
    watcher=$!
    "$SATARK" run &
    bot=$!
    [ -n "$stopping" ] && kill -TERM "$bot" 2>/dev/null  # asked to stop in the very moment of starting
    wait_for "$bot"
    code=$?
    kill -TERM "$watcher" 2>/dev/null
    wait_for "$watcher"
    exit "$code"
}

keep_watching() {
    local child="" stopping="" pause=$FIRST_PAUSE_S started code
    trap 'stopping=yes; kill -TERM "$child" 2>/dev/null' INT TERM HUP
    while [ -z "$stopping" ]; do
        started=$SECONDS
        "$SATARK_INGEST" watch &
        child=$!
        [ -n "$stopping" ] && kill -TERM "$child" 2>/dev/null
        wait_for "$child"
        code=$?
        [ -n "$stopping" ] && return
        if [ $((SECONDS - started)) -ge "$STEADY_S" ]; then pause=$FIRST_PAUSE_S; fi
        echo "The watcher of the sources has ended (exit code $code); the bot goes on. Next try in $pause s." >&2
        sleep "$pause" &
        child=$!
        wait_for "$child"
        pause=$((pause * 2 > LONGEST_PAUSE_S ? LONGEST_PAUSE_S : pause * 2))
    done
}

# Wait for a child to its end and return its exit code; a signal that we handle interrupts a bare `wait`.
wait_for() {
    local code last
    wait "$1"
    code=$?
    while kill -0 "$1" 2>/dev/null; do
        wait "$1"
        code=$?
    done
    wait "$1" 2>/dev/null  # it may have ended in the moment in which the signal interrupted us
    last=$?
    [ "$last" -eq 127 ] && return "$code"  # 127: its exit code was given out already
    return "$last"
}

main
