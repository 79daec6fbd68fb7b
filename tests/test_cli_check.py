"""`octograph check`, `schema` and `doctor`: every problem with its place, and what mends it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from terminal import EXAMPLES, SHOP, octograph

FAULTY = """\
octograph: 1
name: faulty
start: dask
nodes:
  desk: {kind: master}
  math: {kind: agent, grpah: math.yaml}
  law: {kind: tool, tool: units.convrt}
edges:
  - desk -> [math, lwa]
"""


def test_every_problem_of_every_file_is_listed(tmp_path: Path) -> None:
    """All problems of all files come at once, one a line with file, line and column; sound files are said to be so."""
    (tmp_path / "faulty.yaml").write_text(FAULTY)
    (tmp_path / "tools.yaml").write_text(
        "octograph: 1\nname: tools\nstart: a\nnodes:\n  a: {kind: tool, tool: units.convrt}\n"
    )
    (tmp_path / "fine.yaml").write_text("octograph: 1\nname: fine\nstart: a\nnodes:\n  a: {kind: tool}\n")
    ended = octograph("check", "faulty.yaml", "fine.yaml", "tools.yaml", "none.yaml", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    lines = ended.err.splitlines()
    assert any(line.startswith("faulty.yaml:3:") and "did you mean 'desk'?" in line for line in lines)
    assert any(line.startswith("faulty.yaml:6:") and "did you mean 'graph'?" in line for line in lines)
    assert any(line.startswith("faulty.yaml:9:") and "did you mean 'law'?" in line for line in lines)
    assert "ok: fine (1 node, 0 edges)" in lines
    assert any(line.startswith("tools.yaml:5:") and "did you mean 'units.convert'?" in line for line in lines)
    assert any(line.startswith("none.yaml: no such file") for line in lines)


def test_sound_graphs_are_said_to_be_so() -> None:
    """Without a problem the exit code is 0; library names and --tools work."""
    ended = octograph("check", "shop.yaml", "desk", *SHOP)
    assert ended.code == 0
    assert "ok: shop (4 nodes, 3 edges)" in ended.err
    assert "ok: desk" in ended.err


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a: &a [*a]", b"{" * 5000, b"\x00", b"- " * 5000, b"!!python/name:os.system"]
)
def test_no_file_content_gives_a_traceback(tmp_path: Path, content: bytes) -> None:
    """Whatever a file holds, the end is a line that names it and exit code 2."""
    (tmp_path / "g.yaml").write_bytes(content)
    ended = octograph("check", "g.yaml", folder=tmp_path)
    assert ended.code == 2
    assert ended.err.startswith("g.yaml")
    assert "bug" not in ended.err


def test_names_that_would_steer_a_terminal_are_shown_harmlessly() -> None:
    """Control characters in a file's name don't reach the terminal."""
    ended = octograph("check", "\x1b[2Jx.yaml")
    assert ended.code == 2
    assert "\x1b" not in ended.err


def test_a_bug_is_one_line_with_how_to_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception gives no traceback but what to do; --debug shows it."""
    from octograph.graphs import schema

    def broken() -> None:
        raise ZeroDivisionError("oh no")

    monkeypatch.setattr(schema, "graph_schema", broken)
    ended = octograph("schema")
    assert ended.code == 1
    assert ended.err.splitlines()[0] == "octograph: ZeroDivisionError: oh no"
    assert "please report it" in ended.err
    with pytest.raises(ZeroDivisionError):
        octograph("schema", "--debug")


def test_the_schema_fits_the_graphs_we_ship() -> None:
    """`schema` prints a JSON Schema that our own graph files are valid under, and faulty ones are not."""
    schema = json.loads(octograph("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((EXAMPLES / "shop.yaml").read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(FAULTY), schema)


def test_the_doctor_finds_this_installation_sound() -> None:
    """`doctor` looks at packages, weights, cache, library and a one-hop walk, and says all is well."""
    ended = octograph("doctor")
    assert ended.code == 0, ended.out
    for what in ("python", "packages", "encoder weights", "cache folder", "library graphs", "a one-hop walk"):
        assert f"ok      {what}: " in ended.out


def test_the_doctor_says_where_models_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """On which device and in how much memory, without importing torch; a budget that is none is a fault."""
    monkeypatch.setenv("OCTOGRAPH_MODEL_MEMORY", "8GB")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "ok      language models: run on " in (said := octograph("doctor").out)
    assert " in 8 GB of memory" in said
    monkeypatch.setenv("OCTOGRAPH_MODEL_MEMORY", "much")
    ended = octograph("doctor")
    assert ended.code == 1
    assert "BROKEN  language models: InputError: OCTOGRAPH_MODEL_MEMORY: 'much'" in ended.out


def test_the_doctor_names_what_mends_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache folder that can't be made is broken: exit code 1, the remedy beside it, as text and as JSON."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OCTOGRAPH_CACHE", str(tmp_path / "file" / "cache"))
    ended = octograph("doctor", "--json")
    assert ended.code == 1
    findings = {finding["what"]: finding for finding in json.loads(ended.out)}
    assert findings["cache folder"]["state"] == "broken"
    assert "OCTOGRAPH_CACHE" in findings["cache folder"]["remedy"]


def test_the_version_is_the_package_s() -> None:
    """--version prints the one version there is."""
    from importlib.metadata import version

    assert octograph("--version").out == f"octograph {version('octograph')}\n"
