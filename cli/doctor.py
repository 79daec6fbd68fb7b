"""`octograph doctor`: what is installed, what works, what is missing, and the command that mends it."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

import typer

from .leaving import FAILED, command
from .options import AsJson, Debug
from .output import put, put_json

if TYPE_CHECKING:
    from ..graphs.walk import Call, Result

_MARK = {"ok": "ok      ", "absent": "absent  ", "broken": "BROKEN  "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    state: Literal["ok", "absent", "broken"]
    """`absent` is fine as long as nobody asks for it."""
    detail: str = ""
    remedy: str = ""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


@command
def doctor(as_json: AsJson = False, debug: Debug = False) -> None:
    """Say what is installed and what works, and how to mend what does not.

    Exit code 0: everything needed works; 1: something needed is broken.

    **Example:** `octograph doctor`
    """
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            put(_line(finding))
    if as_json:
        put_json([asdict(finding) for finding in findings])
    if any(finding.state == "broken" for finding in findings):
        raise SystemExit(FAILED)


def examine() -> Iterator[Finding]:
    """Everything that is looked at, one after the other."""
    yield Finding("octograph", "ok", f"{_version('octograph')} in {os.path.dirname(os.path.dirname(__file__))}")
    yield _python()
    yield from _packages()
    if _version("torch") is not None:
        yield _tried("language models", _device, "write it as in OCTOGRAPH_MODEL_MEMORY=8GB")
    for what, look, remedy in (
        ("encoder weights", _weights, "pip install --force-reinstall --no-deps octograph"),
        ("cache folder", _cache, "make the folder writable, or set OCTOGRAPH_CACHE to one that is"),
        ("library graphs", _library, "pip install --force-reinstall --no-deps octograph"),
        ("a one-hop walk", _walk, "run: octograph doctor --debug"),
    ):
        yield _tried(what, look, remedy)


def _tried(what: str, look: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(what, "ok", look())
    except Exception as error:  # whatever is wrong is what the doctor is asked to tell
        return Finding(what, "broken", f"{type(error).__name__}: {error}", remedy)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _packages() -> Iterator[Finding]:
    import re
    from importlib import metadata

    by_extra: dict[str, list[str]] = {}
    for requirement in metadata.requires("octograph") or ():
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
        marker = re.search(r"extra\s*==\s*['\"]([^'\"]+)", requirement)
        by_extra.setdefault(marker.group(1) if marker else "", []).append(name)
    for extra, names in by_extra.items():
        installed = {name: _version(name) for name in names}
        missing = [name for name, version in installed.items() if version is None]
        detail = ", ".join(f"{name} {version}" for name, version in installed.items() if version is not None)
        if not missing:
            yield Finding(f"packages [{extra}]" if extra else "packages", "ok", detail)
        elif extra:
            detail = f"missing: {', '.join(missing)}"
            yield Finding(f"packages [{extra}]", "absent", detail, f"pip install 'octograph[{extra}]'")
        else:
            yield Finding("packages", "broken", f"missing: {', '.join(missing)}", "pip install octograph")


def _version(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _device() -> str:
    """Where models of this machine would run, told without torch: importing it takes seconds."""
    import shutil
    from pathlib import Path

    from ..models.memory import VARIABLE, memory_budget, shown_bytes

    torch = _version("torch") or ""
    device = "cpu"
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        device = "mps"
    elif not torch.endswith("+cpu") and (shutil.which("nvidia-smi") or Path("/dev/kfd").exists()):
        device = "cuda"
    if device == "cuda" and not os.environ.get(VARIABLE):
        return "run on cuda, in four fifths of its memory"
    return f"run on {device}, in {shown_bytes(memory_budget(device))} of memory"


def _weights() -> str:
    from ..planners.octopus.encoder import SHIPPED
    from ..planners.octopus.weights_folder import WeightsFolder

    folder = WeightsFolder(SHIPPED)
    folder.check_sizes()
    damaged = folder.damaged()
    if damaged:
        raise ValueError(f"damaged: {', '.join(path.name for path in damaged)}")
    return f"{sum(folder.manifest.sizes.values()):,} bytes, checksums right"


def _cache() -> str:
    import tempfile

    from ..planners.octopus.vector_cache import find_cache_folder

    folder = find_cache_folder()
    if folder is None:
        raise OSError("no folder to keep vectors in; descriptions are embedded again at every start")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return str(folder)


def _library() -> str:
    from ..engine.checking import check_tools
    from ..graphs.model import Graph
    from ..graphs.source import library_names

    names = library_names()
    for name in names:
        check_tools(Graph.read(name))
    return ", ".join(names)


def _walk() -> str:
    from ..engine.workflow import Workflow
    from ..graphs.model import Graph
    from ..graphs.walk import Result

    class Greeter:
        async def run(self, call: Call) -> Result:
            return Result(f"Hello to you, who said: {call.query.text}")

    nodes: dict[str, dict[str, Any]] = {
        "door": {"kind": "master"},
        "greeter": {"kind": "tool", "description": "Greets people.", "examples": ["say hello", "greet me"]},
        "gardener": {"kind": "tool", "description": "Waters flowers.", "examples": ["water the roses"]},
    }
    graph = Graph("self-test", nodes, ["door -> [greeter, gardener]"])
    greeter = Greeter()
    workflow = Workflow(graph, workers={"greeter": greeter, "gardener": greeter})
    began = perf_counter()
    answer = workflow.run("Say hello to me")
    steps = [step.node for step in answer.trace if step.status == "done"]
    if steps != ["greeter"]:
        raise ValueError(f"the walk went to {steps or 'nobody'} instead of the greeter")
    return f"{1000 * (perf_counter() - began):.0f} ms, loading the encoder included"


def _line(finding: Finding) -> str:
    remedy = f"\n{'':<8}mend it with: {finding.remedy}" if finding.remedy else ""
    return f"{_MARK[finding.state]}{finding.what}: {finding.detail}{remedy}"
