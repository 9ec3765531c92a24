"""Knows the files of a folder that sentence-transformers loads, made from the carried weights (dequantised)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding.carrier import Carried, Shape, dequantised
from knowledge.embedding.embedder import Vectors
from knowledge.embedding.tokenizer_file import tokenizer_json

PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
SPECIAL_NAMES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def write_sentence_folder(carried: Carried, folder: Path, *, prompts: dict[str, str], longest: int) -> None:
    """Write weights, tokenizer and configuration into `folder`, which must exist. Needs the package safetensors."""
    from safetensors.numpy import save_file  # comes with the extra `ingest`; serving does without

    save_file(_tensors(carried), folder / "model.safetensors", metadata={"format": "pt"})
    for name, content in _configuration(carried, prompts, longest).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _tensors(carried: Carried) -> dict[str, Vectors]:
    """Every tensor under the name that transformers gives it in a BERT model."""
    size, floats = carried.shape.hidden, carried.floats
    tensors = {
        "embeddings.word_embeddings.weight": dequantised(carried.blocks["emb.word"]).reshape(-1, size),
        "embeddings.position_embeddings.weight": floats["emb.pos"].reshape(-1, size),
        "embeddings.token_type_embeddings.weight": floats["emb.type"].reshape(-1, size),
        "embeddings.LayerNorm.weight": floats["emb.ln.w"],
        "embeddings.LayerNorm.bias": floats["emb.ln.b"],
    }
    for layer in range(carried.shape.layers):
        tensors |= _layer_tensors(carried, layer)
    return {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in tensors.items()}


def _layer_tensors(carried: Carried, layer: int) -> dict[str, Vectors]:
    ours, theirs = f"l{layer}.", f"encoder.layer.{layer}."
    tensors = {}
    for short, name in PARTS.items():
        bias = carried.floats[f"{ours}{short}.b"]
        tensors[f"{theirs}{name}.weight"] = dequantised(carried.blocks[f"{ours}{short}.w"]).reshape(len(bias), -1)
        tensors[f"{theirs}{name}.bias"] = bias
    for short, name in NORMS.items():
        tensors[f"{theirs}{name}.weight"] = carried.floats[f"{ours}{short}.w"]
        tensors[f"{theirs}{name}.bias"] = carried.floats[f"{ours}{short}.b"]
    return tensors


def _configuration(carried: Carried, prompts: dict[str, str], longest: int) -> dict[str, Any]:
    """Return the JSON files of the folder by name."""
    module = "sentence_transformers.models."
    return {
        "config.json": _model_config(carried.shape, carried.vocabulary.padding),
        "tokenizer.json": tokenizer_json(carried.vocabulary),
        "tokenizer_config.json": SPECIAL_NAMES
        | {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": longest,
            "clean_up_tokenization_spaces": False,
        },
        "special_tokens_map.json": SPECIAL_NAMES,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": carried.shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": longest, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": prompts,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _model_config(shape: Shape, padding: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": shape.epsilon,
        "hidden_act": "gelu",
        "attention_probs_dropout_prob": 0.1,
        "hidden_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": padding,
        "position_embedding_type": "absolute",
        "dtype": "float32",
    }
