"""How the extraction figures are added up."""

from __future__ import annotations

from evals.extraction.evaluate import FLOORS, Figures, Measured, Overlap, Share


def test_f1_counts_what_is_missing_and_what_is_too_much() -> None:
    overlap = Overlap()
    overlap.add({"RU", "UA"}, {"RU"})
    overlap.add(set(), {"KH"})

    assert overlap.f1 == 2 / (2 + 1 + 1)


def test_nothing_wanted_and_nothing_found_is_right() -> None:
    overlap = Overlap()
    overlap.add(set(), set())

    assert overlap.f1 == 1.0
    assert Share().value == 1.0


def test_a_figure_below_its_floor_is_named() -> None:
    figures = Figures()
    figures.dates.add(False)

    below = Measured(figures, Figures(), ()).below_floor()

    assert [line.split()[0] for line in below] == ["dates"]
    assert set(FLOORS) <= set(figures.as_numbers())
