"""What a functional Octopus writes: `<nexa_4>('rewritten query')<nexa_end>`, in one format for training and serving.

Where a call begins and ends is told by token ids alone, so its query may hold any characters: quotes, parentheses,
newlines, even the spelling of functional tokens (Octopus v4, arXiv 2404.19296; parallel calls: Octopus v2, 2404.01744).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ....graphs.errors import WalkError
from ....graphs.signature import Signature
from ....graphs.walk import Arguments
from ....models.pieces import Piece, Pieces

OPENING, CLOSING = "('", "')"
"""Around a rewritten query."""
OPENING_OF_ARGUMENTS, CLOSING_OF_ARGUMENTS = "(", ")"
"""Around the JSON object of typed arguments."""


class FunctionCall(NamedTuple):
    """One functional token with what is said to its node."""

    token: str
    query: str = ""
    arguments: Arguments | None = None
    """Typed arguments, for a node with a signature; None: it gets the query."""


class Marks(NamedTuple):
    """The two functional tokens that stand for no node."""

    end: str
    stop: str | None = None
    """Says that no neighbor fits; None where the weights don't know how to say so."""


def call_to(token: str, signature: Signature | None, query: str, arguments: Arguments) -> FunctionCall:
    """The call of a node: typed arguments if it has a signature, in the order of its definition, else the query."""
    if signature is None:
        return FunctionCall(token, query)
    ordered = {one.name: arguments[one.name] for one in signature.parameters if arguments.get(one.name) is not None}
    return FunctionCall(token, arguments=ordered)


def render(calls: Sequence[FunctionCall], marks: Marks) -> Pieces:
    """The whole output: every call in turn, or stop where there is none, and the end token.

    Raises ValueError for no calls where the weights have no stop token.
    """
    pieces = [piece for call in calls for piece in render_call(call)]
    if not calls:
        if marks.stop is None:
            raise ValueError("nothing is called, and these weights have no stop token to say so")
        pieces.append(Piece(marks.stop, ours=True))
    return (*pieces, Piece(marks.end, ours=True))


def render_call(call: FunctionCall) -> Pieces:
    """One call: its token, and what stands between this and the next token."""
    return Piece(call.token, ours=True), Piece(body_of(call))


def body_of(call: FunctionCall) -> str:
    """What stands between a functional token and the next."""
    if call.arguments is None:
        return f"{OPENING}{call.query}{CLOSING}"
    return f"{OPENING_OF_ARGUMENTS}{as_json(call.arguments)}{CLOSING_OF_ARGUMENTS}"


def as_json(arguments: Arguments) -> str:
    """Arguments as they are written; values that JSON has no form for, such as dates, as text."""
    return json.dumps(dict(arguments), ensure_ascii=False, default=str)


def parse(
    ids: Sequence[int], names: Mapping[int, str], marks: Marks, decode: Callable[[list[int]], str]
) -> list[FunctionCall]:
    """The calls in an output, the inverse of `render`; none if it says stop.

    `names` gives the functional token for an id, end and stop among them, and `decode` the text of ordinary ids.
    Raises WalkError for ids in any other form.
    """
    calls: list[FunctionCall] = []
    for token, body in _parts(ids, names, marks):
        if token == marks.stop:
            if calls or body:
                raise WalkError("the output says stop, and something else besides")
            return []
        calls.append(_call(token, decode(body)))
    if not calls:
        raise WalkError("the output has no functional token, so it says nothing about where to go")
    return calls


def _parts(ids: Sequence[int], names: Mapping[int, str], marks: Marks) -> Iterator[tuple[str, list[int]]]:
    """Every functional token with the ordinary ids behind it, up to the end token."""
    token: str | None = None
    body: list[int] = []
    for id_ in ids:
        name = names.get(id_)
        if name is None:
            if token is None:
                raise WalkError("the output begins with something other than a functional token")
            body.append(id_)
            continue
        if token is not None:
            yield token, body
        if name == marks.end:
            return
        token, body = name, []
    raise WalkError("the output has no end token")


def _call(token: str, body: str) -> FunctionCall:
    body = body.lstrip()  # some tokenizers put a space before every run of text
    if body.startswith(OPENING) and body.endswith(CLOSING) and len(body) >= len(OPENING + CLOSING):
        return FunctionCall(token, body[len(OPENING) : -len(CLOSING)])
    if body.startswith(OPENING_OF_ARGUMENTS) and body.endswith(CLOSING_OF_ARGUMENTS):
        try:
            arguments: Any = json.loads(body[1:-1], strict=False)
        except (ValueError, RecursionError):
            arguments = None
        if isinstance(arguments, dict):
            return FunctionCall(token, arguments=arguments)
    raise WalkError(f"the output calls {token} with {body[:80]!r}, which is neither ('a query') nor ({{arguments}})")
