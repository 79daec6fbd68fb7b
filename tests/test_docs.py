"""The documentation is true: its code runs, its graphs load, its commands print what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import reference_pages
from conftest import Golden
from terminal import forget_modules, octograph

from octograph import Graph

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if reference_pages.GENERATED not in page.read_text(encoding="utf-8")]
_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code on a page."""

    language: str
    title: str | None
    text: str


def blocks(page: Path) -> Iterator[Block]:
    for language, title, text in _FENCE.findall(page.read_text(encoding="utf-8")):
        yield Block(language, title or None, text)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From top to bottom: titled blocks become files, graphs are read, Python runs, commands print what is shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    names: dict[str, Any] = {"__name__": f"page_{page.stem}"}
    for block in blocks(page):
        if block.title is not None:
            Path(block.title).write_text(block.text, encoding="utf-8")
        if block.language == "yaml" and "octograph: 1" in block.text:
            Graph.read(block.title) if block.title else Graph.parse(block.text, f"{page.stem}.yaml")
        elif block.language == "python":
            exec(compile(block.text, f"{page.name}", "exec"), names)
        elif block.language == "console":
            _try_commands(block.text, tmp_path)
    forget_modules(tmp_path)


def _try_commands(text: str, folder: Path) -> None:
    """Every line shown below a command, with … for anything, is among the lines it printed, in that order."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        if not command.startswith("octograph "):
            continue
        ended = octograph(*shlex.split(command)[1:], folder=folder)
        printed = iter([*ended.err.splitlines(), *ended.out.splitlines()])
        for line in shown:
            pattern = ".*".join(map(re.escape, line.rstrip().split("…")))
            assert any(re.fullmatch(pattern, other.rstrip()) for other in printed), (
                f"{command}: no line {line!r} in {ended}"
            )


@pytest.mark.parametrize(
    ("graph", "request_", "answer"),
    [
        ("shop", "How much are two cups, and when do they arrive in Paris?", "9.00 euros\n2 days"),
        ("review", "  The soup was hot,   the bread was excellent. ", "* 8 words\n* excellent"),
    ],
)
def test_the_examples_answer(graph: str, request_: str, answer: str) -> None:
    """Each graph under examples/ is sound and answers with the tools beside it."""
    tools = ("--tools", f"{graph}_tools")
    assert octograph("check", f"{graph}.yaml", *tools).code == 0
    assert octograph("run", f"{graph}.yaml", *tools, "--quiet", request_).out == f"{answer}\n"


def test_the_example_program_runs() -> None:
    """examples/watch.py shows the walk as it happens."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "watch.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "units <- how many hours is 59 days?" in done.stdout


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("reference-command-line", reference_pages.command_line),
        ("reference-graph-file", reference_pages.graph_file),
        ("reference-python", reference_pages.python_names),
        ("reference-tools", reference_pages.tools),
    ],
)
def test_the_reference_is_what_the_sources_say(name: str, write: Any, golden: Golden) -> None:
    """The generated pages equal what the sources give now; `pytest --renew` writes them anew."""
    golden(ROOT / "docs" / f"{name}.md", write())


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    """mkdocs finds every page of the navigation and the end of every link."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    assert (tmp_path / "tutorial" / "index.html").exists()


@pytest.mark.parametrize("page", [*ROOT.glob("*.md")], ids=lambda page: page.stem)
def test_links_of_the_standing_files_lead_somewhere(page: Path) -> None:
    """Every relative link of README and its companions names a file of the repository."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (ROOT / target).exists(), f"{page.name} links to {target}"


def test_no_document_names_this_machine() -> None:
    """Documents and settings hold no paths of a developer's machine."""
    for file in [*PAGES, ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / ".ci").iterdir()]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"/home/|/root/|/work/|/Users/", text), file.name
