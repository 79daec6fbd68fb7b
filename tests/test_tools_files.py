"""The `files` catalog in a real folder: what is listed, read, written and found, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import ArgumentError, WorkerError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Result
from octograph.nodes.folder import working_in
from octograph.nodes.tool import Tool
from octograph.nodes.tools import files
from octograph.planners.octopus.arguments import fill

SAMPLES = Path(__file__).parent.parent / "graphs" / "library" / "data"
TABLE = Result(
    "region  total\nNorth       5", {"columns": ["region", "total"], "rows": [["North", 5], ["=1+1, x", None]]}, "table"
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A working folder with texts and a table, beside a secret that lies outside."""
    inner = tmp_path / "work"
    (inner / "sub").mkdir(parents=True)
    for name in ("notes.txt", "review.txt", "cities.csv"):
        shutil.copy(SAMPLES / name, inner)
    (inner / "sub" / "deep.txt").write_text("deep down\n", encoding="utf-8")
    (inner / ".hidden").write_text("hidden", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("a secret", encoding="utf-8")
    os.symlink(tmp_path / "secret.txt", inner / "out.txt")
    os.symlink(inner / "notes.txt", inner / "alias.txt")
    with working_in(inner):
        yield inner


def arguments(tool: Tool, request: str, *inputs: Result) -> dict[str, Any]:
    """What the planner fills a tool's parameters with."""
    return fill(tool.signature, request, inputs).arguments


def ask(tool: Tool, request: str, *inputs: Result) -> Result:
    """The tool's result for a request in words."""
    result = tool(**tool.check(arguments(tool, request, *inputs)))
    assert isinstance(result, Result)
    return result


# Wordings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "name", "content"),
    [
        ('create a file called todo.txt with the text "buy milk"', "todo.txt", "buy milk"),
        ("write 'see you' to a.txt", "a.txt", "see you"),
        ("write good night to a.txt", "a.txt", "good night"),
        ("new file plan.md: first this, then that", "plan.md", "first this, then that"),
        ("make b.txt saying we are closed today", "b.txt", "we are closed today"),
        ("Please make a file named c.txt containing call Bob at 5", "c.txt", "call Bob at 5"),
        ("write into d.txt: It's 10:30", "d.txt", "It's 10:30"),
        ('put "a, b and c" in sub/e.txt', "sub/e.txt", "a, b and c"),
    ],
)
def test_what_is_written_is_found_in_the_request(request_: str, name: str, content: str, folder: Path) -> None:
    """A quotation, what follows a colon or `saying`, or plain words before the file's name."""
    result = ask(files.write, request_)
    assert (result.text, result.kind, result.files) == (name, "file", (name,))
    assert (folder / name).read_text(encoding="utf-8") == content + "\n"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("save it in x.txt", {"file": "x.txt", "text": "59 days"}),
        ("save it to x.txt, overwrite it if need be", {"file": "x.txt", "text": "59 days", "overwrite": True}),
        ("save it to x.txt but don't overwrite anything", {"file": "x.txt", "text": "59 days", "overwrite": False}),
        ("save the summary of notes.txt as x.txt", {"file": "x.txt", "text": "59 days"}),
        ("store the answer in a file called my_answer.txt", {"file": "my_answer.txt", "text": "59 days"}),
    ],
)
def test_an_earlier_result_is_written(request_: str, expected: dict[str, Any], folder: Path) -> None:
    """What was said before goes into the file named as the target, not into one it was taken from."""
    assert arguments(files.write, request_, Result("59 days")) == expected


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ('search the folder for "good soil"', "good soil"),
        ("which files mention Lisbon?", "Lisbon"),
        ("look for rain in notes.txt", "rain"),
        ("where does the name Okafor appear", "Okafor"),
        ("find files containing budget", "budget"),
        ("grep rainwater", "rainwater"),
        ("find the word soil in my files", "soil"),
        ("is there any file that talks about composting", "composting"),
    ],
)
def test_wordings_of_a_search(request_: str, words: str, folder: Path) -> None:
    """The planner's filling of `search` from words alone."""
    assert arguments(files.search, request_)["words"] == words


@pytest.mark.parametrize(
    ("request_", "pattern"),
    [
        ("list my files", None),
        ("what files do I have here?", None),
        ("show all CSV files", "*.csv"),
        ("list *.txt", "*.txt"),
        ("which .md files are there", "*.md"),
        ("everything ending in .json", "*.json"),
        ("are there any pictures?", "*.png"),
        ("files matching re?iew.*", "re?iew.*"),
    ],
)
def test_wordings_of_a_list(request_: str, pattern: str | None, folder: Path) -> None:
    """The planner's filling of `list` from words alone."""
    assert arguments(files.list_files, request_).get("pattern") == pattern


# What comes out --------------------------------------------------------------------------------------------------


def test_the_list_holds_what_may_be_seen(folder: Path) -> None:
    """Files at any depth; neither hidden ones nor links to the outside."""
    assert ask(files.list_files, "list my files").data == [
        "alias.txt",
        "cities.csv",
        "notes.txt",
        "review.txt",
        "sub/deep.txt",
    ]
    assert ask(files.list_files, "list the txt files in sub").data == ["sub/deep.txt"]
    assert "no files match" in ask(files.list_files, "show all parquet files").text


def test_a_file_is_read_as_it_is(folder: Path) -> None:
    """The text is handed on whole, a link inside the folder is followed."""
    result = ask(files.read, "what does notes.txt say?")
    assert result.text + "\n" == (folder / "notes.txt").read_text(encoding="utf-8")
    assert (result.kind, result.data) == ("text", {"path": "notes.txt", "lines": 9})
    assert files.read("alias.txt").text == result.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "cp1252"])
def test_encodings(encoding: str, folder: Path) -> None:
    """Marks, wide characters, old Windows letters and line ends make no difference."""
    text = "Grüße – ça va?\r\nzweite Zeile"
    content = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    (folder / "e.txt").write_bytes(content)
    assert files.read("e.txt").text == "Grüße – ça va?\nzweite Zeile"


def test_a_search_gives_places(folder: Path) -> None:
    """File, line and the words around; case and line breaks inside a blank make no difference."""
    result = ask(files.search, "search my files for LISBON")
    assert result.text == "cities.csv:16: Lisbon,Portugal,Europe,550000,100,true"
    hits = ask(files.search, 'find "budget" in notes.txt').data
    assert [(hit["file"], hit["line"]) for hit in hits] == [("notes.txt", 5)]
    assert "was not found" in ask(files.search, "search for xylophone").text
    assert "secret" not in ask(files.search, "search for 'a secret'").text.replace("'a secret'", "")


def test_information_about_a_file(folder: Path) -> None:
    """Size, lines and the time of the last change."""
    (folder / "i.txt").write_bytes(b"a\nb\n")
    result = ask(files.info, "how big is i.txt")
    assert result.data["bytes"] == 4
    assert result.data["lines"] == 2
    assert result.text.startswith("i.txt: 4 bytes, 2 lines, last changed ")


def test_appending_keeps_what_is_there(folder: Path) -> None:
    """Each piece begins a line of its own, and a new file is begun."""
    (folder / "log.txt").write_text("one", encoding="utf-8")
    ask(files.append, 'append "two" to log.txt')
    ask(files.append, "add it to the end of log.txt", Result("three"))
    assert (folder / "log.txt").read_text(encoding="utf-8") == "one\ntwo\nthree\n"
    ask(files.append, "add four to fresh.txt")
    assert (folder / "fresh.txt").read_text(encoding="utf-8") == "four\n"


def test_nothing_is_overwritten_unless_it_is_said(folder: Path) -> None:
    """An existing file keeps its content, and the message says what to do."""
    before = (folder / "notes.txt").read_bytes()
    with pytest.raises(ArgumentError, match="overwritten"):
        ask(files.write, 'write "gone" to notes.txt')
    assert (folder / "notes.txt").read_bytes() == before
    ask(files.write, 'overwrite notes.txt with "gone"')
    ask(files.write, 'write "back" to notes.txt and replace the old file')
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "back\n"
    assert not list(folder.glob(".octograph-*"))


def test_a_table_is_saved_in_the_format_its_name_says(folder: Path) -> None:
    """CSV, TSV, JSON and JSON lines hold the data, a text file the table as it was shown."""
    for name in ("t.csv", "t.tsv", "t.json", "t.jsonl", "t.txt"):
        ask(files.write, f"save the table as {name}", TABLE)
    assert (folder / "t.csv").read_text(encoding="utf-8") == 'region,total\nNorth,5\n"=1+1, x",\n'
    assert (folder / "t.tsv").read_text(encoding="utf-8") == "region\ttotal\nNorth\t5\n=1+1, x\t\n"
    assert json.loads((folder / "t.json").read_text(encoding="utf-8"))[0] == {"region": "North", "total": 5}
    assert len((folder / "t.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert (folder / "t.txt").read_text(encoding="utf-8") == TABLE.text + "\n"


def test_several_results_are_saved_below_each_other(folder: Path) -> None:
    """ "Save both" writes both."""
    ask(files.write, "save both in both.txt", Result("Madrid"), Result("krona"))
    assert (folder / "both.txt").read_text(encoding="utf-8") == "Madrid\nkrona\n"


# Attacks ---------------------------------------------------------------------------------------------------------

OUTSIDE = [
    "../secret.txt",
    "/etc/passwd",
    "sub/../../secret.txt",
    "out.txt",
    "sub/../../work2/x.txt",
    "~/../../secret.txt",
]
BROKEN = ["", " ", "\x00", "a\x00.txt", "x" * 300 + ".txt", "x" * 5000, "\udcff.txt"]


@pytest.mark.parametrize("name", [*OUTSIDE, *BROKEN, ".", "sub", "none.txt"])
def test_only_regular_files_inside_are_read(name: str, folder: Path) -> None:
    """Another place, a folder, a broken name or a missing file is refused with a message."""
    for tool in (files.read, files.info):
        with pytest.raises(ArgumentError):
            tool(name)
    if name.strip():
        with pytest.raises(ArgumentError):
            files.search("secret", file=name)


@pytest.mark.parametrize("name", [*OUTSIDE[:5], *BROKEN, ".", "sub", ".bashrc", ".git/hooks/post-commit", "sub/.x"])
def test_only_plain_new_files_inside_are_written(name: str, folder: Path) -> None:
    """Nothing outside, nothing hidden, no folder is written, also with permission to overwrite."""
    outside = folder.parent / "secret.txt"
    for write in (files.write, files.append):
        with pytest.raises((ArgumentError, WorkerError)):
            write(name, "x", overwrite=True) if write is files.write else write(name, "x")
    assert outside.read_text(encoding="utf-8") == "a secret"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["secret.txt", "work"]


def test_a_link_to_a_folder_outside_is_not_entered(folder: Path) -> None:
    """Neither listed, nor searched, nor written through."""
    other = folder.parent / "other"
    other.mkdir()
    (other / "o.txt").write_text("needle", encoding="utf-8")
    os.symlink(other, folder / "way")
    assert "o.txt" not in files.list_files().text
    assert "was not found" in files.search("needle").text
    for refused in (
        lambda: files.write("way/n.txt", "x"),
        lambda: files.list_files(folder="way"),
        lambda: files.read("way/o.txt"),
    ):
        with pytest.raises(ArgumentError):
            refused()


def test_binary_and_huge_files_are_no_texts(folder: Path) -> None:
    """They are refused when named, and passed over in a search."""
    (folder / "b.bin").write_bytes(bytes(range(256)) * 10)
    (folder / "n.txt").write_bytes(b"Lisbon\x00Lisbon")
    with (folder / "h.txt").open("wb") as file:
        file.truncate(2**33)
    for name in ("b.bin", "n.txt", "h.txt"):
        with pytest.raises(ArgumentError):
            files.read(name)
    assert {hit["file"] for hit in files.search("lisbon").data} == {"cities.csv"}


def test_pipes_are_not_waited_for(folder: Path) -> None:
    """A named pipe would block for ever; it is no regular file."""
    os.mkfifo(folder / "pipe.txt")
    with pytest.raises(ArgumentError):
        files.read("pipe.txt")
    with pytest.raises(ArgumentError):
        files.append("pipe.txt", "x")
    assert "pipe.txt" not in files.list_files().text
    assert files.search("garden").data


def test_names_in_lists_can_not_move_the_cursor(folder: Path) -> None:
    """Control characters of a file's name are not printed."""
    (folder / "a\x1b[31m.txt").write_text("needle\x1b[2J", encoding="utf-8")
    assert "\x1b" not in files.list_files().text
    assert "\x1b" not in files.search("needle").text


SAVING = 'save it to x.txt "a b" : write with the text in for find * ? .csv overwrite not'

# Properties ------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r"), max_size=200))
def test_what_is_written_is_what_is_read(folder: Path, text: str) -> None:
    """Any text comes back as it went in, but for blank lines at its end."""
    files.write("round.txt", text, overwrite=True)
    read = files.read("round.txt").text
    assert read == (text.rstrip("\n") or "(empty)")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(["..", "/", "~", "sub", "x.txt", ".", "\\", " "]), max_size=8).map("".join),
    )
)
def test_no_name_leads_outside(folder: Path, name: str) -> None:
    """Whatever the name, either nothing is written, or something inside."""
    before = sorted(path.name for path in folder.parent.iterdir())
    try:
        written = files.write(name, "x", overwrite=True).text
    except (ArgumentError, WorkerError):
        pass
    else:
        assert (folder / written).resolve().is_relative_to(folder.resolve())
    assert sorted(path.name for path in folder.parent.iterdir()) == before


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.sampled_from(SAVING.split()), max_size=12).map(" ".join),
    )
)
def test_finders_never_fail_and_their_places_lie_in_the_text(folder: Path, text: str) -> None:
    """Whatever the text, each finder gives places inside it."""
    for inputs in ((), (TABLE,), (Result("a"), Result("b\nc"))):
        for tool in vars(files).values():
            for parameter in tool.signature.parameters if isinstance(tool, Tool) else ():
                if parameter.kind.find is not None:
                    for mention in parameter.kind.find(text, Clues(inputs)):
                        assert 0 <= mention.start <= mention.end <= len(text)
