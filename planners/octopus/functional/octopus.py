"""The paper's Octopus: a language model that writes one functional token for a neighbor, and the query for it.

P(N_i, q_i | q; M_i) comes apart into the probability of the token among those of the neighbors, and that of the
rewritten query behind it (Octopus v4, arXiv 2404.19296, section 3); every decision carries both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ....graphs.errors import InputError
from ....graphs.model import Graph
from ....graphs.sections import OctopusSpec
from ....graphs.signature import Neighbor
from ....graphs.walk import Arguments, Decision, Place, Query, Step, Trace
from ..arguments import fill
from ..asking import Question, question_at
from .asked import Asked, Option
from .decisions import decisions_of
from .output import FunctionCall, Marks
from .prompting import Done
from .settings import read_settings
from .source import source_of
from .tokens import END, STOP, Tokens, check_neighbors, tokens_of, without_token
from .writer import shared_writer


class FunctionalOctopus:
    """Chooses by functional token, bound to the neighbors; weights of one base serve all places together."""

    def __init__(self, spec: OctopusSpec | None = None, folder: Path | None = None) -> None:
        """Raises InputError for weights that aren't there and for settings that mean nothing; loads nothing."""
        self._spec = spec or OctopusSpec()
        self._source = source_of(self._spec, folder)
        trained = self._source.trained
        self._settings = read_settings(self._spec.settings, trained.settings if trained else {})
        self._marks = Marks(self._settings.end or END, self._settings.stop or STOP)
        self._tokens: dict[str, Tokens] = {}

    async def choose(self, query: Query, at: Place, neighbors: Sequence[Neighbor], trace: Trace) -> Sequence[Decision]:
        """See `Octopus.choose`. Raises InputError for a neighbor without a functional token that the weights know."""
        question = question_at(query, at, neighbors, trace, self._settings.rounds)
        if question is None or not neighbors:
            return ()
        tokens = self._tokens_in(trace.graph, neighbors)
        written = await shared_writer(self._source.model)(self._asked(question, tokens))
        by_token = {tokens[neighbor.id]: neighbor for neighbor in neighbors}
        return decisions_of(question, written, by_token, self._spec.threshold or 0.0)

    def check_graph(self, graph: Graph) -> None:
        """See `BoundToGraph.check_graph`: tokens mean nodes of the graph trained for, and each means one."""
        trained = self._source.trained
        learned = trained.of(graph, self._source.folder or Path()) if trained is not None else None
        tokens = tokens_of(graph, self._marks, learned)
        if self._tokens.setdefault(graph.name, tokens) != tokens:
            raise InputError(
                f"two graphs are named {graph.name}, and their functional tokens differ; rename one of them"
            )
        for id_, node in graph.nodes.items():
            if (node.octopus or graph.octopus) == self._spec:
                check_neighbors(graph, id_, tokens)

    def fill(self, query: Query, neighbor: Neighbor) -> Arguments:
        """See `FillsArguments.fill`: along a fixed edge nothing is chosen, so values are found by rule."""
        return {} if neighbor.signature is None else fill(neighbor.signature, query.text, query.inputs).arguments

    def _tokens_in(self, graph: str, neighbors: Sequence[Neighbor]) -> Tokens:
        """The tokens of all nodes that are known in the graph, those of the neighbors at least."""
        known = dict(self._tokens.get(graph, {}))
        known.update((neighbor.id, neighbor.token) for neighbor in neighbors if neighbor.token is not None)
        for neighbor in neighbors:
            if neighbor.id not in known:
                raise InputError(f"{graph}: {without_token(neighbor.id)}")
        return known

    def _asked(self, question: Question, tokens: Tokens) -> Asked:
        settings = self._settings
        ordered = sorted(question.done, key=lambda step: step.hop in question.parents)  # what it builds on comes last
        return Asked(
            settings.template,
            question.request,
            tuple(Option(one.id, tokens[one.id], one.signature, one.again) for one in question.neighbors),
            tuple(_done(step, tokens) for step in ordered),
            tuple(result.text for result in question.inputs),
            settings.end,
            settings.stop,
            not question.parents,
            self._source.model.max_tokens,
            settings.calls,
            settings.alternatives,
            self._source.adapter,
        )


def _done(step: Step, tokens: Tokens) -> Done:
    token = tokens.get(step.node, step.node)
    return Done(FunctionCall(token, step.query, dict(step.arguments) or None), step.output)
