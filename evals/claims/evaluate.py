"""What the guards of a model's sentences are worth: precision and recall of "supported" on the labelled claims.

    python -m evals.claims.evaluate            # the half that nothing was chosen on
    python -m evals.claims.evaluate --choose   # the other half, with a table of thresholds

Precision: of the sentences let through, the share that the record supports. Recall: of the supported, the share let
through; each other one costs a person nothing but the model's wording, as the rules' own words stand.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from bot.texts import every_text
from evals.claims.claims import LabelledClaim, read_claims
from knowledge.advisor.guarding.claims import Claim
from knowledge.advisor.guarding.guard import Guard, Refusal
from knowledge.advisor.guarding.names import Vocabulary, build_vocabulary
from knowledge.advisor.guarding.support import NearnessByEmbedding, measure_support
from knowledge.embedding.centring import build_centring
from knowledge.embedding.embedder import ModelUnavailable
from knowledge.embedding.factory import build_embedder
from knowledge.embedding.remembering import RememberingEmbedder
from knowledge.settings import read_settings
from knowledge.starter import STARTER_FOLDER, read_curated
from knowledge.vocabulary import Language


def main() -> int:
    """Print the figures; 2 where there is no embedding model to measure with."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--choose", action="store_true", help="the half on which thresholds are chosen")
    parser.add_argument("--errors", type=int, default=0, help="show so many unsupported claims that were let through")
    asked = parser.parse_args()
    half = "choose" if asked.choose else "test"
    claims = [claim for claim in read_claims() if claim.half == half]
    try:
        nearness = _build_nearness()
    except ModelUnavailable as problem:
        print(problem)
        return 2
    guard = Guard(_vocabulary(), nearness)
    found = {
        claim.id: guard.refuse(Claim(claim.words, ("S1",)), {"S1": claim.source}, claim.language) for claim in claims
    }
    _print_tables(claims, found)
    for claim in [c for c in claims if not c.supported and found[c.id] is None][: asked.errors]:
        print(f"let through: {claim.kind:12} {claim.id}: {claim.words}")
    for claim in [c for c in claims if c.supported and found[c.id] is not None][: asked.errors]:
        print(f"kept back ({found[claim.id]}): {claim.id}: {claim.words}")
    if asked.choose:
        _print_thresholds(claims, nearness)
    return 0


def _build_nearness() -> NearnessByEmbedding:
    settings = read_settings()
    embedder = RememberingEmbedder(build_embedder(settings), 20_000)
    return NearnessByEmbedding(embedder, build_centring(embedder, settings.data_dir))


def _vocabulary() -> Vocabulary:
    curated = read_curated(STARTER_FOLDER)
    return build_vocabulary(curated.advisories, curated.rules, every_text())


def _print_tables(claims: Sequence[LabelledClaim], found: dict[str, Refusal | None]) -> None:
    print(f"{'':12} {'claims':>7} {'precision':>10} {'recall':>8} {'let through though unsupported':>32}")
    groups: dict[str, list[LabelledClaim]] = defaultdict(list)
    for claim in claims:
        groups["all"].append(claim)
        groups["own" if claim.kind not in ("gist", "other", "figure", "added sum") else "made"].append(claim)
        groups[claim.language.value].append(claim)
    for name, group in groups.items():
        print(_row(name, group, found))
    kinds = Counter(claim.kind for claim in claims if not claim.supported)
    through = Counter(claim.kind for claim in claims if not claim.supported and found[claim.id] is None)
    print(
        "\nunsupported claims let through, by kind: " + ", ".join(f"{k} {through[k]} of {n}" for k, n in kinds.items())
    )
    reasons = Counter(str(found[claim.id]) for claim in claims if claim.supported and found[claim.id])
    print("supported claims kept back, by reason: " + ", ".join(f"{k} {n}" for k, n in reasons.most_common()))


def _row(name: str, group: Sequence[LabelledClaim], found: dict[str, Refusal | None]) -> str:
    shown = [claim for claim in group if found[claim.id] is None]
    right = sum(claim.supported for claim in shown)
    supported = sum(claim.supported for claim in group)
    wrong = len(shown) - right
    precision, recall = right / max(1, len(shown)), right / max(1, supported)
    return f"{name:12} {len(group):7} {precision:10.3f} {recall:8.3f} {wrong:20} of {len(group) - supported}"


def _print_thresholds(claims: Sequence[LabelledClaim], nearness: NearnessByEmbedding) -> None:
    """Nearness alone, without the other guards: where to put the threshold."""
    measured = [(claim, measure_support(claim.words, [claim.source], nearness)) for claim in claims]
    kinds: dict[str, Callable[[LabelledClaim], bool]] = {
        "English": lambda claim: claim.language is Language.ENGLISH,
        "others": lambda claim: claim.language is not Language.ENGLISH,
    }
    for title, fits in kinds.items():
        print(f"\n{title}: nearness, then share of words: supported / unsupported sentences at or above")
        mine = [(claim, support) for claim, support in measured if fits(claim) and claim.kind in _BY_MEANING]
        for step in range(20, 80, 5):
            near = Counter(c.supported for c, s in mine if (s.near or 0) >= step / 100)
            shared = Counter(c.supported for c, s in mine if s.shared >= step / 100)
            print(f"  {step / 100:.2f}  {near[True]:5} / {near[False]:5}   {shared[True]:5} / {shared[False]:5}")


_BY_MEANING = ("gist", "other", "said otherwise", "unsaid", "turned round")

if __name__ == "__main__":
    raise SystemExit(main())
