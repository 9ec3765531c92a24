"""`make run` starts the bot and the watcher by requirements/serve.sh: they stop together, and the watcher may die."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

SERVE = Path(__file__).resolve().parents[2] / "requirements" / "serve.sh"
PATIENCE_S = 20


STAND_IN = """#!{python}
import pathlib, signal, sys, time

def note(what):
    with pathlib.Path({log!r}).open("a") as log:
        log.write("{name} " + what + "\\n")

stopping = []
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stopping.append(True))
note(sys.argv[1])
if {manner!r} == "dies":
    sys.exit(3)
while not stopping:
    time.sleep(0.02)
note("stopped")
"""


class Both:
    """Two stand-ins for the programs, which note in a file what happens to them."""

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        self.log.touch()
        self.process = None

    def start(self, bot="steady", watcher="steady"):
        environment = os.environ | {
            "SATARK": str(self._program("bot", bot)),
            "SATARK_INGEST": str(self._program("watcher", watcher)),
        }
        self.process = subprocess.Popen(
            [SERVE], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def _program(self, name, manner):
        program = self.folder / f"{name}-{manner}"
        program.write_text(STAND_IN.format(python=sys.executable, log=str(self.log), name=name, manner=manner))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    def lines(self):
        return self.log.read_text().splitlines()

    def waits_for(self, line, times=1):
        give_up_at = time.monotonic() + PATIENCE_S
        while self.lines().count(line) < times:
            assert time.monotonic() < give_up_at, self.lines()
            time.sleep(0.02)


@pytest.fixture
def both(tmp_path):
    both = Both(tmp_path)
    yield both
    if both.process is not None and both.process.poll() is None:
        os.killpg(both.process.pid, signal.SIGKILL)
        both.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_both_start_and_stop_together(both, how):
    both.start()
    both.waits_for("bot run")
    both.waits_for("watcher watch")

    os.killpg(both.process.pid, how)  # as the terminal does on Ctrl-C
    both.process.communicate(timeout=PATIENCE_S)

    assert both.process.returncode == 0
    assert {"bot stopped", "watcher stopped"} <= set(both.lines())


def test_a_watcher_that_dies_is_said_aloud_and_started_again_while_the_bot_goes_on(both):
    both.start(watcher="dies")

    both.waits_for("watcher watch", times=2)

    assert both.process.poll() is None
    both.process.terminate()
    _, said = both.process.communicate(timeout=PATIENCE_S)
    assert "The watcher of the sources has ended (exit code 3); the bot goes on." in said
    assert "bot stopped" in both.lines()


def test_a_bot_that_ends_takes_the_watcher_with_it_and_its_exit_code_is_the_answer(both):
    both.start(bot="dies")

    both.process.communicate(timeout=PATIENCE_S)

    assert both.process.returncode == 3
    time.sleep(0.3)
    still = subprocess.run(["pgrep", "-f", str(both.folder)], capture_output=True, text=True, check=False)
    assert still.stdout == ""
