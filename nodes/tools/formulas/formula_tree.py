"""A formula as a tree of plain data, between the words of a user and the objects of sympy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Node:
    """A formula as a tree: `op` is number, name, constant, an operator, a relation or a function."""

    op: str
    args: tuple[Node, ...] = ()
    value: Fraction | None = None
    name: str = ""

    def walk(self) -> Iterator[Node]:
        """The node and everything below it."""
        yield self
        for argument in self.args:
            yield from argument.walk()

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, sorted."""
        return tuple(sorted({node.name for node in self.walk() if node.op == "name"}))

    @property
    def is_relation(self) -> bool:
        return self.op in ("=", "<", ">", "<=", ">=")

    def replace(self, values: dict[str, Node]) -> Node:
        """The tree with variables replaced."""
        if self.op == "name":
            return values.get(self.name, self)
        return Node(self.op, tuple(argument.replace(values) for argument in self.args), self.value, self.name)


def number(value: int | Fraction) -> Node:
    """A number as a tree."""
    return Node("number", value=Fraction(value))
