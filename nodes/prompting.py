"""What a language model is told: the node's prompt with the query in it, earlier results, its system message.

Braces that are no placeholder stay as they are, so that prompts may show JSON; what is filled in is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..graphs.errors import InputError
from ..graphs.sections import Node
from ..graphs.walk import Call, Result
from ..models.pieces import Piece, Pieces, joined, shown

_PLACEHOLDER = re.compile(r"\{(query|inputs)\}")
PICTURE = "picture"
"""Kind of the results that are looked at, not read."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a language model."""

    pieces: Pieces
    """By origin: the node's template, and what people and other workers said."""
    system: str | None = None

    @property
    def text(self) -> str:
        return shown(self.pieces)

    def messages(self) -> list[dict[str, str]]:
        """As chat messages."""
        said = [{"role": "system", "content": self.system}] if self.system else []
        return [*said, {"role": "user", "content": self.text}]


def prompt_of(node: Node, call: Call, *, with_inputs: bool = True) -> Prompt:
    """The prompt of one call: `{query}` and `{inputs}` in the node's template replaced.

    Earlier results that the query does not quote stand before it, unless the template says `{inputs}` itself or
    `with_inputs` is false (for models that judge the query and nothing else).
    """
    query, template = call.query.text, node.prompt or "{query}"
    results = told([result for result in call.query.inputs if result.text not in query])
    if "{inputs}" not in template and results and with_inputs:
        query = f"{results}\n\n{query}"
    filled = {"query": query, "inputs": told(call.query.inputs)}
    parts = _PLACEHOLDER.split(template)  # template, name, template, name, ..., template
    pieces = [Piece(filled[part]) if nth % 2 else Piece(part, ours=True) for nth, part in enumerate(parts)]
    return Prompt(joined(pieces), node.model.system if node.model else None)


def told(results: Sequence[Result]) -> str:
    """Earlier results as a model reads them; pictures and empty ones are left out."""
    texts = [result.text for result in results if result.kind != PICTURE and result.text.strip()]
    if not texts:
        return ""
    return "\n".join(["Results so far:", *(f"- {text}" for text in texts)])


def check_prompt(node: Node) -> None:
    """Raises InputError for a prompt that its query would never get into."""
    if node.prompt is not None and "{query}" not in node.prompt:
        raise InputError(f"node {node.id!r}: the prompt holds no {{query}}, so the model would not be told what to do")
