"""What the `math` catalog computes: formulas in, results in words and data out. All of sympy's work is done here."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from ....graphs.errors import ArgumentError, WorkerError
from ....graphs.walk import Result
from .formula import parse
from .formula_size import check_size
from .formula_tree import Node
from .solving import solutions
from .symbolic import computed, in_writing, numeric, symbol, sympy, to_sympy

_PREFERRED = ("x", "t", "y", "z", "n", "u", "r", "s")
_NAMED_VALUE = re.compile(r"\s*([A-Za-z]\w{0,8})\s*(?:=|\bis\b|:)\s*(.+)", re.DOTALL)


def expression(text: str) -> Node:
    """The formula that `text` writes; of "y = x^2" only the right side."""
    tree = parse(text)
    if tree.op == "=" and tree.args[0].op == "name" and tree.args[0].name not in tree.args[1].variables:
        return tree.args[1]
    return tree


def variable_of(tree: Node, name: str | None) -> str:
    """The variable that is meant: the one named, else the only one, else the most usual one."""
    if name:
        return _checked_name(name)
    names = [other for other in tree.variables if other != "C"] or (["C"] if tree.args and tree.variables else [])
    return next((usual for usual in _PREFERRED if usual in names), names[0] if names else "x")


def _checked_name(name: str) -> str:
    tree = parse(name)
    if tree.op != "name":
        raise ArgumentError(f"{name!r} is no variable; a variable is one letter such as x")
    return tree.name


def values_at(at: str | None, tree: Node, variable: str | None = None) -> dict[str, Node]:
    """The values of "2", "x = 2" or "x = 1 and y = 2", by variable."""
    values: dict[str, Node] = {}
    for part in re.split(r"[,;]|\band\b", at or ""):
        if not part.strip():
            continue
        named = _NAMED_VALUE.fullmatch(part)
        name = _checked_name(named.group(1)) if named else variable_of(tree, variable)
        value = parse(named.group(2) if named else part)
        if value.is_relation or name in value.variables:
            raise ArgumentError(f"{part.strip()!r} gives no value; write for example x = 2")
        values[name] = value
    return values


def evaluated(text: str, at: str | None = None) -> Result:
    """The value of a formula; a formula with variables left in it is collected, an equation solved or judged."""
    tree = parse(text)
    values = values_at(at, tree)
    if values:
        tree = expression(text).replace(values)
    if tree.is_relation:
        return _judged(tree) if not tree.variables else solved([text], None)
    value = computed("this formula", lambda: to_sympy(tree, decimal_log=True))
    if value.is_number:
        return computed("this formula", lambda: numeric(value, "%" if tree.op == "percentage" else ""))
    return written(value)


def _judged(tree: Node) -> Result:
    """Whether an equation without variables holds."""

    def judge() -> bool:
        left, right = (sympy().simplify(to_sympy(side, decimal_log=True)) for side in tree.args)
        difference = left - right
        if tree.op == "=":
            return bool(difference == 0 or abs(difference.evalf(30)) < 1e-20)
        holds = {"<": difference < 0, ">": difference > 0, "<=": difference <= 0, ">=": difference >= 0}
        return bool(holds[tree.op])

    true = computed("this comparison", judge)
    return Result("yes" if true else "no", true, "boolean")


def written(value: Any, suffix: str = "") -> Result:
    """A formula as the Result of a tool."""
    text = computed("writing this result", lambda: in_writing(value)) + suffix
    return Result(text, text, "expression")


def reshaped(text: str, form: str) -> Result:
    """A formula simplified, expanded or factored; a number stays exact."""
    tree = expression(text)
    names = {"simplest": "simplify", "expanded": "expand", "factored": "factor"}

    def reshape(side: Node) -> Any:
        return getattr(sympy(), names[form])(to_sympy(side))

    if tree.is_relation:
        sides = [computed("this formula", lambda side=side: reshape(side)) for side in tree.args]  # type: ignore[misc]
        text = f" {tree.op} ".join(written(side).text for side in sides)
        return Result(text, text, "expression")
    return written(computed("this formula", lambda: _defined(reshape(tree))))


def _defined(value: Any) -> Any:
    package = sympy()
    if value.has(package.zoo, package.nan):
        raise ArgumentError("this formula has no value (a division by zero)")
    return value


def derivative(text: str, variable: str | None, order: int, at: str | None) -> Result:
    """A derivative, as a formula or, with `at`, as its value there."""
    tree = expression(text)
    if tree.is_relation:
        raise ArgumentError(f"{text!r} is an equation; give the function to differentiate, such as x^3")
    if not 1 <= order <= 20:
        raise ArgumentError(f"derivatives from the first to the 20th are computed, not the {order}th")
    name = variable_of(tree, variable)
    values = values_at(at, tree, name)
    check_size(tree.replace(values))

    def differentiate() -> Any:
        found = _shortest(sympy().diff(to_sympy(tree), symbol(name), order))
        return found.subs({symbol(other): to_sympy(value) for other, value in values.items()})

    found = computed(f"the derivative of {text}", differentiate)
    return computed("the value", lambda: numeric(found)) if values and found.is_number else written(_defined(found))


def _shortest(value: Any) -> Any:
    """The value as it is or simplified, whichever is shorter to write."""
    package = sympy()
    if package.count_ops(value) > 60:
        return value
    return min((value, package.simplify(value)), key=package.count_ops)


def integral(text: str, variable: str | None, lower: str | None, upper: str | None) -> Result:
    """An integral: with bounds its value, without them a formula with its constant C."""
    tree = expression(text)
    if tree.is_relation:
        raise ArgumentError(f"{text!r} is an equation; give the function to integrate, such as x^2")
    if (lower is None) != (upper is None):
        raise ArgumentError("a definite integral needs both bounds, such as from 0 to 2")
    name = variable_of(tree, variable)
    if lower is None or upper is None:
        found = computed(f"the integral of {text}", lambda: _antiderivative(tree, name))
        return written(found, " + C") if found != 0 else Result("C", "C", "expression")
    bounds = [values_at(bound, tree, name).get(name) for bound in (lower, upper)]
    start, end = (
        bound if bound is not None else parse(text) for bound, text in zip(bounds, (lower, upper), strict=True)
    )
    for bound in (start, end):
        check_size(tree.replace({name: bound}))
    return computed(f"the integral of {text}", lambda: _definite(tree, name, start, end))


def _antiderivative(tree: Node, name: str) -> Any:
    package = sympy()
    found = package.integrate(to_sympy(tree), symbol(name), conds="none")
    found = found.replace(package.Piecewise, lambda *branches: branches[0][0])
    if found.has(package.Integral):
        raise WorkerError("no antiderivative in closed form was found; give bounds to get a number")
    return found


def _definite(tree: Node, name: str, start: Node, end: Node) -> Result:
    package = sympy()
    integral = package.Integral(to_sympy(tree), (symbol(name), to_sympy(start), to_sympy(end)))
    found = integral.doit(conds="none")
    if found.has(package.Integral):
        found = integral.evalf(15)
    if not found.is_number:
        return written(_shortest(found))
    if found.has(package.nan, package.zoo) or found.is_infinite or found.has(package.I) or not _continuous(integral):
        value = _principal(integral) if not found.is_infinite else found
        if value is None:
            raise ArgumentError("this integral does not converge between these bounds")
        found = value
    return numeric(found)


def _continuous(integral: Any) -> bool:
    """False where the integrand has a pole strictly between finite bounds, across which no antiderivative holds."""
    package = sympy()
    variable, start, end = integral.limits[0]
    try:
        poles = package.singularities(integral.function, variable, package.Interval(start, end))
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return True
    return not (isinstance(poles, package.FiniteSet) and any(start < pole < end for pole in poles))


def _principal(integral: Any) -> Any:
    """The value piece by piece between its poles; None if any piece is infinite."""
    package = sympy()
    variable, start, end = integral.limits[0]
    poles = package.singularities(integral.function, variable, package.Interval(start, end))
    if not isinstance(poles, package.FiniteSet):
        return None
    points = [start, *sorted(pole for pole in poles if start < pole < end), end]
    pieces = [package.integrate(integral.function, (variable, a, b)) for a, b in itertools.pairwise(points)]
    whole = sum(pieces)
    return whole if whole.is_finite and all(piece.is_finite for piece in pieces) else None


def limit(text: str, variable: str | None, point: str) -> Result:
    """The limit of a formula at a point or at infinity."""
    tree = expression(text)
    name = variable_of(tree, variable)
    values = values_at(point, tree, variable)
    name, where = next(iter(values.items()), (name, parse(point)))
    check_size(tree.replace({name: where}))

    def approach() -> Result:
        package = sympy()
        function, at = to_sympy(tree), to_sympy(where)
        sides = ["+", "-"] if at.is_finite else ["-"]
        found = [package.limit(function, symbol(name), at, side) for side in sides]
        if len(found) == 2 and package.simplify(found[0] - found[1]) != 0:
            raise ArgumentError(
                f"there is no limit: from above it is {in_writing(found[0])}, from below {in_writing(found[1])}"
            )
        return numeric(found[0]) if found[0].is_number or found[0].is_infinite else written(found[0])

    return computed(f"the limit of {text}", approach)


def solved(texts: Sequence[str], variables: Sequence[str] | None) -> Result:
    """Solutions of equations (an expression alone is set to zero), or of one inequality."""
    trees = [parse(text) for text in texts]
    return solutions(trees, [_checked_name(name) for name in variables or ()])
