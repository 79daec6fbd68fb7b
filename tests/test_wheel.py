"""The wheel: built from a copy of the sources, it holds the packages and their data, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
NOT_SOURCES = shutil.ignore_patterns(".*", "build", "dist", "site", "*.egg-info", "__pycache__")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of a clean copy of the checkout."""
    folder = tmp_path_factory.mktemp("wheel with a space")
    shutil.copytree(ROOT, folder / "sources", ignore=NOT_SOURCES)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(folder / "sources"),
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = folder.glob("octograph-*-py3-none-any.whl")
    return zipfile.ZipFile(made)


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Its modules are those of the listed folders; tests, docs, benchmarks and build files stay out."""
    expected = {
        f"{name.replace('.', '/')}/{file.name}"
        for name in SETTINGS["packages"]
        for file in (ROOT / name.removeprefix("octograph").lstrip(".").replace(".", "/")).glob("*.py")
    }
    modules = {name for name in wheel.namelist() if name.endswith(".py")}
    assert modules == expected
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert len(tops) == 2
    assert "octograph" in tops


def test_the_wheel_holds_the_data_it_needs(wheel: zipfile.ZipFile) -> None:
    """Library graphs, their sample data, the schema and the encoder's weights are in it, with licence and notice."""
    names = set(wheel.namelist())
    library = ROOT / "graphs" / "library"
    for file in [*library.glob("*.yaml"), *(library / "data").iterdir(), *(library / "mmlu").iterdir()]:
        assert f"octograph/{file.relative_to(ROOT).as_posix()}" in names
    for name in ("encoder.onnx", "tokenizer.json", "manifest.json", "calibration.json"):
        assert f"octograph/planners/octopus/weights/{name}" in names
    assert {"octograph/py.typed", "octograph/graphs/schema.json", "octograph/evaluation/published_scores.json"} <= names
    assert {Path(name).name for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_the_wheel_stays_small(wheel: zipfile.ZipFile) -> None:
    """Each of the two encoders is at most 30 MB, and all else together at most 5."""
    sizes = {info.filename: info.file_size for info in wheel.infolist()}
    encoders = [sizes.pop(name) for name in list(sizes) if name.endswith("encoder.onnx")]
    assert len(encoders) == 2
    assert max(encoders) <= 30e6
    assert sum(sizes.values()) <= 5e6
