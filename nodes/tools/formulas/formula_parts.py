"""What single words and signs of a formula mean: functions, powers, percentages."""

from __future__ import annotations

from .formula_tokens import FUNCTIONS, Token
from .formula_tree import Node, number


class NoFormulaError(Exception):
    """What stands here is no formula; the caller takes another way, or gives up."""


def is_share(node: Node) -> bool:
    """Whether "of" after it means times: 15% of, half of, 3/4 of."""
    if node.op == "percent":
        return True
    if node.op == "/":
        return all(argument.op == "number" for argument in node.args)
    return node.op == "number" and node.value is not None and 0 < node.value < 1


def share_comparison(token: Token) -> str | None:
    """How a percentage changes what follows: 20% off, 10 percent more than."""
    if token.kind == "word" and token.value == "off":
        return "less"
    if token.kind == "relation" and token.value in ("<", ">") and token.end - token.start > 1:
        return "less" if token.value == "<" else "more"
    return None


def is_minus_one(node: Node) -> bool:
    return node == Node("negative", (number(1),)) or node == number(-1)


def with_postfix(node: Node, postfix: object) -> Node:
    if isinstance(postfix, tuple):
        return Node("^", (node, number(postfix[1])))
    if postfix == "radians":
        return node
    return Node({"!": "factorial", "%": "percent", "degrees": "degrees"}[str(postfix)], (node,))


_ONE_ARGUMENT = frozenset(FUNCTIONS.values()) - {"max", "min", "gcd", "lcm", "log", "round"}


def applied(function: object, arguments: tuple[Node, ...]) -> Node:
    first = arguments[0]
    if isinstance(function, tuple):
        if len(arguments) > 1:
            raise NoFormulaError
        name, parameter = function
        if name == "power":
            return Node("^", (first, number(parameter)))
        if name == "times":
            return Node("*", (number(parameter), first))
        if name == "root":
            return Node("root", (first, number(parameter)))
        return Node("log", (first, number(parameter)))
    name = {"√": "sqrt", "∛": "cbrt"}.get(str(function), str(function))
    if name in ("reciprocal", "half"):
        return Node("/", (number(1), first) if name == "reciprocal" else (first, number(2)))
    if len(arguments) > (1 if name in _ONE_ARGUMENT else 2 if name in ("log", "round") else 20):
        raise NoFormulaError
    return Node(name, arguments)
