"""How long a graph file takes to load and check, beside PyYAML reading the same text without a check.

Run: python benchmarks/loading.py [--large]    (`--large` also builds a graph of 100,000 nodes in code)
CPU seconds of this process, the garbage collector on as users have it; every round runs all rivals in turn.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import yaml
from interleaved import ratio, table

from octograph.graphs.model import Edge, Graph, Node

DEGREE = 8
ROUNDS = 5

Rival = Callable[[str], object]


def pyyaml(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def pyyaml_without_collector(text: str) -> object:
    gc.disable()
    try:
        return pyyaml(text)
    finally:
        gc.enable()


RIVALS: dict[str, Rival] = {
    "PyYAML CSafeLoader, data only": pyyaml,
    "PyYAML, collector paused": pyyaml_without_collector,
    "Graph.parse, checked, with places": Graph.parse,
}


def text_of(nodes: int, *, mappings: bool) -> str:
    """A graph file of 8 edges a node, as one mapping an edge or as one arrow a node."""
    lines = ["octograph: 1", "name: bench", "start: n0", "nodes:"]
    lines += (f"  n{i}: {{kind: tool, description: Worker number {i} of the graph.}}" for i in range(nodes))
    lines.append("edges:")
    for i in range(nodes):
        targets = targets_of(i, nodes)
        if mappings:
            lines += (f"  - {{from: n{i}, to: {target}}}" for target in targets)
        else:
            lines.append(f"  - n{i} -> [{', '.join(targets)}]")
    return "\n".join(lines) + "\n"


def targets_of(number: int, nodes: int) -> list[str]:
    return [f"n{(number * DEGREE + nth + 1) % nodes}" for nth in range(DEGREE)]


def cpu_seconds(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def race(text: str) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in RIVALS}
    for _ in range(ROUNDS):
        for name, read in RIVALS.items():
            times[name].append(cpu_seconds(partial(read, text)))
    return times


def compare(title: str, text: str) -> None:
    times = race(text)
    first = next(iter(times))
    rows = [
        (name, f"{median(seconds):.3f}", f"{ratio(times, name, first):.2f}", f"{ratio(times, first, name):.1f} x")
        for name, seconds in times.items()
    ]
    table(f"{title} ({len(text) / 1e6:.1f} MB)", ("", "CPU s", "of PyYAML's", "faster"), rows)


def build_in_code(nodes: int) -> None:
    names = [f"n{i}" for i in range(nodes)]
    made = {name: Node(id=name, kind="tool") for name in names}
    edges = [Edge(name, target) for i, name in enumerate(names) for target in targets_of(i, nodes)]
    arrows = [str(edge) for edge in edges]
    plain = {name: {"kind": "tool"} for name in names}
    graph = Graph("g", made, edges)
    works: dict[str, Callable[[], object]] = {
        "Node(...) for each": lambda: [Node(id=name, kind="tool") for name in names],
        "Graph(nodes, edges)": lambda: Graph("g", made, edges),
        "Graph(dicts, texts)": lambda: Graph("g", plain, arrows),
        "graph.fingerprint": lambda: graph.fingerprint,
        "list(graph.edges)": lambda: list(graph.edges),
    }
    rows = [(name, f"{cpu_seconds(work):.2f}") for name, work in works.items()]
    table(f"{nodes:,} nodes, {len(edges):,} edges, built in code", ("", "CPU s"), rows)
    hops = 1_000_000
    seconds = cpu_seconds(lambda: [graph.neighbors("n7") for _ in range(hops)])
    asked = cpu_seconds(lambda: [graph.has_edge("n7", "n57") for _ in range(hops)])
    print(f"neighbors(): {seconds / hops * 1e6:.2f} us; has_edge(): {asked / hops * 1e6:.2f} us")
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    compare("100 nodes, 800 mapping edges", text_of(100, mappings=True))
    compare("10,000 nodes, 80,000 edges in 10,000 arrows", text_of(10_000, mappings=False))
    compare("10,000 nodes, 80,000 mapping edges", text_of(10_000, mappings=True))
    if "--large" in sys.argv:
        build_in_code(100_000)
