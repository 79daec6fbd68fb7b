"""A random BERT of a few thousand numbers in the files that pretrained ones come in, tokenizer included."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

WIDTH, WIDE, LAYERS, HEADS, LONGEST = 32, 64, 2, 4, 160
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789?.,'"
Floats = NDArray[np.float32]


def small_bert(folder: Path) -> Path:
    """A BERT of 2 layers with a tokenizer that spells words letter by letter."""
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    save_file(make_tensors(len(vocabulary)), folder / "model.safetensors")
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": len(vocabulary),
        "hidden_size": WIDTH,
        "intermediate_size": WIDE,
        "max_position_embeddings": LONGEST,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
    }
    (folder / "config.json").write_text(json.dumps(config))
    ids = {piece: number for number, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def make_tensors(words: int) -> dict[str, Floats]:
    """Random numbers under the names that BERT checkpoints use."""
    random = np.random.default_rng(7)

    def layer(name: str, inputs: int, outputs: int) -> dict[str, Floats]:
        return {
            f"{name}.weight": random.normal(0, 0.3, (outputs, inputs)).astype(np.float32),
            f"{name}.bias": random.normal(0, 0.1, outputs).astype(np.float32),
        }

    def norm(name: str) -> dict[str, Floats]:
        return {
            f"{name}.weight": random.normal(1, 0.1, WIDTH).astype(np.float32),
            f"{name}.bias": random.normal(0, 0.1, WIDTH).astype(np.float32),
        }

    tensors = norm("embeddings.LayerNorm")
    for table, rows in (("word", words), ("position", LONGEST), ("token_type", 2)):
        tensors[f"embeddings.{table}_embeddings.weight"] = random.normal(0, 1, (rows, WIDTH)).astype(np.float32)
    for number in range(LAYERS):
        start = f"encoder.layer.{number}"
        for part in ("query", "key", "value"):
            tensors |= layer(f"{start}.attention.self.{part}", WIDTH, WIDTH)
        tensors |= layer(f"{start}.attention.output.dense", WIDTH, WIDTH) | norm(f"{start}.attention.output.LayerNorm")
        tensors |= layer(f"{start}.intermediate.dense", WIDTH, WIDE)
        tensors |= layer(f"{start}.output.dense", WIDE, WIDTH) | norm(f"{start}.output.LayerNorm")
    return tensors
