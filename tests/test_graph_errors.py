"""Golden errors: exactly what is said about each file in tests/errors (`pytest --renew` writes it anew)."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Golden

from octograph.graphs.errors import GraphError
from octograph.graphs.model import Graph

HERE = Path(__file__).parent / "errors"


@pytest.mark.parametrize("file", sorted(HERE.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_problem_of_a_bad_file_is_told_at_once(
    file: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All problems, sorted by place, each as file:line:column: where: what is wrong and what to do."""
    monkeypatch.chdir(HERE)
    monkeypatch.delenv("OCTOGRAPH_TEST_UNSET", raising=False)
    monkeypatch.setenv("HOME", "/home/of/somebody")
    with pytest.raises(GraphError) as caught:
        Graph.read(file.name)
    text = str(caught.value)
    assert "/home/of/somebody" not in text
    golden(file.with_suffix(".txt"), text + "\n")
