"""Knows which channels inside the bundled model swing far wider than the rest, and so must not be rounded with them.

    python -m knowledge.embedding.wide_channels     finds them anew and writes the file; after a change of the model

They are properties of the weights: the same few channels whatever is read. Found on the texts that vectors are centred
by (`data/embedding/centring.yaml`), in thirteen ways of writing. Reading the file needs nothing but Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "data" / "embedding" / "wide_channels.json"
WIDE = 8  # channels kept apart in each product; 4 give cosine 0.9996 to float32, 8 give 0.9997, 32 give no more


def read_wide_channels() -> Mapping[str, list[int]]:
    """Return the wide channels by the name of the value that has them, as `onnx_graph` names it."""
    found: dict[str, list[int]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def find_wide_channels(model: Any, texts: Iterable[list[int]], names: Iterable[str]) -> dict[str, list[int]]:
    """Run a model (`onnx.ModelProto`) over token ids and return the widest channels of each named value."""
    import numpy as np
    import onnxruntime
    from onnx import TensorProto, helper

    watched = list(names)
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in watched)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    widest: dict[str, Any] = {}
    for ids in texts:
        inputs = {"input_ids": np.array([ids]), "attention_mask": np.ones((1, len(ids)), dtype=np.int64)}
        for name, value in zip(watched, session.run(watched, inputs), strict=True):
            widest[name] = np.maximum(widest.get(name, 0.0), np.abs(value[0]).max(axis=0))
    return {name: sorted(int(channel) for channel in np.argsort(-swing)[:WIDE]) for name, swing in widest.items()}


def main() -> None:
    """Find them and write the file."""
    from tokenizers import Tokenizer

    from knowledge.embedding.bundled import PASSAGE_PROMPT, QUERY_PROMPT
    from knowledge.embedding.carrier import read_carrier
    from knowledge.embedding.centring import TEXTS
    from knowledge.embedding.onnx_graph import build_graph
    from knowledge.embedding.tokenizer_file import tokenizer_json
    from knowledge.yaml_files import read_yaml

    carried = read_carrier()
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json(carried.vocabulary)))
    prompts = {"questions": QUERY_PROMPT, "passages": PASSAGE_PROMPT}
    texts = [
        prompts[use] + text
        for use, by_language in read_yaml(TEXTS).items()
        for part in by_language.values()
        for text in part
    ]
    layers = range(carried.shape.layers)
    names = ["embedded", *(f"l{layer}.{value}" for layer in layers for value in ("attended", "gelu", "out"))]
    found = find_wide_channels(build_graph(carried, {}), [tokenizer.encode(text).ids for text in texts], names[:-1])
    lines = [f'"{name}": {channels}' for name, channels in found.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
