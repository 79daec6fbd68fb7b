"""The exporter of the sentence encoder, on a tiny random BERT."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_bert import WIDTH, small_bert
from tokenizers import Tokenizer

from octograph.planners.octopus.encoder import Encoder
from octograph.training.encoder.bert import Bert, WeightsError, read_bert
from octograph.training.encoder.encoder_graph import FloatWeights, draw_encoder
from octograph.training.encoder.export_encoder import export, main, open_session
from octograph.training.encoder.int8 import PAIR_LIMIT, avoid_overflow, find_smoothing, quantize_columns
from octograph.training.encoder.sentences import CALIBRATION, check_sentences

Floats = NDArray[np.float32]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with a random BERT."""
    return small_bert(tmp_path / "tiny")


def forward(bert: Bert, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Any, Any]:
    """The textbook forward pass in float64: embedding (batch, width) and tokens (batch, length, width)."""

    def dense(x: Any, name: str) -> Any:
        return x @ bert.tensors[f"{name}.weight"].T.astype(float) + bert.tensors[f"{name}.bias"]

    def norm(x: Any, name: str) -> Any:
        centered = x - x.mean(-1, keepdims=True)
        scaled = centered / np.sqrt((centered**2).mean(-1, keepdims=True) + bert.epsilon)
        return scaled * bert.tensors[f"{name}.weight"] + bert.tensors[f"{name}.bias"]

    batch, length = ids.shape
    x = bert.tensors["embeddings.word_embeddings.weight"][ids].astype(float)
    x = x + bert.tensors["embeddings.position_embeddings.weight"][:length]
    x = norm(x + bert.tensors["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(bert.layers):
        start = f"encoder.layer.{number}"
        query, key, value = (
            dense(x, f"{start}.attention.self.{part}").reshape(batch, length, bert.heads, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(query.shape[-1])
        scores = np.exp(np.where(mask[:, None, None, :] == 1, scores, -np.inf))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ value
        mixed = mixed.transpose(0, 2, 1, 3).reshape(batch, length, -1)
        x = norm(x + dense(mixed, f"{start}.attention.output.dense"), f"{start}.attention.output.LayerNorm")
        wide = dense(x, f"{start}.intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = norm(x + dense(wide, f"{start}.output.dense"), f"{start}.output.LayerNorm")
    pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True), x


def test_the_float_graph_is_the_textbook_network(tiny: Path) -> None:
    """Embeddings and tokens equal a plain forward pass, for padded batches too."""
    bert = read_bert(tiny, None)
    ids = np.array([[2, 9, 17, 30, 3], [2, 40, 3, 0, 0], [2, 3, 0, 0, 0]])
    mask = (ids != 0).astype(np.int64)
    session = open_session(draw_encoder(bert, FloatWeights()).SerializeToString())
    embedding, tokens = session.run(["embedding", "tokens"], {"input_ids": ids, "attention_mask": mask})
    expected_embedding, expected_tokens = forward(bert, ids, mask)
    np.testing.assert_allclose(embedding, expected_embedding, atol=1e-4)
    np.testing.assert_allclose(tokens[mask == 1], expected_tokens[mask == 1], atol=1e-4)


def test_the_export_is_an_encoder(tiny: Path, tmp_path: Path) -> None:
    """The written folder loads as an encoder of its own width, close to the float graph, and says how close."""
    manifest = export(tiny, tmp_path / "out", None)
    figures = manifest["cosine_to_fp32"]
    assert isinstance(figures, dict)
    assert figures["sentences"] == 300
    assert figures["min"] > 0.98
    encoder = Encoder(tmp_path / "out")
    text = "how far is it?"
    tokenizer = Tokenizer.from_file(str(tiny / "tokenizer.json"))
    ids = np.array([tokenizer.encode(text).ids])
    expected, _ = forward(read_bert(tiny, None), ids, np.ones_like(ids))
    assert float(encoder.encode([text])[0] @ expected[0]) > 0.98
    assert encoder.width == WIDTH


def test_exporting_twice_gives_the_same_files(tiny: Path, tmp_path: Path) -> None:
    """Nothing in the export depends on the day or on chance."""
    for name in ("once", "again"):
        export(tiny, tmp_path / name, None)
    for name in ("encoder.onnx", "tokenizer.json", "manifest.json"):
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_other_weights_are_refused(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Weights with another checksum need --any-weights, and leave nothing behind without it."""
    out = tmp_path / "out"
    assert main(["--weights", str(tiny), "--out", str(out)]) == 2
    assert "expected 53aa51172d14" in capsys.readouterr().err
    assert not out.exists()
    assert main(["--weights", str(tiny), "--out", str(out), "--any-weights"]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "other weights"


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_an_incomplete_folder_is_refused(tiny: Path, name: str) -> None:
    """The missing file is named."""
    (tiny / name).unlink()
    with pytest.raises(WeightsError, match=f"no {name}"):
        read_bert(tiny, None)


def test_another_kind_of_network_is_refused(tiny: Path) -> None:
    """A network this graph would get wrong is not exported."""
    config = json.loads((tiny / "config.json").read_text())
    (tiny / "config.json").write_text(json.dumps({**config, "hidden_act": "relu"}))
    with pytest.raises(WeightsError, match="hidden_act is 'relu'"):
        read_bert(tiny, None)


def test_columns_are_quantized_closely() -> None:
    """Each column comes back within half a step of what plain rounding allows, though no pair overflows."""
    matrix = np.random.default_rng(1).normal(0, 1, (64, 16)).astype(np.float32)
    columns, scales = quantize_columns(matrix)
    assert columns.dtype == np.int8
    error = np.sqrt(((columns * scales - matrix) ** 2).mean(axis=0))
    assert (error <= np.abs(matrix).max(axis=0) / 127).all()
    assert np.abs(columns[0::2].astype(int) + columns[1::2]).max() <= PAIR_LIMIT


def test_only_pairs_that_overflow_are_shrunk() -> None:
    """A pair at the limit, one of different signs and a last row without a partner stay as they are."""
    matrix = np.array([[127, 64, -127, 100], [127, 64, 127, -101], [127, -127, 0, 5]], np.float32)
    limited = avoid_overflow(matrix)
    assert limited[:2, 0].tolist() == [64, 64]
    assert np.array_equal(limited[:, 1:], matrix[:, 1:])
    assert np.array_equal(limited[2], matrix[2])
    assert avoid_overflow(np.array([[-127], [-90]], np.float32)).sum() == -PAIR_LIMIT


def test_smoothing_takes_dead_channels() -> None:
    """Channels that were never active, or that no weight reads, still have a finite positive factor."""
    factors = find_smoothing(np.zeros(3, np.float32), np.zeros((3, 2), np.float32))
    assert np.isfinite(factors).all()
    assert (factors > 0).all()


def test_the_sentences_are_held_out() -> None:
    """300 different sentences are measured, none of which calibrated."""
    sentences = check_sentences()
    assert len(set(sentences)) == len(sentences) == 300
    assert not set(sentences) & set(CALIBRATION)
