"""What one decision of the embedded Octopus costs, beside the least it could: one encoding and a dot product.

Target: at most 8 ms median on one core for 8 neighbors; the cost grows with the neighbors, not with the graph.
Every request is new to the process, so nothing is remembered; descriptions come from the cache on disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median

import numpy as np
from interleaved import table

from octograph import Workflow
from octograph.graphs.signature import Neighbor
from octograph.graphs.walk import Place, Query, Trace
from octograph.planners.octopus.embedded import EmbeddedOctopus
from octograph.planners.octopus.encoder import Encoder

REQUESTS = 60
WORDS = ("Lisbon", "Oslo", "Rome", "Cairo", "Lima", "Quito", "Delhi", "Tokyo", "Paris", "Berlin")
ONE_PART = "How far is it from {a} to {b}, to the nearest {n} kilometers?"
TWO_PARTS = "What is {n} percent of 250, and how many feet is that many meters from {a}?"

Choose = Callable[[str], Awaitable[object]]


def requests(form: str, salt: str) -> list[str]:
    """Different requests of one form."""
    return [
        form.format(a=WORDS[nth % 10], b=WORDS[(nth // 10 + nth + 1) % 10], n=f"{nth + 2}{salt}")
        for nth in range(REQUESTS)
    ]


def chooser(cards: Sequence[Neighbor]) -> Choose:
    """A decision among the cards."""
    octopus = EmbeddedOctopus()
    octopus.board(cards)

    async def choose(request: str) -> object:
        return await octopus.choose(Query(request), Place("hub"), cards, Trace("benchmark", request))

    return choose


def nearest(cards: Sequence[Neighbor]) -> Choose:
    """The peer: the best of the cards by cosine similarity alone, as routers by example do it."""
    encoder = Encoder()
    texts = [(card.id, text) for card in cards for text in (card.description, *card.examples)]
    matrix = encoder.encode([text for _, text in texts])

    async def choose(request: str) -> object:
        return texts[int(np.argmax(matrix @ encoder.encode([request])[0]))][0]

    return choose


async def milliseconds(choose: Choose, asked: Sequence[str]) -> list[float]:
    times = []
    for request in asked:
        began = time.process_time()
        await choose(request)
        times.append(1000 * (time.process_time() - began))
    return times


async def main() -> None:
    desk = tuple(Workflow("desk").neighbors("desk"))
    geography = tuple(Workflow("geography").neighbors("geography"))[:8]
    plain = [Neighbor(f"worker_{nth}", f"Answers questions about topic number {nth}.") for nth in range(256)]
    places = {
        "8 tools with signatures": geography,
        "7 agents with their tools inside": desk,
        "8 workers, descriptions alone": plain[:8],
        "64 workers, descriptions alone": plain[:64],
        "256 workers, descriptions alone": plain,
    }
    rows = []
    for salt, (name, cards) in enumerate(places.items()):
        own, peer = chooser(cards), nearest(cards)
        await own("a first request"), await peer("a first request")
        times = {"one": [], "two": [], "peer": []}  # type: dict[str, list[float]]
        for nth in range(0, REQUESTS, 10):  # in turns, so that what else the machine does hits all alike
            here = slice(nth, nth + 10)
            times["one"] += await milliseconds(own, requests(ONE_PART, f"{salt}1")[here])
            times["peer"] += await milliseconds(peer, requests(ONE_PART, f"{salt}1")[here])
            times["two"] += await milliseconds(own, requests(TWO_PARTS, f"{salt}2")[here])
        one, two, cosine = (median(times[key]) for key in ("one", "two", "peer"))
        p95 = sorted(times["one"])[int(0.95 * REQUESTS)]
        rows.append((name, f"{one:.1f}", f"{p95:.1f}", f"{two:.1f}", f"{cosine:.1f}", f"{one / cosine:.1f}x"))
    head = ("neighbors", "ms, one part", "p95", "ms, two parts", "nearest by cosine", "ratio")
    table("One decision, CPU ms on one core (target: 8 for 8 neighbors)", head, rows)


if __name__ == "__main__":
    asyncio.run(main())
