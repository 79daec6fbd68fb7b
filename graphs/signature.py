"""What a worker accepts, as data: the typed parameters an Octopus fills and the kinds a port carries.

A `Kind` says how a value of that sort is found in text, so a stranger's tool can bring a kind of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .walk import Result


@dataclass(frozen=True, slots=True)
class Mention:
    """A value found in a text, at `text[start:end]`."""

    start: int
    end: int
    value: Any
    score: float = 1.0
    """How sure the finder is, in (0, 1]; between overlapping mentions the higher (then the longer) wins."""

    @property
    def in_text(self) -> bool:
        """False for a value that no words stand for: an earlier result, or what other words only imply."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Clues:
    """What a finder may look at besides the text."""

    inputs: Sequence[Result] = ()
    """Earlier results handed to this call, oldest first."""
    filled: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the same call that are filled already (parameters are filled in `Parameter.after` order)."""


Finder = Callable[[str, Clues], Iterable[Mention]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of value: `number`, `date`, `city`, ... Put one into `Annotated[str, Kind(...)]` to type a parameter."""

    name: str
    find: Finder | None = None
    """Finds values of this kind in text; None leaves it to the finders an Octopus ships for common kinds."""
    cues: tuple[str, ...] = ()
    """Words that, standing before a value, mark it as this parameter's (`to`, `into`, `in` for a target unit)."""
    after: tuple[str, ...] = ()
    """Parameters of the same tool that must be filled first (a column can only be found once its table is known)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a worker."""

    name: str
    kind: Kind
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    """The permitted values, for an enumeration."""
    many: bool = False
    """True for `list[...]`: takes every value found, not one."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a worker, in the order of its definition, and the kind of its result."""

    parameters: tuple[Parameter, ...] = ()
    gives: str = "text"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbor as an Octopus sees it: the card it chooses by."""

    id: str
    description: str = ""
    examples: tuple[str, ...] = ()
    """Requests this neighbor is right for, as people word them."""
    signature: Signature | None = None
    takes: tuple[str, ...] = ()
    """Kinds of input; empty accepts anything."""
    gives: tuple[str, ...] = ()
    reformat: str | None = None
    """How its query should be worded; with a `{query}` in it a template, else an instruction to a language model."""
    again: bool = False
    """True if it has a self-connection: it may be called several times, also in parallel."""
    token: str | None = None
    """Its functional token, where the graph names one."""
    inside: tuple[Neighbor, ...] = ()
    """The workers inside an agent, however deep: what it can do, one level of abstraction down."""
