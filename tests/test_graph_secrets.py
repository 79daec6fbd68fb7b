"""`${NAME}` gives a worker its secret, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from octograph.graphs.errors import GraphError
from octograph.graphs.model import Graph

FILE = Path(__file__).parent / "graphs" / "secret.yaml"
SECRET = "open-sesame-4711"


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    monkeypatch.setenv("OCTOGRAPH_TEST_KEY", SECRET)
    monkeypatch.setenv("OCTOGRAPH_TEST_HOST", "example.org")
    return Graph.read(FILE)


def test_the_worker_gets_the_value(graph: Graph) -> None:
    """Values stand in model and prompt as plain text, whole or in part; $${ is a plain ${."""
    node = graph.nodes["ask"]
    assert node.model is not None
    assert node.model.key == SECRET
    assert node.model.url == "https://example.org/v1"
    assert node.prompt == "${USER} asks: {query}"
    assert node.description == "Costs ${5} a day."


def test_nothing_that_is_shown_or_written_holds_the_value(graph: Graph, tmp_path: Path) -> None:
    """repr, to_yaml and files have the reference instead, and the text is the same after a round trip."""
    graph.write(tmp_path / "copy.yaml")
    written = (tmp_path / "copy.yaml").read_text()
    for text in (repr(graph.nodes["ask"]), repr(graph.nodes), str(graph.nodes["ask"]), repr(graph), written):
        assert SECRET not in text
    assert "${OCTOGRAPH_TEST_KEY}" in written
    assert "$${USER} asks" in written
    assert Graph.read(tmp_path / "copy.yaml") == graph


def test_the_value_is_no_part_of_the_content(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines with different secrets have equal graphs; a different reference is a different graph."""
    monkeypatch.setenv("OCTOGRAPH_TEST_KEY", "another")
    assert Graph.read(FILE).fingerprint == graph.fingerprint
    other = FILE.read_text().replace("${OCTOGRAPH_TEST_KEY}", "${OCTOGRAPH_TEST_HOST}")
    assert Graph.parse(other) != graph


def test_errors_beside_a_secret_do_not_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with a secret and faults lists the faults without the secret."""
    monkeypatch.setenv("OCTOGRAPH_TEST_KEY", SECRET)
    monkeypatch.delenv("OCTOGRAPH_TEST_HOST", raising=False)
    text = FILE.read_text().replace("kind: chat", "kind: ${OCTOGRAPH_TEST_KEY}")
    text += "    octopus: {backend: '${OCTOGRAPH_TEST_KEY}', weights: '${OCTOGRAPH_TEST_KEY}', thresold: 1}\n"
    with pytest.raises(GraphError) as caught:
        Graph.parse(text)
    assert "OCTOGRAPH_TEST_HOST is not set" in str(caught.value)
    assert "thresold" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


def test_code_names_the_environment_as_files_do(graph: Graph) -> None:
    """A graph built in code with the same references is equal, and as silent."""
    node = {
        "kind": "chat",
        "description": "Costs $${5} a day.",
        "model": {"name": "small", "key": "${OCTOGRAPH_TEST_KEY}", "url": "https://${OCTOGRAPH_TEST_HOST}/v1"},
        "prompt": "$${USER} asks: {query}",
    }
    assert Graph("secret", {"ask": node}) == graph


def test_an_empty_variable_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set but empty is a value like any other."""
    monkeypatch.setenv("OCTOGRAPH_TEST_KEY", "")
    node = Graph("g", {"a": {"kind": "chat", "prompt": "x${OCTOGRAPH_TEST_KEY}y"}}).nodes["a"]
    assert node.prompt == "xy"
