"""A thousand documents at once: how long it takes, and that kills in the midst of it lose and double nothing."""

import random
import time

import pytest
from bulk_documents import Adding, make_notices

pytestmark = pytest.mark.soak
NOTICES, KILLS = 1_000, 10


def test_a_thousand_documents_survive_ten_kills(tmp_path):
    adding = Adding(tmp_path / "data", make_notices(tmp_path / "notices", NOTICES))
    chance, begun = random.Random(7), time.monotonic()

    for _ in range(KILLS):
        adding.is_killed_after(chance.randint(1, NOTICES // KILLS - 10), chance)
    ended = adding.runs_to_the_end()

    taken = time.monotonic() - begun
    print(f"\n{NOTICES} documents with {KILLS} kills in {taken:.0f} s ({NOTICES / taken:.1f} a second)")
    assert ended.returncode == 0, ended.stderr
    titles, hashes = adding.stored()
    assert len(titles) == len(set(titles)) == len(set(hashes)) == NOTICES
