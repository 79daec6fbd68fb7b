"""Equations, systems of equations and inequalities: solved, and the solutions put in words."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

from ....graphs.errors import ArgumentError, WorkerError
from ....graphs.walk import Result
from .deadline import within
from .formula_size import check_size
from .formula_tree import Node, number
from .symbolic import SECONDS, computed, in_writing, numeric, symbol, sympy, to_sympy

_MOST_EQUATIONS = 8
_GRID = (*range(-1000, -20, 10), *(n / 8 for n in range(-160, 161)), *range(30, 1001, 10))
"""Points between which a change of sign is looked for; finer near zero."""
_SHOWN = 20

Solution = dict[Any, Any]


def solutions(trees: Sequence[Node], names: Sequence[str]) -> Result:
    """What makes every equation true. Raises ArgumentError for what is no equation, or too many."""
    if not trees:
        raise ArgumentError("there is no equation to solve; write one such as 2x + 3 = 11")
    if len(trees) > _MOST_EQUATIONS:
        raise ArgumentError(f"at most {_MOST_EQUATIONS} equations are solved together, not {len(trees)}")
    variables = sorted({name for tree in trees for name in tree.variables})
    if not variables:
        raise ArgumentError("there is no variable to solve for; write an equation such as 2x + 3 = 11")
    _check_together(trees)
    unknowns = list(names) or _unknowns(variables, len(trees))
    for name in unknowns:
        if name not in variables:
            raise ArgumentError(f"{name!r} is in none of the equations; they have {', '.join(variables)}")
    unequal = [tree for tree in trees if tree.is_relation and tree.op != "="]
    if unequal and len(unknowns) == 1:
        return computed("this inequality", lambda: _inequality(trees, unknowns[0]))
    if unequal:
        raise ArgumentError("inequalities are solved in one variable only")
    return computed("this equation", lambda: _equations(trees, unknowns))


def _unknowns(variables: list[str], equations: int) -> list[str]:
    if len(variables) <= equations:
        return variables
    usual = [name for name in ("x", "y", "z", "t", "n") if name in variables]
    return (usual + [name for name in variables if name not in usual])[:equations]


def _check_together(trees: Sequence[Node]) -> None:
    """Refuse systems in which one equation's number, put into the exponent of another, would be too large."""
    for tree in trees:
        check_size(tree)
    towers = [tree for tree in trees if any(node.op == "^" and node.args[1].variables for node in tree.walk())]
    numbers = [abs(node.value) for tree in trees for node in tree.walk() if node.value is not None]
    if len(trees) > 1 and towers:
        largest = number(max(numbers, default=1) + 1)
        for tree in towers:
            check_size(tree.replace(dict.fromkeys(tree.variables, largest)))


def _equations(trees: Sequence[Node], unknowns: list[str]) -> Result:
    equations = [_zero(tree) for tree in trees]
    symbols = [symbol(name, real=False) for name in unknowns]
    left = [equation for equation in equations if equation != 0]
    if not left:
        return Result(f"every {' and '.join(unknowns)} is a solution", None, "solutions")
    found = _preferred(_one(left[0], symbols[0]) if len(left) == len(symbols) == 1 else _system(left, symbols))
    if not found:
        return Result("no solution", [], "solutions")
    if len(found) == 1 and len(unknowns) == 1 and (value := found[0][symbols[0]]).is_number:
        return numeric(value)
    lines = [
        ", ".join(f"{name} = {_value(solution[key])}" for key, name in _named(solution, unknowns)) for solution in found
    ]
    shown = " or ".join(lines[:_SHOWN]) + (f" (and {len(lines) - _SHOWN} more)" if len(lines) > _SHOWN else "")
    return Result(shown, _data(found, unknowns), "solutions")


def _zero(tree: Node) -> Any:
    """An equation as an expression that is to be zero."""
    if not tree.is_relation:
        return to_sympy(tree, real=False)
    left, right = (to_sympy(side, real=False) for side in tree.args)
    return sympy().expand(left - right) if (left - right).is_polynomial() else left - right


def _system(equations: list[Any], symbols: list[Any]) -> list[Solution]:
    try:
        found: list[Solution] = sympy().solve(equations, symbols, dict=True)
    except NotImplementedError as error:
        raise ArgumentError("no way to solve this is known here") from error
    return found


def _one(equation: Any, unknown: Any) -> list[Solution]:
    """Solutions of one equation: exact, or in decimals where there is no formula or none is found soon."""
    package = sympy()
    try:
        values = within(SECONDS / 2, lambda: package.solve(equation, unknown), "this equation")
    except (NotImplementedError, WorkerError):
        values = _crossings(equation, unknown)
    if any(value.is_number and value.has(package.LambertW) for value in values):
        values = _crossings(equation, unknown)  # sympy gives only one branch
    exact = [value for value in values if not isinstance(value, package.CRootOf)]
    polynomials = dict.fromkeys(value.poly for value in values if isinstance(value, package.CRootOf))
    return [{unknown: value} for value in (*exact, *itertools.chain.from_iterable(map(_roots, polynomials)))]


def _roots(polynomial: Any) -> list[Any]:
    """All roots of a polynomial in decimals."""
    import numpy as np

    found = np.roots([float(coefficient) for coefficient in polynomial.all_coeffs()])
    return [sympy().sympify(float(root.real) if abs(root.imag) < 1e-10 else complex(root)) for root in found]


def _crossings(equation: Any, unknown: Any) -> list[Any]:
    """Real solutions where the sides cross between -1000 and 1000, when there is no formula for them."""
    package = sympy()
    if len(equation.free_symbols) != 1:
        raise ArgumentError("no way to solve this is known here")
    function = package.lambdify(unknown, equation, "math")

    def at(x: float) -> float:
        try:
            value = function(x)
            return float(value) if isinstance(value, (int, float)) else math.nan
        except (ValueError, ArithmeticError):
            return math.nan

    found = []
    for low, high in itertools.pairwise(_GRID):
        if at(low) == 0:
            found.append(low)
        elif at(low) * at(high) < 0 and (root := _crossing(at, low, high)) is not None:
            found.append(root)
    if not found:
        raise ArgumentError("no way to solve this is known here")
    return [package.Float(root) for root in found[:_SHOWN]]


def _crossing(at: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function goes through zero, by halving; None if it jumps there (a pole)."""
    rising, size = at(low) < 0, max(abs(at(low)), abs(at(high)))
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if (at(middle) < 0) == rising else (low, middle)
    return (low + high) / 2 if abs(at((low + high) / 2)) <= size else None


def _preferred(found: list[Solution]) -> list[Solution]:
    """The real solutions in order; the complex ones only where there are no real ones."""

    def is_real(value: Any) -> bool:
        if not value.is_number:
            return True
        return bool(value.is_real) or bool(abs(value.evalf(20, chop=True).as_real_imag()[1]) < 1e-12)

    real = [solution for solution in found if all(map(is_real, solution.values()))]
    kept = real or found
    if all(value.is_number for solution in kept for value in solution.values()):
        kept = sorted(kept, key=lambda solution: [_order(value) for value in solution.values()])
    return kept


def _order(value: Any) -> tuple[float, float]:
    real, imaginary = value.evalf(15, chop=True).as_real_imag()
    return float(real), float(imaginary)


def _named(solution: Solution, unknowns: list[str]) -> list[tuple[Any, str]]:
    return [(key, str(key)) for key in sorted(solution, key=lambda key: unknowns.index(str(key)))]


def _value(value: Any) -> str:
    """Exact if that is short, with its decimals: sqrt(2) ≈ 1.41421."""
    if not value.is_number:
        return in_writing(value)
    decimal = numeric(value).text
    if value.is_Rational or value.is_Float:
        exact = in_writing(value)
        return (
            exact
            if value.is_Rational and value.q <= 1000 and value.q not in (1, 2, 4, 5, 10, 20, 25, 50, 100)
            else decimal
        )
    exact = in_writing(value) if not value.has(sympy().CRootOf) else ""
    return f"{exact} ≈ {decimal}" if 0 < len(exact) <= 30 and exact != decimal else decimal


def _data(found: list[Solution], unknowns: list[str]) -> list[Any]:
    if len(unknowns) == 1 and all(len(solution) == 1 for solution in found):
        return [_plain(value) for solution in found for value in solution.values()]
    return [{str(key): _plain(value) for key, value in solution.items()} for solution in found]


def _plain(value: Any) -> Any:
    return numeric(value).data if value.is_number else in_writing(value)


def _inequality(trees: Sequence[Node], name: str) -> Result:
    package = sympy()
    x = symbol(name)
    whole = package.S.Reals
    for tree in trees:
        relation = to_sympy(tree)
        if relation in (package.true, package.false):
            part = package.S.Reals if relation == package.true else package.S.EmptySet
        elif tree.op == "=":
            part = package.solveset(relation, x, package.S.Reals)
        else:
            part = package.solve_univariate_inequality(relation, x, relational=False)
        whole = whole.intersect(part)
    text = _set_in_words(whole, name)
    return Result(text, text, "solutions")


def _set_in_words(values: Any, name: str) -> str:
    package = sympy()
    if values == package.S.EmptySet:
        return "no solution"
    if values == package.S.Reals:
        return f"every {name} is a solution"
    if isinstance(values, package.Union):
        return " or ".join(_set_in_words(part, name) for part in values.args)
    if isinstance(values, package.FiniteSet):
        return " or ".join(f"{name} = {_value(value)}" for value in sorted(values, key=_order))
    if not isinstance(values, package.Interval):
        raise ArgumentError("the solutions are no simple ranges")
    low, high = ("<" if values.left_open else "<="), ("<" if values.right_open else "<=")
    if values.end == package.oo:
        return f"{name} {low.replace('<', '>')} {_value(values.start)}"
    if values.start == -package.oo:
        return f"{name} {high} {_value(values.end)}"
    return f"{_value(values.start)} {low} {name} {high} {_value(values.end)}"
