"""Knows how a `tokenizer.json` is written from the carried vocabulary. Pure: values in, JSON value out."""

from __future__ import annotations

import unicodedata
from typing import Any

from knowledge.embedding.carrier import Vocabulary

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
WORD_START = "\u2581"  # the sign that SentencePiece puts before a word


def tokenizer_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """Write the tokenizer as the `tokenizers` library reads it: Unigram pieces, words marked at their start."""
    metaspace = {"type": "Metaspace", "replacement": WORD_START, "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _special_tokens(vocabulary),
        "normalizer": {"type": "Sequence", "normalizers": _normalizers(vocabulary.rewrites)},
        "pre_tokenizer": metaspace,
        "post_processor": _post_processor(vocabulary),
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": vocabulary.unknown,
            "vocab": [list(pair) for pair in zip(vocabulary.pieces, vocabulary.scores, strict=True)],
            "byte_fallback": False,
        },
    }


def _special_tokens(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    known = {piece: position for position, piece in enumerate(vocabulary.pieces) if piece in SPECIAL}
    return [
        {
            "id": known[piece],
            "content": piece,
            "single_word": False,
            "lstrip": piece == "<mask>",
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for piece in SPECIAL
        if piece in known
    ]


def _normalizers(rewrites: dict[int, str]) -> list[dict[str, Any]]:
    """List the carried rewrites where they differ from NFKC (zero-width joiners become spaces, for one), then NFKC."""
    code_points: dict[str, list[int]] = {}
    for code_point, result in rewrites.items():
        if unicodedata.normalize("NFKC", chr(code_point)) != result:
            code_points.setdefault(result, []).append(code_point)
    # A result that NFKC would change again cannot be had this way; none of the languages of Satark has one.
    stable = [result for result in sorted(code_points) if unicodedata.normalize("NFKC", result) == result]
    return [
        *(_replace(_any_of(code_points[result]), result) for result in stable),
        {"type": "NFKC"},
        _replace(" {2,}", " "),
    ]


def _any_of(code_points: list[int]) -> str:
    return "[" + "".join(f"\\x{{{point:X}}}" for point in code_points) + "]"


def _replace(pattern: str, result: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": result}


def _post_processor(vocabulary: Vocabulary) -> dict[str, Any]:
    """Put `<s>` before and `</s>` after a text, and `</s></s>` between two."""
    start, end = ({"SpecialToken": {"id": piece, "type_id": 0}} for piece in ("<s>", "</s>"))
    first, second = ({"Sequence": {"id": part, "type_id": 0}} for part in ("A", "B"))
    return {
        "type": "TemplateProcessing",
        "single": [start, first, end],
        "pair": [start, first, end, end, second, end],
        "special_tokens": {
            piece: {"id": piece, "ids": [vocabulary.pieces.index(piece)], "tokens": [piece]}
            for piece in ("<s>", "</s>")
        },
    }
