"""Many documents at once: stopped, killed and gone on with, nothing is lost and nothing is there twice."""

import json
import random
import signal
import time

from bulk_documents import Adding, make_notices

NOTICES = 60


def test_a_command_that_is_killed_again_and_again_goes_on_where_it_stopped(tmp_path):
    adding = Adding(tmp_path / "data", make_notices(tmp_path / "notices", NOTICES))
    chance, stored = random.Random(5), [0]

    stored += [adding.is_killed_after(chance.randint(2, 9), chance) for _ in range(4)]
    ended = adding.runs_to_the_end()

    assert stored == sorted(stored)
    assert 0 < stored[-1] < NOTICES, "it was to be killed in the midst of its work"
    assert ended.returncode == 0, ended.stderr
    outcomes = [one["outcome"] for one in json.loads(ended.stdout)["documents"]]
    assert (outcomes.count("drafted"), outcomes.count("unchanged")) == (NOTICES - stored[-1], stored[-1])
    titles, hashes = adding.stored()
    assert len(titles) == len(set(titles)) == len(set(hashes)) == NOTICES


def test_ctrl_c_stops_it_and_says_how_to_go_on(tmp_path):
    adding = Adding(tmp_path / "data", make_notices(tmp_path / "notices", 30))
    process = adding.begins()
    while adding.count() < 3:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Traceback" not in err
    report = json.loads(out)
    drafted = [one for one in report["documents"] if one["outcome"] == "drafted"]
    assert report["stopped"]
    assert 3 <= len(drafted) == adding.count() < 30
