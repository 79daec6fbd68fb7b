"""Reading graph files: good ones, library ones, and whatever hostile thing a path may lead to."""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.graphs import composing, source
from octograph.graphs.errors import GraphError
from octograph.graphs.model import Edge, Graph

HERE = Path(__file__).parent / "graphs"
TINY = "octograph: 1\nname: tiny\nstart: a\nnodes:\n  a: {kind: tool}\n"


def said_of(path: Path | str) -> str:
    with pytest.raises(GraphError) as caught:
        Graph.read(path)
    return str(caught.value)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTOGRAPH_TEST_KEY", "sesame")
    monkeypatch.setenv("OCTOGRAPH_TEST_HOST", "example.org")


@pytest.mark.parametrize("file", sorted(HERE.rglob("*.yaml")), ids=lambda file: file.stem)
def test_each_concept_reads_and_writes_back(file: Path) -> None:
    """Every test graph is sound, knows its file, and its own text makes an equal graph."""
    graph = Graph.read(file)
    assert graph.source == file
    assert Graph.parse(graph.to_yaml(), str(file)) == graph


def test_without_libyaml_the_same_graphs_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without its C parser, its own gives equal graphs and the same places."""
    fast = [Graph.read(file) for file in sorted(HERE.glob("*.yaml"))]
    monkeypatch.setattr(composing, "_Parser", yaml.SafeLoader)
    slow = [Graph.read(file) for file in sorted(HERE.glob("*.yaml"))]
    assert fast == slow
    for a, b in zip(fast, slow, strict=True):
        assert [a.problem(("nodes", id_, "kind"), "") for id_ in a.nodes] == [
            b.problem(("nodes", id_, "kind"), "") for id_ in b.nodes
        ]


@pytest.mark.parametrize("name", source.library_names())
def test_each_library_graph_reads_by_its_name(name: str) -> None:
    """A bare name that is no file is a graph of the library."""
    graph = Graph.read(name)
    assert graph.source == source.LIBRARY / f"{name}.yaml"
    assert graph == Graph.read(source.LIBRARY / f"{name}.yaml")


def test_an_unknown_bare_name_lists_the_library() -> None:
    """Neither a file nor a library graph: the message says what there is, and how to name a file."""
    said = said_of("nonesuch")
    assert "the library has:" in said
    assert "nonesuch.yaml" in said


def test_a_file_goes_before_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is called like a library graph is read as the file it is."""
    monkeypatch.chdir(tmp_path)
    Path("desk").write_text(TINY)
    assert Graph.read("desk").name == "tiny"


def test_order_of_neighbors_is_that_of_the_file() -> None:
    """Neighbors come in the order in which the file names them, in text and in mapping edges."""
    assert Graph.read(HERE / "choice.yaml").neighbors("desk") == ("units", "dates")
    mappings = Graph.read(HERE / "mappings.yaml")
    assert list(mappings.edges) == [Edge("desk", "a"), Edge("desk", "b"), Edge("a", "c", True), Edge("b", "c")]


def test_agents_hold_their_graphs() -> None:
    """Sub-graphs are loaded to any depth; one file named twice is one graph."""
    graph = Graph.read(HERE / "agent.yaml")
    assert set(graph.agents) == {"math", "algebra"}
    assert graph.agents["math"].agents["algebra"] is graph.agents["algebra"]
    assert graph.agents["algebra"].name == "algebra"


def test_a_worker_may_leave_out_its_implementation() -> None:
    """An agent without a sub-graph is a node like any other; it just holds no graph."""
    graph = Graph.read(HERE / "unfinished.yaml")
    assert graph.agents == {}
    assert graph.nodes["medicine"].kind == "agent"


def test_an_agent_may_be_a_library_graph(tmp_path: Path) -> None:
    """`graph: math` without a suffix is the library's graph of that name."""
    name = source.library_names()[0]
    (tmp_path / "top.yaml").write_text(
        f"octograph: 1\nname: top\nstart: a\nnodes:\n  a: {{kind: agent, graph: {name}}}\n"
    )
    graph = Graph.read(tmp_path / "top.yaml")
    assert graph.agents["a"] == Graph.read(name)
    assert Graph.parse(graph.to_yaml()) == graph


def test_text_without_a_folder_has_no_sub_graphs() -> None:
    """A graph given as text can't reach files, unless it is said which file it stands for."""
    text = (HERE / "agent.yaml").read_text()
    with pytest.raises(GraphError, match="given as text has no folder"):
        Graph.parse(text)
    assert Graph.parse(text, str(HERE / "agent.yaml")).agents


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A sub-graph must lie in the folder of the top file even after links are followed."""
    (tmp_path / "outside.yaml").write_text(TINY)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    top = inside / "top.yaml"
    top.write_text("octograph: 1\nname: t\nstart: a\nnodes:\n  a: {kind: agent, graph: link.yaml}\n")
    assert "leads out of the folder" in said_of(top)


def test_a_sub_graph_may_name_its_neighbors_folder(tmp_path: Path) -> None:
    """`..` is fine as long as it stays in the folder of the top file."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "sub" / "mid.yaml").write_text(
        "octograph: 1\nname: m\nstart: a\nnodes:\n  a: {kind: agent, graph: ../tiny.yaml}\n"
    )
    top = tmp_path / "top.yaml"
    top.write_text("octograph: 1\nname: t\nstart: a\nnodes:\n  a: {kind: agent, graph: sub/mid.yaml}\n")
    assert Graph.read(top).agents["a"].agents["a"].name == "tiny"


def test_a_long_chain_of_sub_graphs_is_refused(tmp_path: Path) -> None:
    """Sub-graphs nested without end are a message, not a crash."""
    for number in range(80):
        (tmp_path / f"g{number}.yaml").write_text(
            f"octograph: 1\nname: g\nstart: a\nnodes:\n  a: {{kind: agent, graph: g{number + 1}.yaml}}\n"
        )
    assert "nested deeper than 50 files" in said_of(tmp_path / "g0.yaml")


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    """A slip in a file name is told with the file that is there."""
    (tmp_path / "desk.yaml").write_text(TINY)
    assert "did you mean 'desk.yaml'?" in said_of(tmp_path / "dsk.yaml")
    assert "nor is there a folder" in said_of(tmp_path / "no" / "desk.yaml")


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    """Folders, pipes, sockets and devices are refused; a pipe without a writer does not hang."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        assert "is a folder" in said_of(tmp_path)
        for name in (tmp_path / "pipe", tmp_path / "socket", "/dev/zero"):
            assert "is not a regular file" in said_of(name)


def test_a_loop_of_links_is_a_message(tmp_path: Path) -> None:
    """A link to itself can't be read, and says so."""
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "can't be read" in said_of(tmp_path / "loop.yaml")


def test_impossible_paths_are_messages(tmp_path: Path) -> None:
    """Over-long names and NUL characters in a path end in a message."""
    assert "can't be read" in said_of(tmp_path / ("x" * 5000))
    assert "no such file" in said_of(str(tmp_path) + "/a\0b.yaml")
    assert said_of("")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    """A file over the limit is refused by its size alone."""
    file = tmp_path / "huge.yaml"
    with file.open("wb") as handle:
        handle.truncate(source.MOST_BYTES + 1)
    assert "bytes are too many" in said_of(file)


def test_a_huge_line_is_refused(tmp_path: Path) -> None:
    """A line over one mebibyte is refused, with its number."""
    file = tmp_path / "line.yaml"
    file.write_text(TINY + "# " + "x" * source.LONGEST_LINE)
    assert "line.yaml:6:1: a line of" in said_of(file)


def test_bytes_that_are_not_utf8_have_a_place(tmp_path: Path) -> None:
    """Another encoding is told with byte, offset, line and column; UTF-16 by its name."""
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"octograph: 1\nname: caf\xe9\n")
    assert said_of(file).endswith("latin.yaml:2:10: not UTF-8 (byte 0xE9 at offset 22); save the file as UTF-8")
    file.write_text(TINY, encoding="utf-16")
    assert "looks like UTF-16" in said_of(file)


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    """Files as Windows editors save them are read, with the same places."""
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TINY.replace("\n", "\r\n").encode())
    assert Graph.read(file) == Graph.parse(TINY)
    file.write_bytes(b"\xef\xbb\xbf" + TINY.replace("tool", "tol").replace("\n", "\r\n").encode())
    assert "windows.yaml:5:13:" in said_of(file)


def test_control_characters_have_a_place(tmp_path: Path) -> None:
    """NUL and other control characters are refused where they stand."""
    file = tmp_path / "control.yaml"
    file.write_bytes(TINY.replace("tiny", "ti\0ny").encode())
    assert "control.yaml:2:9: the control character U+0000" in said_of(file)


def test_problems_are_counted_past_the_first_two_hundred(tmp_path: Path) -> None:
    """A file of thousands of faults is told in hundreds of lines, and how many more there are."""
    file = tmp_path / "many.yaml"
    file.write_text(TINY + "edges:\n" + "".join(f"  - a -> x{number}\n" for number in range(5000)))
    lines = said_of(file).splitlines()
    assert len(lines) == 201
    assert lines[-1].endswith("... and 4800 more problems")


def test_the_garbage_collector_is_on_again_after_reading() -> None:
    """It is paused while a file is read, and restored also after an error."""
    assert gc.isenabled()
    Graph.parse(TINY)
    assert gc.isenabled()
    with pytest.raises(GraphError):
        Graph.parse("a: [")
    assert gc.isenabled()


_LINES = [
    "octograph: 1",
    "name: x",
    "start: a",
    "nodes:",
    "  a: {kind: tool}",
    "  b: {kind: master}",
    "edges:",
    "  - a -> b",
]
_SIGNS = [
    "- ",
    "? ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "&x ",
    "*x ",
    "!t ",
    "|\n",
    ">\n",
    "'",
    '"',
    "#",
    "\t",
    "---\n",
    "...\n",
]
_ODDITIES = ["%YAML 1.1\n", "<<: ", "null", "~", "${X}", "é", "\u2028", "\x00", "\ud800", "@", "a => [b, c]", "\r"]
_PIECES = st.sampled_from([*(line + "\n" for line in _LINES), *_SIGNS, *_ODDITIES])


@settings(max_examples=300, deadline=None)
@given(text=st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_graph_or_a_graph_error(text: str) -> None:
    """Whatever the text, reading ends in a graph or in a GraphError whose problems name the file."""
    try:
        problems = Graph.parse(text) and None
    except GraphError as error:
        problems = error.problems
    assert problems is None or {problem.file for problem in problems} == {"<text>"}
