"""`kind: model`: a node whose work is done by a language model on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..graphs.errors import InputError, WorkerError
from ..graphs.model import Graph
from ..graphs.sections import ModelSpec, Node
from ..graphs.walk import Call, Result
from ..models.adapters import CONFIG
from ..models.asking import Desk, shared_desk
from ..models.endpoint import at_endpoint
from ..models.locating import located
from ..models.requests import Reply, Request
from .prompting import check_prompt, prompt_of
from .seeing import pictures_of
from .streaming import listener
from .worker import Worker


@dataclass(frozen=True)
class ModelWorker:
    """Asks the model of its node; calls made at the same time are answered together."""

    node: Node
    model: ModelSpec
    folder: Path | None
    """Where names of models and adapters are relative to."""
    desk: Desk

    async def run(self, call: Call) -> Result:
        """What the model makes of the query. Raises WorkerError if that is nothing."""
        task = await self.desk.task(self.model, self.folder)
        writes = task not in ("masked", "classification")
        adapter = self.model.adapter
        request = Request(
            prompt_of(self.node, call, with_inputs=writes).pieces,
            self.model,
            located(adapter, self.folder, config=CONFIG) if adapter else None,
            pictures_of(call.query) if task == "vision" else (),
            listener() if writes else None,
        )
        return self._result(await self.desk.ask(request, self.folder))

    def _result(self, reply: Reply) -> Result:
        text = reply.text.strip()
        if not text:
            raise WorkerError(f"{self.model.name} answered nothing")
        if isinstance(reply.scores, tuple):
            masks = [dict(scores) for scores in reply.scores]
            return Result(text, masks[0] if len(masks) == 1 else masks, logprob=reply.log_probability)
        return Result(text, None if reply.scores is None else dict(reply.scores), logprob=reply.log_probability)


def make_model_worker(node: Node, graph: Graph) -> Worker:
    """The worker of a node, its model loaded when first asked; with an address that of `kind: chat`.

    Raises InputError for a node without a model.
    """
    if node.model is None:
        raise InputError(f"node {node.id!r}: kind model needs a model, as in model: {{name: folder-or-hub-name}}")
    if at_endpoint(node.model):
        from .chat import make_chat_worker

        return make_chat_worker(node, graph)
    check_prompt(node)
    return ModelWorker(node, node.model, graph.source.parent if graph.source else None, shared_desk())
