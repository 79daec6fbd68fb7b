"""The default Octopus: a small sentence encoder, no download, no key, no GPU.

P(neighbor or stop | part of the request, walk so far) is a softmax over the neighbors and stop alone.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ...graphs.model import Graph
from ...graphs.sections import OctopusSpec
from ...graphs.signature import Neighbor, Signature
from ...graphs.walk import Arguments, Decision, Place, Query, Result, Step, Trace
from .arguments import BARE, fill
from .board import Assessment, Board, Vectors, key_of
from .calibration import Calibration
from .encoder import SHIPPED, Encoder
from .head import Head
from .reading import read_request
from .references import replace_references
from .rewriting import reformatted
from .story import Item
from .trained_head import reads_whole, trained_in
from .vector_cache import VectorCache

BOARDS = 256
"""Places whose functional tokens are kept at hand."""
READINGS = 512
"""Requests whose reading is kept while they are walked."""

PLANNED = "⟨"
"""Begins the name that stands for a result while a walk is only planned."""
_REDUCING = re.compile(
    r"\b(?:multipl|divi|squar|cube|power|percent|half|double|triple|root|ratio|raise)\w*|[*/^%]", re.IGNORECASE
)
"""Operations that make no sense on quantities as they stand."""
DOUBTFUL = 0.6
"""A worker that lacks an argument, and so can only say what it lacks, is taken from this probability on."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """An item whose needs are met, with the steps that meet them."""

    item: Item
    steps: tuple[Step, ...]
    text: str
    """Its words, references replaced by results."""
    bare: str
    """The same with the numbers of quantities alone."""
    inputs: tuple[Result, ...]


class EmbeddedOctopus:
    """Chooses by similarity to functional tokens and by the arguments found; rewrites by rule, never by guess."""

    def __init__(self, spec: OctopusSpec | None = None, folder: Path | None = None) -> None:
        """Raises InputError for weights that can't be used and for settings that mean nothing here."""
        spec = spec or OctopusSpec()
        given = SHIPPED if spec.weights is None else (folder or Path()) / spec.weights
        self._trained = trained_in(given)
        self._weights = given if self._trained is None or self._trained.has_encoder else SHIPPED
        self._encoder = _shared_encoder(self._weights)
        self._whole = reads_whole(spec.settings, self._trained)
        self._threshold = spec.threshold
        self._known_as: dict[str, str] = {}
        self._cache = VectorCache()
        self._boards: OrderedDict[tuple[int, ...], Board] = OrderedDict()
        self._readings: OrderedDict[tuple[object, ...], tuple[Item, ...]] = OrderedDict()

    @cached_property
    def calibration(self) -> Calibration:
        """The fitted numbers that belong to the weights."""
        return Calibration.read((SHIPPED if self._trained else self._weights) / "calibration.json")

    @property
    def threshold(self) -> float:
        """The least probability at which a neighbor is taken."""
        return self.calibration.threshold if self._threshold is None else self._threshold

    async def choose(self, query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace) -> Sequence[Decision]:
        """See `Octopus.choose`. At a worker only the parts that build on its result are decided."""
        board = self._board(tuple(neighbors), trace.graph)
        items = self._read(query, trace, board)
        decisions: list[Decision] = []
        for ready in self._ready(items, trace):
            if at.hop is None or self._leads_on(ready, at):
                decisions += self._decide(board, ready, query, trace)
        return decisions

    def check_graph(self, graph: Graph) -> None:
        """See `BoundToGraph.check_graph`: a trained head belongs to its graph."""
        if self._trained is not None:
            self._known_as[graph.name] = self._trained.check(graph).name

    def fill(self, query: Query, neighbor: Neighbor) -> Arguments:
        """See `FillsArguments.fill`."""
        return {} if neighbor.signature is None else fill(neighbor.signature, query.text, query.inputs).arguments

    def board(self, neighbors: Sequence[Neighbor], graph: str = "") -> Board:
        """The functional tokens of these neighbors, for inspection and for fitting."""
        return self._board(tuple(neighbors), graph)

    # Reading ---------------------------------------------------------------------------------------------------

    def _read(self, query: Query, trace: Trace, board: Board) -> tuple[Item, ...]:
        """The items of the request, read where it entered; later decisions of the walk hold to that reading."""
        key = (trace.graph, query.text, tuple(result.kind for result in query.inputs))
        if not trace.steps and not trace.running:
            self._readings.pop(key, None)
        if key not in self._readings:
            self._readings[key] = (
                (Item(0, query.text),) if self._whole else read_request(query.text, board, query.inputs)
            )
            while len(self._readings) > READINGS:
                self._readings.popitem(last=False)
        return self._readings[key]

    def _ready(self, items: Sequence[Item], trace: Trace) -> list[_Ready]:
        """Items neither settled nor under way whose needs are settled."""
        ended = {step.part: step for step in trace.steps if step.status != "skipped"}
        under_way = {call.part for call in trace.running}
        ready = []
        for item in items:
            if item.part in ended or item.part in under_way or not all(need in ended for need in item.needs):
                continue
            steps = tuple(ended[need] for need in item.needs)
            results = {need: ended[need].result for need in item.needs}
            bound = [(bond.reference, [results[target] for target in bond.targets]) for bond in item.bonds]
            inputs = tuple(results.values())
            bare = replace_references(item.text, bound, bare=True)
            ready.append(_Ready(item, steps, replace_references(item.text, bound), bare, inputs))
        return ready

    def _leads_on(self, ready: _Ready, at: Place) -> bool:
        return any(step.hop == at.hop for step in ready.steps)

    # Deciding --------------------------------------------------------------------------------------------------

    def _decide(self, board: Board, ready: _Ready, query: Query, trace: Trace) -> list[Decision]:
        """The alternatives for one item, most probable first, stop among them."""
        item = ready.item
        parents = tuple(step.hop for step in ready.steps)
        if any(step.status != "done" for step in ready.steps):
            return [Decision(None, ready.text, 1.0, part=item.part, parents=parents)]
        inputs = ready.inputs or tuple(query.inputs)
        pending = tuple(result.kind for result in inputs if PLANNED in result.text)
        like = item.text if PLANNED in ready.text else ready.text
        assessed = board.assess(ready.text, inputs, pending, like=like)
        if ready.bare != ready.text and (_reckons(assessed.leaf.signature) or _REDUCING.search(item.text)):
            bare = board.assess(ready.bare, inputs, pending, like=item.text if PLANNED in ready.bare else ready.bare)
            if _reckons(bare.leaf.signature):
                ready, assessed = replace(ready, text=ready.bare), bare
        decisions = [
            self._toward(board, index, float(assessed.probabilities[index]), ready, inputs, assessed, parents)
            for index in assessed.ranking
        ]
        if item.aim is not None:
            decisions.sort(key=lambda decision: decision.neighbor != item.aim)
            if decisions and decisions[0].neighbor == item.aim:
                return [_settled(decisions[0])]
        stop = Decision(None, item.text, assessed.stop, part=item.part, parents=parents)
        doubtful = not assessed.filling.complete and not pending
        if not decisions or decisions[0].probability < (max(self.threshold, DOUBTFUL) if doubtful else self.threshold):
            return [stop, *decisions]
        return sorted([stop, *decisions], key=lambda decision: -decision.probability)

    def _toward(
        self,
        board: Board,
        index: int,
        probability: float,
        ready: _Ready,
        inputs: tuple[Result, ...],
        assessed: Assessment,
        parents: tuple[int, ...],
    ) -> Decision:
        neighbor = board.neighbors[index]
        leaf = assessed.leaves[index]
        filling = assessed.filling_of(leaf)
        if neighbor.signature is not None and key_of(leaf) not in assessed.fillings:
            filling = fill(neighbor.signature, ready.text, inputs)
        query = reformatted(neighbor, ready.text, filling)
        arguments = filling.arguments if neighbor.signature is not None else {}
        return Decision(neighbor.id, query, probability, arguments, ready.item.part, parents)

    # Functional tokens -----------------------------------------------------------------------------------------

    def _board(self, neighbors: tuple[Neighbor, ...], graph: str) -> Board:
        key = tuple(map(id, neighbors))  # a board keeps its neighbors alive, so no id is used twice
        if key not in self._boards:
            head = self._head_for(graph)
            self._boards[key] = Board(
                neighbors, self._embed_cards, self._encoder.encode, self._background, self.calibration, head
            )
            while len(self._boards) > BOARDS:
                self._boards.popitem(last=False)
        self._boards.move_to_end(key)
        return self._boards[key]

    def _embed_cards(self, texts: Sequence[str]) -> Vectors:
        """Vectors of descriptions and examples, from the cache on disk where they were embedded before."""
        return self._cache.embed_cached(self._encoder, texts)

    def _head_for(self, graph: str) -> Head | None:
        return None if self._head is None else self._head.of(self._known_as.get(graph, graph))

    @cached_property
    def _head(self) -> Head | None:
        return None if self._trained is None else Head.read(self._trained.folder, self._encoder.width)

    @cached_property
    def _background(self) -> Vectors:
        """(requests, width): requests of no particular domain, against which "nothing fits" is measured."""
        path = SHIPPED / "background.txt"
        return self._embed_cards([line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()])


def _reckons(signature: Signature | None) -> bool:
    """True for a worker that takes plain numbers and would stumble over a unit."""
    kinds = {parameter.kind.name for parameter in signature.parameters if parameter.required} if signature else set()
    return bool(kinds & BARE)


def _settled(decision: Decision) -> Decision:
    """A decision that follows from another: a file must be read before its text can be worked on."""
    return Decision(decision.neighbor, decision.query, 1.0, decision.arguments, decision.part, decision.parents)


_encoders: dict[Path, Encoder] = {}


def _shared_encoder(folder: Path) -> Encoder:
    """One encoder a process for each folder of weights."""
    return _encoders.setdefault(folder.resolve(), Encoder(folder))
