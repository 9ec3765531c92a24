"""A short, seeded part of the drills that `make drills` runs at full size."""

import pytest
import structlog

from tests.drills.damage import DRILLS, drill_damage
from tests.drills.kills import drill_kills
from tests.drills.world import MadeUpModel, World, no_centring

PASSAGES = 300
SEED = 6
SHORT = ["vectors truncated", "deleted while it serves", "its process crashes (SIGSEGV)"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knowledge.retriever.build_centring", lambda embedder, _: no_centring(embedder))
        patch.setattr("knowledge.retriever.TEND_EVERY_S", 0.1)
        world = World(tmp_path_factory.mktemp("drills"), PASSAGES, MadeUpModel(PASSAGES + 20))
        yield world
        world.keeper.close()


def test_killing_builds_disturbs_nobody(world):
    report = drill_kills(world, 3, SEED, lambda _: None)

    assert report.kills + report.too_late == 3
    assert report.kills > 0
    assert report.left_damaged == 0
    assert report.asked.answers > 0
    assert (report.asked.wrong, report.asked.errors) == (0, 0)


@pytest.mark.parametrize("drill", [drill for drill in DRILLS if drill.name in SHORT], ids=lambda drill: drill.name)
def test_damage_costs_nobody_an_answer_and_heals_by_itself(drill, world):
    with structlog.testing.capture_logs() as logs:
        report = drill_damage(world, drill, SEED)

    assert report.passed, report
    assert report.whole_after_s < 60
    assert len([line for line in logs if line["log_level"] == "warning"]) == 1
