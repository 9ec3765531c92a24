"""The figures that look-ups of agents must keep: the right class, and no wrong firm ever called registered."""

from evals.agents import evaluate


def test_no_firm_is_called_registered_that_is_not_and_classes_are_right():
    groups = evaluate.measure()

    assert groups["all"].cases >= 200
    assert groups["all"].false_confirmations == 0
    for split in ("dev", "test"):
        assert groups[split].share >= evaluate.FLOOR, split
