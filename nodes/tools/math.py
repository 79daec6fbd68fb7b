"""The `math` catalog: exact arithmetic, algebra, calculus, numbers and comparisons."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ...graphs.signature import Kind
from ...graphs.walk import Result
from ..tool import tool
from .formulas import algebra, number_theory
from .formulas.expressions import (
    find_equations,
    find_expressions,
    find_forms,
    find_functions,
    find_lower_bounds,
    find_orders,
    find_points,
    find_rewritables,
    find_upper_bounds,
    find_variables,
)
from .measures.comparison import entries_of, find_picks, ranked
from .numbers.number_lists import find_integers, find_measures, find_number_lists
from .numbers.statistic import measured

Expression = Annotated[str, Kind("expression", find=find_expressions), "a formula such as 3x^2 + 2x"]
Function = Annotated[str, Kind("expression", find=find_functions), "a function such as x^3"]
Equations = Annotated[list[str], Kind("equation", find=find_equations), "equations such as 2x + 3 = 11"]
Variable = Annotated[str, Kind("variable", find=find_variables)]
Point = Annotated[str, Kind("point", find=find_points), "a value such as 2, or x = 1 and y = 2"]
Numbers = Annotated[list[float], Kind("numbers", find=find_number_lists), "a list of numbers such as 4, 8, 15"]
Whole = Annotated[int, Kind("integer", find=find_integers), "a whole number"]
Number = Annotated[Result, Kind("number")]
Formula = Annotated[Result, Kind("expression")]


@tool(
    "math.evaluate",
    examples=[
        "what's 12 * (3+4)?",
        "how much is 15 percent of 240",
        "square root of 144",
        "12 times 7 plus 3",
        "calculate 2**8 + 1",
        "7 factorial",
        "what is one half of 90",
        "sin(30 degrees) + cos(0)",
        "evaluate 3x^2 + 1 at x = 5",
        "20% off 80",
        "what percent of 80 is 20",
        "double 36",
    ],
)
def evaluate(expression: Expression, at: Point | None = None) -> Number:
    """Calculates the value of an expression: arithmetic, percentages, roots, powers, factorials, trigonometry.

    `log` without a base is to base 10, as on a calculator; `ln` is natural. `at` gives values to variables.
    """
    return algebra.evaluated(expression, at)


@tool(
    "math.simplify",
    examples=[
        "simplify (x^2 - 1)/(x - 1)",
        "expand (x + 1)^3",
        "factor x^2 + 5x + 6",
        "multiply out (a + b)(a - b)",
        "reduce the fraction 84/126",
        "write sin(x)^2 + cos(x)^2 more simply",
        "factorise 2x^2 - 8",
        "collect the terms of 3x + 2y - x + y",
        "what is sqrt(50) in simplest form",
    ],
)
def simplify(
    expression: Annotated[str, Kind("expression", find=find_rewritables), "a formula such as (x + 1)^2"],
    form: Annotated[Literal["simplest", "expanded", "factored"], Kind("choice", find=find_forms)] = "simplest",
) -> Formula:
    """Rewrites a formula: simplified, expanded (multiplied out) or factored; fractions and roots stay exact."""
    return algebra.reshaped(expression, form)


@tool(
    "math.differentiate",
    examples=[
        "what is the derivative of x^3 at x = 2",
        "differentiate sin(x) * e^x",
        "d/dx of 3x^2 + 2x",
        "second derivative of x^4",
        "slope of x^2 at 3",
        "find f'(x) for f(x) = ln(x)",
        "partial derivative of x^2 y with respect to y",
        "rate of change of t^2 + 1 at t = 4",
        "gradient of the tangent to x^3 - x when x is 1",
    ],
)
def differentiate(
    expression: Function,
    variable: Variable | None = None,
    order: Annotated[int, Kind("order", find=find_orders)] = 1,
    at: Point | None = None,
) -> Result:
    """Finds the derivative of a function (its slope, its rate of change), as a formula or as its value at a point."""
    return algebra.derivative(expression, variable, order, at)


@tool(
    "math.integrate",
    examples=[
        "integrate x^2 from 0 to 2",
        "what is the integral of sin(x)*x",
        "area under x^2 between 0 and 3",
        "antiderivative of 3x^2 + 1",
        "∫ e^x dx",
        "integral from 0 to pi of sin x dx",
        "find the indefinite integral of 1/x",
        "integrate t^2 with respect to t",
        "compute the definite integral of cos(x) over [0, pi/2]",
    ],
)
def integrate(
    expression: Function,
    variable: Variable | None = None,
    lower: Annotated[str, Kind("lower bound", find=find_lower_bounds)] | None = None,
    upper: Annotated[str, Kind("upper bound", find=find_upper_bounds)] | None = None,
) -> Result:
    """Integrates a function: its antiderivative, or between two bounds the area under it."""
    return algebra.integral(expression, variable, lower, upper)


@tool(
    "math.limit",
    examples=[
        "limit of sin(x)/x as x approaches 0",
        "what does (1 + 1/n)^n tend to as n goes to infinity",
        "lim x -> 2 of (x^2 - 4)/(x - 2)",
        "limit of 1/x as x tends to infinity",
        "what is the limit of (e^x - 1)/x when x -> 0",
        "find lim (3x + 1)/x as x goes to infinity",
        "does 1/x have a limit as x approaches 0",
        "where does x e^(-x) go as x approaches infinity",
    ],
)
def limit(expression: Function, point: Point, variable: Variable | None = None) -> Number:
    """Finds the limit that an expression approaches as its variable approaches a point or infinity."""
    return algebra.limit(expression, variable, point)


@tool(
    "math.solve",
    examples=[
        "solve 2x + 3 = 11",
        "find the roots of x^2 - 5x + 6",
        "what is x if 3x - 4 = 11",
        "solve x + y = 5 and x - y = 1",
        "for which x is x^2 = 16",
        "x squared equals 49",
        "solve the inequality x^2 < 4",
        "zeros of x^3 - x",
        "solve a x + b = 0 for x",
        "2 to the x = 32, what is x",
    ],
)
def solve(
    equations: Equations, variables: Annotated[list[str], Kind("variable", find=find_variables)] | None = None
) -> Result:
    """Solves an equation, a system of equations or an inequality for its unknowns; finds roots and zeros.

    Complex solutions are given only where there are no real ones.
    """
    return algebra.solved(equations, variables)


@tool(
    "math.statistics",
    examples=[
        "mean of 4, 8, 15, 16, 23 and 42",
        "what's the median of 3, 1, 2",
        "average of 10 20 30",
        "standard deviation of 2, 4, 4, 4, 5, 5, 7, 9",
        "sum of the numbers from 1 to 100",
        "largest of 3, 17 and 12",
        "mean and median of 5, 7 and 12",
        "variance of [1, 2, 3, 4]",
        "most common number in 1, 2, 2, 3",
        "describe the numbers 5, 9, 12, 30",
    ],
)
def statistics(
    numbers: Numbers,
    measures: Annotated[list[str], Kind("measure", find=find_measures)] | None = None,
) -> Number:
    """Measures a list of numbers: mean, median, mode, sum, minimum, maximum, range, standard deviation, variance.

    Standard deviation and variance are those of a sample, unless "population" is said.
    """
    return measured(numbers, measures)


@tool(
    "math.factorize",
    examples=[
        "prime factors of 360",
        "factorize 1001",
        "is 97 a prime number?",
        "what is the prime factorization of 84",
        "is 221 prime or composite",
        "which primes divide 1234",
        "break 5040 down into primes",
        "check whether 7919 is prime",
    ],
)
def factorize(number: Whole) -> Result:
    """Splits a whole number into its prime factors, which also tells whether it is prime."""
    return number_theory.factors(number)


@tool(
    "math.divisors",
    examples=[
        "greatest common divisor of 12 and 18",
        "gcd of 84, 126 and 210",
        "least common multiple of 4 and 6",
        "lcm of 3, 5 and 7",
        "highest common factor of 48 and 36",
        "smallest number divisible by 6 and 8",
        "hcf of 27 and 45",
        "lowest common denominator of 4 and 10",
        "all divisors of 28",
    ],
)
def divisors(
    numbers: Numbers,
    measure: Annotated[
        Literal["greatest common divisor", "least common multiple", "divisors"],
        Kind("choice", find=number_theory.find_measures),
    ] = "greatest common divisor",
) -> Number:
    """Finds the greatest common divisor (gcd, hcf) or least common multiple (lcm) of whole numbers, or all divisors."""
    return number_theory.common(numbers, measure)


@tool(
    "math.compare",
    examples=[
        "which of the two is larger",
        "which is further",
        "which one is the smallest",
        "compare the results",
        "which city is closer",
        "which of these is bigger",
        "rank them from largest to smallest",
        "which has the most",
        "pick the greater one",
    ],
)
def compare(
    results: Annotated[list[dict[str, Any]], Kind("results")],
    pick: Annotated[Literal["largest", "smallest"], Kind("choice", find=find_picks)] = "largest",
) -> Annotated[Result, Kind("ranking")]:
    """Compares measured results of earlier steps (distances, amounts, numbers): tells the largest or the smallest."""
    return ranked(entries_of(results), pick)
