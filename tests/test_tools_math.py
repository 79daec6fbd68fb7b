"""The math tools: what they find in worded requests, what they answer, and what they refuse."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import octograph
from octograph.graphs.errors import ArgumentError, WorkerError
from octograph.graphs.signature import Clues
from octograph.graphs.walk import Call, Query, Result
from octograph.nodes.catalog import tools_of
from octograph.nodes.tool import Tool, ToolWorker
from octograph.nodes.tools import math as catalog
from octograph.nodes.tools.formulas import expressions
from octograph.nodes.tools.formulas.deadline import within
from octograph.nodes.tools.formulas.formula import parse
from octograph.nodes.tools.formulas.symbolic import in_writing, to_sympy
from octograph.nodes.tools.numbers import number_lists
from octograph.planners.octopus.arguments import fill

TOOLS = tools_of(catalog)
LIBRARY = Path(octograph.__file__).parent / "graphs" / "library"


async def answer(tool: Tool, request: str, inputs: tuple[Result, ...] = ()) -> Result:
    """What a tool answers to a request, its arguments filled as the Octopus fills them."""
    filled = fill(tool.signature, request, inputs)
    return await ToolWorker(tool).run(Call(0, None, "tool", Query(request, inputs), filled.arguments))


@pytest.mark.parametrize(
    ("request_", "expression"),
    [
        ("What is the derivative of x^3 at x = 2", "x^3"),
        ("What is the derivative of x^3 at x = 2, and how many feet is that many meters?", "x^3"),
        ("integrate sin(x)*x from 0 to pi", "sin(x)*x"),
        ("solve 2x + 3 = 11", "2x + 3 = 11"),
        ("what's 12 * (3+4)?", "12 * (3+4)"),
        ("how much is 15 percent of 240", "15 percent of 240"),
        ("d/dx of 3x^2 + 2x", "3x^2 + 2x"),
        ("simplify (x^2 - 1)/(x - 1)", "(x^2 - 1)/(x - 1)"),
        ("what is x squared plus 3 when x is 4", "x squared plus 3"),
        ("cube of 3", "cube of 3"),
        ("the square root of 144 please", "square root of 144"),
        ("WHAT IS 5 PLUS 7", "5 PLUS 7"),
        ("what is a third of 99", "a third of 99"),
        ("integral from 0 to 1 of x^2 dx", "x^2"),
        ("∫ x² dx", "x²"),
        ("√2 × 3 ÷ 4 − 1 =", "√2 × 3 ÷ 4 − 1"),
        ("lim (1+1/n)^n as n -> infinity", "(1+1/n)^n"),
        ("derivative of f(x) = x^3 - x", "x^3 - x"),
        ("What is 20% off 80?", "20% off 80"),
        ("what is two hundred and fifty divided by ten", "two hundred and fifty divided by ten"),
        ("calculate the sum of 3 and 4 times 2", "sum of 3 and 4 times 2"),
        ("what does 1,200 times 3 make", "1,200 times 3"),
        ("compute 12 x 7", "12 x 7"),
        ("take $80 minus 15%", "$80 minus 15%"),
        ("what is 12's square root", "12's square root"),
        ("evaluate log base 2 of 8 quickly", "log base 2 of 8"),
        ("the sine of 30 degrees", "sine of 30 degrees"),
        ("find 2 to the 10th power", "2 to the 10th power"),
        ("multiply 12 by 7", "multiply 12 by 7"),
        ("what percent of 80 is 20?", "what percent of 80 is 20"),
        ("I take them 12 times a day", "12"),
    ],
)
def test_the_expression_is_found_without_the_words_around_it(request_: str, expression: str) -> None:
    """Of a worded sentence exactly the mathematics is taken."""
    best = max(expressions.find_expressions(request_, Clues()), key=lambda mention: mention.score)
    assert best.value == request_[best.start : best.end] == expression


@pytest.mark.parametrize(
    "request_", ["", "   ", "hello there", "draw a bar chart of sales.csv", "a friend of mine", "?!"]
)
def test_no_expression_is_found_where_there_is_none(request_: str) -> None:
    """Ordinary words, also those of one letter, are no mathematics."""
    assert list(expressions.find_expressions(request_, Clues())) == []


@pytest.mark.parametrize(
    ("name", "request_", "arguments"),
    [
        ("math.differentiate", "What is the derivative of x^3 at x = 2", {"expression": "x^3", "at": "2"}),
        ("math.differentiate", "find the 3rd derivative of e^x at 0", {"expression": "e^x", "order": 3, "at": "0"}),
        ("math.differentiate", "differentiate x^4 twice", {"expression": "x^4", "order": 2}),
        ("math.differentiate", "d^2/dx^2 of x^3", {"expression": "x^3", "variable": "x", "order": 2}),
        (
            "math.differentiate",
            "partial derivative of x^2*y with respect to y at x=1 and y=2",
            {"expression": "x^2*y", "variable": "y", "at": "x=1 and y=2"},
        ),
        ("math.integrate", "integrate x^2 from x = 0 to x = 2", {"expression": "x^2", "lower": "0", "upper": "2"}),
        ("math.integrate", "area under cos(x) over [0, pi/2]", {"expression": "cos(x)", "lower": "0", "upper": "pi/2"}),
        ("math.integrate", "∫ t^2 dt", {"expression": "t^2", "variable": "t"}),
        ("math.solve", "solve x + y = 5 and x - y = 1", {"equations": ["x + y = 5", "x - y = 1"]}),
        ("math.solve", "what is x if 2x + 3 is 11", {"equations": ["2x + 3 is 11"]}),
        ("math.solve", "solve for x: a x = 9", {"equations": ["a x = 9"], "variables": ["x"]}),
        ("math.limit", "limit of sin(x)/x as x approaches 0", {"expression": "sin(x)/x", "point": "0"}),
        ("math.evaluate", "evaluate x^2 + y at x = 2, y = 3", {"expression": "x^2 + y", "at": "x = 2, y = 3"}),
        ("math.simplify", "Factor x^2+5x+6 please", {"expression": "x^2+5x+6", "form": "factored"}),
        ("math.statistics", "std dev of 2, 4 and 9", {"numbers": [2, 4, 9], "measures": ["standard deviation"]}),
        ("math.statistics", "average of $4 and -1/2", {"numbers": [4, -0.5], "measures": ["mean"]}),
        ("math.statistics", "sum of 1 to 4", {"numbers": [1, 2, 3, 4], "measures": ["sum"]}),
        ("math.divisors", "lcm of 4 and 6", {"numbers": [4, 6], "measure": "least common multiple"}),
        ("math.factorize", "is 97 prime?", {"number": 97}),
    ],
)
def test_arguments_are_filled_from_the_words_of_a_request(name: str, request_: str, arguments: dict[str, Any]) -> None:
    """Variable, point, bounds, order and form are told apart from the expression."""
    assert fill(TOOLS[name].signature, request_).arguments == arguments


@pytest.mark.parametrize(
    ("name", "request_", "text"),
    [
        ("math.evaluate", "15% of 80", "12"),
        ("math.evaluate", "what is 80 plus 15%", "92"),
        ("math.evaluate", "10 percent more than 50", "55"),
        ("math.evaluate", "what percentage is 20 of 80", "25%"),
        ("math.evaluate", "one half of 90", "45"),
        ("math.evaluate", "7 factorial", "5040"),
        ("math.evaluate", "3x^2 at x = 2", "12"),
        ("math.evaluate", "0.1 + 0.2", "0.3"),
        ("math.evaluate", "sqrt(2)", "1.41421"),
        ("math.evaluate", "square root of -4", "2i"),
        ("math.evaluate", "cube root of -8", "-2"),
        ("math.evaluate", "log(100)", "2"),
        ("math.evaluate", "ln e", "1"),
        ("math.evaluate", "2^100", "1267650600228229401496703205376"),
        ("math.evaluate", "2^1000", "1.07151e+301"),
        ("math.evaluate", "is 2 + 2 = 4", "yes"),
        ("math.evaluate", "17 mod 5", "2"),
        ("math.evaluate", "remainder of 17 divided by 5", "2"),
        ("math.evaluate", "round 3.14159 to 2 decimals", "3.14"),
        ("math.evaluate", "subtract 3 from 10", "7"),
        ("math.evaluate", "2x + 3x", "5x"),
        ("math.evaluate", "-2^2", "-4"),
        ("math.evaluate", "2^3^2", "512"),
        ("math.simplify", "expand (x + 1)^3", "x^3 + 3x^2 + 3x + 1"),
        ("math.simplify", "factor x^2 + 5x + 6", "(x + 2)(x + 3)"),
        ("math.simplify", "reduce the fraction 84/126", "2/3"),
        ("math.simplify", "simplify sin(x)^2 + cos(x)^2", "1"),
        ("math.differentiate", "derivative of x^3 at x = 2", "12"),
        ("math.differentiate", "derivative of x^3", "3x^2"),
        ("math.differentiate", "differentiate e^(2x)", "2e^(2x)"),
        ("math.differentiate", "differentiate y = ln(x)", "1/x"),
        ("math.integrate", "integrate x^2 from 0 to 3", "9"),
        ("math.integrate", "integral of 2x", "x^2 + C"),
        ("math.integrate", "integrate e^(-x) between 0 and infinity", "1"),
        ("math.limit", "limit of sin(x)/x as x approaches 0", "1"),
        ("math.limit", "lim (1+1/n)^n as n -> infinity", "2.71828"),
        ("math.solve", "solve 2x + 3 = 11", "4"),
        ("math.solve", "roots of x^2 - 5x + 6", "x = 2 or x = 3"),
        ("math.solve", "solve x + y = 5 and x - y = 1", "x = 3, y = 2"),
        ("math.solve", "solve x^2 < 4", "-2 < x < 2"),
        ("math.solve", "solve cos(x) = x", "0.739085"),
        ("math.solve", "solve x^5 - x - 1 = 0", "1.1673"),
        ("math.solve", "solve x^2 = -4", "x = -2i or x = 2i"),
        ("math.solve", "solve x = x + 1", "no solution"),
        ("math.solve", "solve x^2 = 2", "x = -sqrt(2) ≈ -1.41421 or x = sqrt(2) ≈ 1.41421"),
        ("math.statistics", "mean of 4, 8, 15, 16, 23 and 42", "18"),
        ("math.statistics", "mean and median of 5, 7 and 12", "mean: 8\nmedian: 7"),
        ("math.statistics", "sum of the numbers from 1 to 100", "5050"),
        ("math.factorize", "prime factors of 360", "360 = 2^3 × 3^2 × 5"),
        ("math.factorize", "is 97 prime", "97 is prime"),
        ("math.divisors", "greatest common divisor of 84, 126 and 210", "42"),
        ("math.divisors", "all divisors of 28", "1, 2, 4, 7, 14, 28"),
    ],
)
async def test_a_worded_request_is_answered(name: str, request_: str, text: str) -> None:
    """From the words of a request to the words of the answer."""
    assert (await answer(TOOLS[name], request_)).text == text


ATTACKS = [
    "__import__('os').system('echo hi')",
    "().__class__.__bases__[0]",
    "x.__class__",
    "lambda x: x",
    "os.system",
    "exec('1')",
    "eval(2)",
    "open('/etc/passwd')",
    "f(3)",
    "globals()",
    "[x for x in 3]",
    "1; import os",
    "Symbol('x')",
    "(1).real",
    "{1: 2}",
    "x := 3",
    "9**9**9**9",
    "10**10**8",
    "9!!!!",
    "x^9^9^9",
    "(x+y+z+w)^1000",
    "2^-100000000",
    "1e999^999",
    "exp(exp(exp(10)))",
    "10^10^10^10 mod 7",
    "(" * 200 + "1" + ")" * 200,
    "-" * 400 + "1",
    "9" * 400,
    "1+" * 2000 + "1",
    "",
    "?",
    "\x00",
    "1/0",
    "0^-1",
    "tan(90°)",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["math.evaluate", "math.simplify", "math.differentiate", "math.integrate"])
def test_hostile_and_broken_formulas_are_refused_with_a_message(name: str, attack: str) -> None:
    """Python code, towers of powers, nesting and nonsense end in an ArgumentError before anything is computed."""
    with pytest.raises(ArgumentError) as refused:
        TOOLS[name](attack)
    assert str(refused.value)


@pytest.mark.parametrize("attack", ATTACKS)
def test_finders_never_raise(attack: str) -> None:
    """Whatever a request holds, finding says only where the mathematics is."""
    for tool in TOOLS.values():
        fill(tool.signature, f"solve {attack} at x = {attack}")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("math.evaluate", {"expression": "x^x^x", "at": "9"}),
        ("math.evaluate", {"expression": "x^2", "at": "x = import os"}),
        ("math.differentiate", {"expression": "x^1000", "at": "10^300"}),
        ("math.differentiate", {"expression": "x^3", "variable": "2"}),
        ("math.differentiate", {"expression": "x^3", "order": 50}),
        ("math.differentiate", {"expression": "x^2 = 4"}),
        ("math.differentiate", {"expression": "1/x", "at": "0"}),
        ("math.integrate", {"expression": "x^2", "lower": "0"}),
        ("math.integrate", {"expression": "1/x", "lower": "-1", "upper": "1"}),
        ("math.limit", {"expression": "1/x", "point": "0"}),
        ("math.solve", {"equations": []}),
        ("math.solve", {"equations": ["5 = 5"]}),
        ("math.solve", {"equations": ["x = 1"] * 9}),
        ("math.solve", {"equations": ["x = 1"], "variables": ["z"]}),
        ("math.solve", {"equations": ["y = 9^9^x", "x = 9"]}),
        ("math.statistics", {"numbers": []}),
        ("math.statistics", {"numbers": [float("nan")]}),
        ("math.statistics", {"numbers": [1], "measures": ["variance"]}),
        ("math.statistics", {"numbers": [1, 2], "measures": ["meen"]}),
        ("math.factorize", {"number": 10**80}),
        ("math.divisors", {"numbers": [2.5, 5]}),
        ("math.divisors", {"numbers": [7]}),
        ("math.compare", {"results": [{"text": "12", "data": 12}]}),
        ("math.compare", {"results": []}),
    ],
)
def test_arguments_that_do_not_fit_are_refused(name: str, arguments: dict[str, Any]) -> None:
    """What can't be computed is refused with a reason, not with a traceback."""
    with pytest.raises(ArgumentError) as refused:
        TOOLS[name](**arguments)
    assert str(refused.value)


def test_a_result_too_long_to_read_is_refused() -> None:
    """A thousand terms are not written out."""
    with pytest.raises(ArgumentError, match="too many to write out"):
        TOOLS["math.simplify"]("(x+1)^400", "expanded")


def test_a_computation_that_does_not_end_is_stopped_in_its_thread() -> None:
    """The deadline raises inside the computation, and leaves no watching thread behind."""

    def forever() -> None:
        while True:
            try:
                sum(range(100))
            except Exception:  # what a library might do; the deadline must get through it
                continue

    with pytest.raises(WorkerError, match="counting took longer"):
        within(0.1, forever, "counting")
    assert within(0.1, lambda: 7, "counting") == 7
    time.sleep(0.2)
    assert not [thread for thread in threading.enumerate() if thread.name == "octograph-deadline"]


def test_an_integral_without_end_is_stopped() -> None:
    """An integral that sympy would search for hours ends with an error that says so."""
    with pytest.raises(WorkerError, match="took longer than"):
        TOOLS["math.integrate"]("sqrt(x^7+sin(x))*ln(x^3+cos(x))*e^(x^3)")


def distance(value: float, **data: Any) -> dict[str, Any]:
    return {"text": f"{value} km", "data": {"value": value, "unit": "km", **data}, "kind": "quantity"}


@pytest.mark.parametrize(
    ("results", "pick", "text"),
    [
        (
            [distance(1053, **{"from": "Paris", "to": "Madrid"}), distance(878, **{"from": "Paris", "to": "Berlin"})],
            "largest",
            "Madrid: 1053 km, against Berlin: 878 km",
        ),
        (
            [distance(1053, **{"from": "Madrid", "to": "Paris"}), distance(878, **{"from": "Berlin", "to": "Paris"})],
            "smallest",
            "Berlin: 878 km, against Madrid: 1053 km",
        ),
        (
            [distance(5, **{"from": "A", "to": "B"}), distance(7, **{"from": "C", "to": "D"})],
            "largest",
            "C to D: 7 km, against A to B: 5 km",
        ),
        (
            [distance(5, label="a"), {"text": "4 mi", "data": {"label": "b", "value": 4, "unit": "miles"}}],
            "largest",
            "b: 4 miles (6.43738 km), against a: 5 km",
        ),
        ([{"text": "12", "data": 12}, {"text": "7", "data": 7}], "smallest", "7, against 12"),
        ([{"text": "2 and 3", "data": [2, 3]}, {"text": "-1", "data": -1}], "largest", "3, against 2, -1"),
        ([distance(5, label="a"), distance(5, label="b")], "largest", "a: 5 km and b: 5 km are equal"),
        (
            [
                {"text": "", "data": {"label": "Rome", "value": 4, "unit": "people"}},
                {"text": "", "data": {"label": "Oslo", "value": 1, "unit": "people"}},
                {"text": "noise", "data": "noise"},
                {"text": "3 kg", "data": {"value": 3, "unit": "kg", "label": "cat"}},
            ],
            "largest",
            "Rome: 4 people, against Oslo: 1 people",
        ),
    ],
)
def test_measured_results_are_compared(results: list[dict[str, Any]], pick: Any, text: str) -> None:
    """The side that varies is the name, units are converted, ties are said, what is not measured is left out."""
    result = TOOLS["math.compare"](results, pick)
    assert result.text == text
    assert [row["label"] for row in result.data] == [
        row["label"] for row in result.data if row["unit"] == result.data[0]["unit"] or row["label"]
    ]


@pytest.mark.parametrize("word", ["further", "heaviest", "more", "bigger", "Longest", "the most"])
def test_words_for_the_largest(word: str) -> None:
    """Comparatives of every sort ask for the largest."""
    assert fill(TOOLS["math.compare"].signature, f"which is {word}").arguments["pick"] == "largest"


@pytest.mark.parametrize("word", ["closer", "cheapest", "less", "smaller", "nearest", "fewest"])
def test_words_for_the_smallest(word: str) -> None:
    """Comparatives of every sort ask for the smallest."""
    assert fill(TOOLS["math.compare"].signature, f"which is {word}").arguments["pick"] == "smallest"


EXAMPLES = [(name, example) for name, tool in TOOLS.items() for example in tool.examples if name != "math.compare"]
UNANSWERABLE = {"does 1/x have a limit as x approaches 0"}


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
async def test_every_example_of_a_tool_is_answered(name: str, example: str) -> None:
    """The requests a tool is chosen by are requests it can do."""
    if example in UNANSWERABLE:
        with pytest.raises(ArgumentError, match="there is no limit"):
            await answer(TOOLS[name], example)
    else:
        assert (await answer(TOOLS[name], example)).text


def test_every_tool_tells_what_it_is_for() -> None:
    """Each tool has a description and eight to twelve examples, none twice."""
    for tool in TOOLS.values():
        assert tool.description
        assert 8 <= len(set(tool.examples)) == len(tool.examples) <= 12


def test_the_graph_of_the_catalog_is_whole() -> None:
    """Every tool is a node of math.yaml, with examples of its own that are not the tool's."""
    graph = octograph.Graph.read(LIBRARY / "math.yaml")
    nodes = [node for node in graph.nodes.values() if not node.is_master]
    assert {node.tool for node in nodes} == set(TOOLS)
    for node in nodes:
        assert len(set(node.examples) - set(TOOLS[str(node.tool)].examples)) >= 3


polynomials = st.lists(st.integers(-9, 9), min_size=1, max_size=5)


def polynomial(coefficients: list[int]) -> str:
    return " + ".join(f"({coefficient})x^{power}" for power, coefficient in enumerate(coefficients))


@settings(max_examples=25, deadline=None)
@given(polynomials)
def test_the_derivative_of_an_integral_is_the_integrand(coefficients: list[int]) -> None:
    """Fundamental theorem, through the words of both results."""
    text = polynomial(coefficients)
    antiderivative = TOOLS["math.integrate"](text).text
    derivative = TOOLS["math.differentiate"](antiderivative).text
    assert (to_sympy(parse(derivative)) - to_sympy(parse(text))).expand() == 0


@settings(max_examples=60, deadline=None)
@given(polynomials, st.sampled_from(["{}", "sin({})", "e^({})", "ln({} + 100)", "({})/(x + 10)", "sqrt({})*y"]))
def test_what_is_written_is_read_back(coefficients: list[int], shape: str) -> None:
    """A formula in an answer means the same when the next request quotes it."""
    value = to_sympy(parse(shape.format(polynomial(coefficients))))
    assert (to_sympy(parse(in_writing(value))) - value).equals(0)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="xyeπ0123456789.,+-*/^()=% !√²|'“abcdefghilmnoprstu\n", max_size=60))
def test_spans_of_all_finders_match_the_text(text: str) -> None:
    """Every mention lies in the text, and an expression's value is the text at its span, read as a formula."""
    for mention in expressions.find_expressions(text, Clues()):
        assert mention.value == text[mention.start : mention.end]
        assert 0 < mention.score <= 1
    finders = [
        getattr(module, name)
        for module in (expressions, number_lists)
        for name in dir(module)
        if name.startswith("find_")
    ]
    for find in finders:
        for mention in find(text, Clues()):
            assert 0 <= mention.start < mention.end <= len(text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=8), st.sampled_from([", ", " ", " and ", "; ", " or "])
)
def test_lists_of_numbers_are_read_whole(numbers: list[int], separator: str) -> None:
    """However a list is separated, its numbers and their signs come back."""
    [mention] = number_lists.find_number_lists("median of " + separator.join(map(str, numbers)) + "?", Clues())
    assert mention.value == numbers
