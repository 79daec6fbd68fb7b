"""Formulas as sympy objects and back as people write them (3x^2 rather than 3*x**2).

The only way in is the checked tree of `formula`; every computation is bounded in size and in time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from ....graphs.errors import ArgumentError, MissingExtra
from ....graphs.walk import Result
from ...rendering import number as in_figures
from .deadline import within
from .formula_size import check_size
from .formula_tree import Node

SECONDS = 5.0
"""Longest computation of one tool call."""
_MOST_DIGITS = 200
_LONGEST = 4000
_BESIDE = re.compile(r"(?<![\w.^/)])(\d+)\*(?=[A-Za-z(])")

T = TypeVar("T")


def computed(what: str, compute: Callable[[], T]) -> T:
    """The value of a sympy computation, bounded in time. Raises ArgumentError where sympy finds it impossible."""
    sympy()
    try:
        return within(SECONDS, compute, what)
    except (
        ArithmeticError,
        ValueError,
        TypeError,
        NotImplementedError,
        RecursionError,
        MemoryError,
        AttributeError,
    ) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise ArgumentError(f"{what} has no answer that can be computed ({reason})") from error


def sympy() -> Any:
    """The sympy package. Raises MissingExtra where it is not installed."""
    try:
        import sympy as package  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtra("mathematics", "tools", "sympy") from error
    return package


def symbol(name: str, real: bool = True) -> Any:
    """The variable `name`; real unless solutions may be complex."""
    return sympy().Symbol(name, real=True) if real else sympy().Symbol(name)


def to_sympy(tree: Node, *, real: bool = True, decimal_log: bool = False) -> Any:
    """`tree` as a sympy object. Raises ArgumentError if it is too large.

    A `log` without a base is the natural one, with `decimal_log` the one to base 10 (as on a calculator).
    """
    check_size(tree)
    built = _built(tree, real, decimal_log)
    if built.has(sympy().zoo, sympy().nan):
        raise ArgumentError("this formula has no value: there is a division by zero in it")
    return built


def _built(node: Node, real: bool, decimal_log: bool) -> Any:
    package = sympy()
    if node.value is not None:
        return package.Rational(node.value.numerator, node.value.denominator)
    if node.op == "name":
        return symbol(node.name, real)
    if node.op == "constant":
        constants = {"pi": package.pi, "e": package.E, "i": package.I, "infinity": package.oo}
        return constants.get(node.name, 2 * package.pi if node.name == "tau" else package.GoldenRatio)
    values = [_built(argument, real, decimal_log) for argument in node.args]
    if node.op == "log" and len(values) == 1 and decimal_log:
        values.append(package.Integer(10))
    return _operation(node.op)(*values)


def _operation(op: str) -> Callable[..., Any]:
    package = sympy()
    own: dict[str, Callable[..., Any]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": _quotient,
        "^": lambda a, b: a**b,
        "negative": lambda a: -a,
        "mod": lambda a, b: package.Mod(a, _not_zero(b)),
        "percent": lambda a: a / 100,
        "percentage": lambda a, b: 100 * a / _not_zero(b),
        "degrees": lambda a: a * package.pi / 180,
        "ln": package.log,
        "log": lambda a, base=package.E: package.log(a) if base == package.E else package.log(a, base),
        "cbrt": lambda a: _root(a, 3),
        "root": _root,
        "abs": package.Abs,
        "ceil": package.ceiling,
        "max": package.Max,
        "min": package.Min,
        "round": _rounded,
        "gcd": lambda *values: package.gcd(_whole("gcd", values)),
        "lcm": lambda *values: package.lcm(_whole("lcm", values)),
        "factorial": _factorial,
        "=": package.Eq,
        "<": package.Lt,
        ">": package.Gt,
        "<=": package.Le,
        ">=": package.Ge,
    }
    function: Callable[..., Any] = own[op] if op in own else getattr(package, op)
    return function


def _quotient(a: Any, b: Any) -> Any:
    return a / _not_zero(b)


def _not_zero(value: Any) -> Any:
    if value.is_zero:
        raise ArgumentError("division by zero has no value")
    return value


def _root(value: Any, degree: Any) -> Any:
    package = sympy()
    return package.real_root(value, degree) if value.is_number and degree % 2 else package.root(value, degree)


def _rounded(value: Any, places: Any = 0) -> Any:
    """Rounded half up, as on paper."""
    package = sympy()
    if not value.is_number or places != int(places) or abs(int(places)) > 50:
        raise ArgumentError("only a number can be rounded, to a whole number of places up to 50")
    scale = package.Integer(10) ** int(places)
    return package.sign(value) * package.floor(abs(value) * scale + package.Rational(1, 2)) / scale


def _whole(what: str, values: tuple[Any, ...]) -> list[Any]:
    if not all(value.is_Integer for value in values):
        raise ArgumentError(f"{what} is for whole numbers only")
    return list(values)


def _factorial(value: Any) -> Any:
    if value.is_number and not (value.is_integer and value.is_nonnegative):
        raise ArgumentError("a factorial is for whole numbers from 0 on only")
    return sympy().factorial(value)


def numeric(expression: Any, unit: str = "") -> Result:
    """The Result of a number: an integer exactly, anything else as a decimal. Raises ArgumentError where undefined."""
    package = sympy()
    expression = package.sympify(expression)
    if expression.has(package.zoo, package.nan) or isinstance(expression, package.AccumBounds):
        raise ArgumentError("the result is undefined (a division by zero, or a value with no limit)")
    if expression in (package.oo, -package.oo):
        return Result("infinity" if expression == package.oo else "-infinity", None, "number")
    if expression.is_Integer:
        whole = int(expression)
        if abs(whole) >= 10**_MOST_DIGITS:
            return Result(_scientific(expression) + unit, _finite(float(expression)), "number")
        return Result(str(whole) + unit, whole, "number")
    real, imaginary = (_figure(part) for part in expression.evalf(20, chop=True).as_real_imag())
    if imaginary != 0:
        return Result(_complex(real, imaginary), {"real": real, "imaginary": imaginary}, "number")
    if abs(real) == float("inf"):
        return Result(_scientific(expression) + unit, None, "number")
    return Result(in_figures(real) + unit, int(real) if real.is_integer() and abs(real) < 2**53 else real, "number")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _figure(part: Any) -> float:
    value = float(part)
    return 0.0 if abs(value) < 1e-18 else value


def _scientific(expression: Any) -> str:
    mantissa, _, exponent = str(expression.evalf(6)).partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{exponent}" if exponent else mantissa


def _complex(real: float, imaginary: float) -> str:
    size = "" if abs(imaginary) == 1 else in_figures(abs(imaginary))
    if real == 0:
        return f"{'-' if imaginary < 0 else ''}{size}i"
    return f"{in_figures(real)} {'-' if imaginary < 0 else '+'} {size}i"


def in_writing(expression: Any) -> str:
    """A sympy expression as people write it, in a form that `formula` reads back: 3x^2, ln(x), e^(2x)."""
    text = _BESIDE.sub(r"\1", _printer().doprint(expression).replace("**", "^")).replace(")*(", ")(")
    if len(text) > _LONGEST:
        raise ArgumentError(f"the result has {len(text)} characters, too many to write out")
    return text


def _printer() -> Any:
    from sympy.printing.str import StrPrinter  # type: ignore[import-untyped]

    class Writing(StrPrinter):  # type: ignore[misc]  # sympy's printers are untyped
        def _print_log(self, expression: Any) -> str:
            return f"ln({self._print(expression.args[0])})"

        def _print_exp(self, expression: Any) -> str:
            power = self._print(expression.args[0])
            return f"e^{power}" if re.fullmatch(r"\w+", power) else f"e^({power})"

        def _print_Function(self, expression: Any) -> str:  # noqa: N802  # sympy looks methods up by class name
            name = expression.func.__name__
            shown = {"Abs": "abs", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "ceiling": "ceil"}.get(
                name, name
            )
            return f"{shown}({self.stringify(expression.args, ', ')})"

        _print_Abs = _print_Function  # noqa: N815

        def _print_Exp1(self, expression: Any) -> str:  # noqa: N802
            return "e"

        def _print_ImaginaryUnit(self, expression: Any) -> str:  # noqa: N802
            return "i"

        def _print_Infinity(self, expression: Any) -> str:  # noqa: N802
            return "infinity"

        def _print_NegativeInfinity(self, expression: Any) -> str:  # noqa: N802
            return "-infinity"

    return Writing()
