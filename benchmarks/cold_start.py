"""How long a command takes as a process of its own, cold: what a person waits for at the prompt.

Targets: `octograph check` on a file of 20 nodes at most 0.4 s, `octograph run` of a one-hop request at most 1.5 s.
The peer is what Python takes to start and import each library that the command could not do without.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

TIMES = 9

GRAPH = """\
octograph: 1
name: twenty
start: m
nodes:
  m: {kind: master}
  convert: {kind: tool, tool: units.convert}
""" + "".join(f"  w{number}: {{kind: tool, description: Does the work of number {number}.}}\n" for number in range(18))
EDGES = f"edges:\n  - m -> [convert, {', '.join(f'w{number}' for number in range(18))}]\n"


def measure(*command: str, folder: Path) -> tuple[float, float, float]:
    """Least and median seconds on the clock, and least CPU seconds, of a command run several times."""
    clock, work = [], []
    for _ in range(TIMES):
        before, began = os.times(), perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock.append(perf_counter() - began)
        after = os.times()
        work.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(clock), median(clock), min(work)


def main() -> None:
    """Print the table."""
    octograph = (sys.executable, "-m", "octograph")
    imports = "import typer, pydantic, yaml"
    engine = f"{imports}, numpy, onnxruntime, tokenizers, langgraph.graph"
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "twenty.yaml").write_text(GRAPH + EDGES)
        rows = {
            "python -c pass": (sys.executable, "-c", "pass"),
            f"python -c '{imports}'": (sys.executable, "-c", imports),
            "octograph check, 20 nodes": (*octograph, "check", "twenty.yaml"),
            "octograph check desk": (*octograph, "check", "desk"),
            "python -c 'import ..., onnxruntime, langgraph'": (sys.executable, "-c", engine),
            "octograph run, one hop": (*octograph, "run", "twenty.yaml", "Convert 5 miles to kilometers"),
            "octograph run desk, one agent": (*octograph, "run", "desk", "Convert 5 miles to kilometers"),
        }
        print(f"{'command':<48}{'least s':>9}{'median s':>10}{'CPU s':>8}")
        for name, command in rows.items():
            least, middle, work = measure(*command, folder=here)
            print(f"{name:<48}{least:>9.2f}{middle:>10.2f}{work:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
