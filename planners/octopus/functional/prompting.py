"""What a functional Octopus is shown: the template with the request in it, and the walk so far.

Training and serving build their prompts here, so the weights are asked exactly what they have learned to answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ....graphs.errors import InputError
from ....models.pieces import Piece, Pieces, joined
from .output import FunctionCall, render_call

QUERY = "{query}"
TEMPLATE = "Request: {query}\nCall:"
"""The prompt of weights that come without one of their own."""
DONE, GIVEN, GAVE = "\nDone: ", "\nGiven: ", "\nResult: "
LONGEST_RESULT = 300
"""Characters of an earlier result that are shown; of a longer one its beginning and its end."""


@dataclass(frozen=True, slots=True)
class Done:
    """A call that has been made before the question, and what it gave."""

    call: FunctionCall
    """Its `token` may be a node's id where the node has no functional token."""
    result: str


@dataclass(frozen=True, slots=True)
class Template:
    """The words around a request, `{query}` standing for it."""

    text: str = TEMPLATE
    chat: bool = False
    """True: it is what the user says in a chat, in the form of the tokenizer's own chat template."""
    _parts: tuple[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        before, found, after = self.text.partition(QUERY)
        if not found or QUERY in after:
            raise InputError(
                f"the prompt {self.text[:80]!r} must have {QUERY} in it, once: that is where the request goes"
            )
        object.__setattr__(self, "_parts", (before, after))

    def prompt(self, request: str, done: Sequence[Done] = (), given: Sequence[str] = ()) -> Pieces:
        """The prompt for a request.

        Args:
            done: The walk so far, oldest first; what the next call follows comes last.
            given: Results handed in with the request.
        """
        before, after = self._parts
        pieces = [Piece(before, ours=True), Piece(request)]
        for result in given:
            pieces += [Piece(GIVEN, ours=True), Piece(_cut(result))]
        for one in done:
            pieces.append(Piece(DONE, ours=True))
            pieces += render_call(one.call)
            pieces += [Piece(GAVE, ours=True), Piece(_cut(one.result))]
        return joined([*pieces, Piece(after, ours=True)])

    def as_chat(self, tokenizer: Any) -> Template:
        """The same within the tokenizer's chat template, as one plain template; itself where it is no chat.

        Raises InputError if the tokenizer has no chat template, or one that leaves the request out.
        """
        if not self.chat:
            return self
        if not getattr(tokenizer, "chat_template", None):
            raise InputError("chat: true asks for the tokenizer's chat template, and it has none; leave chat out")
        said = [{"role": "user", "content": self.text}]
        text: str = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
        if text.count(QUERY) != 1:
            raise InputError("the tokenizer's chat template loses the request; leave chat out, and write a prompt")
        return Template(text)


def _cut(text: str) -> str:
    if len(text) <= LONGEST_RESULT:
        return text
    half = LONGEST_RESULT // 2
    return f"{text[:half]} … {text[-half:]}"
