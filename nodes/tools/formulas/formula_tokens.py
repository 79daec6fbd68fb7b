"""Cuts a sentence into the tokens of a formula, written in symbols or in words; whatever else it holds is `other`.

This is the white list of everything a formula may contain: a name that is not here never reaches sympy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..numbers.numerals import numeral_at

_PLAIN = """sin cos tan cot sec csc sinh cosh tanh exp ln log sqrt cbrt abs
floor ceil round sign gcd lcm max min factorial"""
FUNCTIONS = {
    **{name: name for name in _PLAIN.split()},
    **{long + name: "a" + name for name in ("sin", "cos", "tan") for long in ("a", "arc", "arc ")},
    **{"sine": "sin", "cosine": "cos", "tangent": "tan", "ceiling": "ceil", "logarithm": "log"},
}
NEEDS_BRACKETS = frozenset(("sec", "round", "floor", "ceil", "sign", "max", "min", "gcd", "lcm", "exp"))
"""Functions whose names are English words too, or that take several arguments: they count only before a bracket."""
SEVERAL_ARGUMENTS = frozenset(("max", "min", "gcd", "lcm", "log", "round"))
CONSTANTS = {"π": "pi", "inf": "infinity", "∞": "infinity"}
CONSTANTS |= {name: name for name in ("pi", "e", "i", "tau", "infinity")}
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "θ": "theta", "λ": "λ", "μ": "mu", "ρ": "rho",
    "σ": "sigma", "φ": "phi", "ω": "omega", "alpha": "alpha", "beta": "beta", "theta": "theta", "omega": "omega",
}  # fmt: skip
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = rf"([0-9]{{1,3}})(?:st|nd|rd|th)|({'|'.join(_ORDINALS)})"


@dataclass(frozen=True, slots=True)
class Token:
    """One token, at `text[start:end]`."""

    kind: str
    """number, name, constant, function, operator, postfix, relation, open, close, comma, bar, verb, word,
    possessive, differential (d/dx), ending (dx), integral, heading (f(x) =) or other."""
    start: int
    end: int
    value: Any = None
    gap: bool = False
    """True if white space stands before it."""


def ordinal(match: re.Match[str], first: int = 1) -> int:
    """The number that a match of "5th" or "fifth" means."""
    digits, word = match.group(first), match.group(first + 1)
    return int(digits) if digits else _ORDINALS.index(word.lower()) + 2


def ordinal_of(word: str) -> int:
    """The number that "2nd" or "second" means, 0 for any other word."""
    match = re.fullmatch(_ORDINAL, word, re.IGNORECASE)
    return ordinal(match) if match else 0


Value = Callable[[re.Match[str]], Any]


def _fixed(value: Any) -> Value:
    return lambda match: value


def _rule(pattern: str, kind: str, value: Any) -> tuple[re.Pattern[str], str, Value]:
    return re.compile(pattern, re.IGNORECASE), kind, value if callable(value) else _fixed(value)


_END = r"(?![A-Za-z_])"
_OPERAND = r"(?=\s+(?:[0-9(√]|[a-z]\b|minus\b|negative\b))"
_ROOT_OF = rf"(?:\s+of{_END})?"
_NAMES = "|".join(sorted(FUNCTIONS, key=len, reverse=True))


def _times_by(match: re.Match[str]) -> tuple[int, str]:
    """How often d^2/dx^2 differentiates, and by what."""
    return int((match.group(1) or "1").translate(_SUPERSCRIPT)), match.group(2)


def _base(match: re.Match[str]) -> tuple[str, int]:
    return "log", int(match.group(1))


def _function(match: re.Match[str]) -> str:
    return FUNCTIONS[match.group(1).lower()]


_BASE = r"(?:_|\s+(?:to\s+)?base\s+)\(?([0-9]{1,6})\)?"
_WORDED = [
    _rule(r"d(?:\^?([0-9²³])\s*[a-z]?|[a-z]?)\s*/\s*d\s?([a-z])(?:\^?[0-9²³])?(?![A-Za-z])", "differential", _times_by),
    _rule(r"∂[a-z]?\s*/\s*∂([a-z])(?![A-Za-z])", "differential", lambda m: (1, m.group(1))),
    _rule(r"d[xyztuvrs](?![A-Za-z0-9])", "ending", lambda m: m.group()[1]),
    _rule(r"[fgh]\s?\(([a-z])\)\s*=(?!=)", "heading", lambda m: m.group(1)),
    _rule(r"[fgh]['’]*\s?\([^()]{0,20}\)", "other", None),
    _rule(r"round(?:ed)?(?=\s+[-0-9(√a-z])", "verb", "round"),
    _rule(rf"(?:multiplied\s+(?:by|with)|times){_END}", "operator", "*"),
    _rule(rf"(?:divided\s+by|over){_END}", "operator", "/"),
    _rule(rf"plus{_END}", "operator", "+"),
    _rule(rf"(?:minus|negative){_END}", "operator", "-"),
    _rule(rf"modulo{_END}|mod{_END}", "operator", "mod"),
    _rule(rf"(?:raised\s+)?to\s+the\s+(?:{_ORDINAL})(?:\s+power)?{_END}", "postfix", lambda m: ("power", ordinal(m))),
    _rule(rf"(?:raised\s+)?to\s+the\s+power(?:\s+of)?{_END}|raised\s+to(?:\s+the)?{_END}", "operator", "^"),
    _rule(r"to\s+the(?=\s+(?:[a-z]|[0-9]+|minus|negative)\b)", "operator", "^"),
    _rule(rf"squared{_END}", "postfix", ("power", 2)),
    _rule(rf"cubed{_END}", "postfix", ("power", 3)),
    _rule(rf"what\s+(?:per\s?cent|percentage){_END}", "verb", "what percent"),
    _rule(rf"(?:is\s+what|as\s+a)\s+(?:per\s?cent|percentage)\s+of{_END}", "operator", "as percent of"),
    _rule(rf"(?:per\s?cent|pct){_END}", "postfix", "%"),
    _rule(rf"degrees?{_END}", "postfix", "degrees"),
    _rule(rf"radians?{_END}", "postfix", "radians"),
    _rule(rf"(?:is\s+)?equals?(?:\s+to)?{_END}", "relation", "="),
    _rule(rf"(?:is\s+)?(?:greater|more|larger)\s+than\s+or\s+equal\s+to{_END}", "relation", ">="),
    _rule(rf"(?:is\s+)?(?:less|smaller)\s+than\s+or\s+equal\s+to{_END}", "relation", "<="),
    _rule(rf"(?:is\s+)?(?:greater|more|larger)\s+than{_END}", "relation", ">"),
    _rule(rf"(?:is\s+)?(?:less|smaller)\s+than{_END}", "relation", "<"),
    _rule(rf"(?:positive\s+|principal\s+)?squared?\s+root{_ROOT_OF}", "function", "sqrt"),
    _rule(rf"cub(?:e|ed|ic)\s+root{_ROOT_OF}", "function", "cbrt"),
    _rule(rf"(?:{_ORDINAL})\s+root{_ROOT_OF}", "function", lambda m: ("root", ordinal(m))),
    _rule(rf"squared?(?:\s+of{_END}|{_OPERAND})", "function", ("power", 2)),
    _rule(rf"cubed?(?:\s+of{_END}|{_OPERAND})", "function", ("power", 3)),
    _rule(rf"absolute\s+value{_ROOT_OF}", "function", "abs"),
    _rule(rf"reciprocal{_ROOT_OF}", "function", "reciprocal"),
    _rule(rf"factorial\s+of{_END}", "function", "factorial"),
    _rule(rf"factorial(?=\s*[^\s(]|\s*$){_END}", "postfix", "!"),
    _rule(rf"natural\s+log(?:arithm)?{_ROOT_OF}", "function", "ln"),
    _rule(rf"log(?:arithm)?\s*{_BASE}{_ROOT_OF}", "function", _base),
    _rule(r"log(2|10)(?=[\s(])", "function", _base),
    _rule(rf"({_NAMES})(?:\s+of{_END}|{_END}|(?=[xyzt](?![A-Za-z])))", "function", _function),
    _rule(rf"(?:double|twice)(?:\s+of)?{_END}", "function", ("times", 2)),
    _rule(rf"triple(?:\s+of)?{_END}", "function", ("times", 3)),
    _rule(rf"halve{_END}", "function", "half"),
    _rule(rf"(?:sum|total)\s+of{_END}|add(?:ing)?(?:\s+up|\s+together)?{_END}", "verb", "sum"),
    _rule(rf"product\s+of{_END}|multiply(?:ing)?{_END}", "verb", "product"),
    _rule(rf"difference\s+(?:between|of){_END}", "verb", "difference"),
    _rule(rf"(?:quotient|ratio)\s+(?:of|between){_END}|divid(?:e|ing){_END}", "verb", "quotient"),
    _rule(rf"remainder\s+(?:of|when|when\s+dividing|after\s+dividing)(?:\s+you\s+divide)?{_END}", "verb", "remainder"),
    _rule(rf"subtract(?:ing)?{_END}", "verb", "subtract"),
    _rule(rf"increas(?:e|ing){_END}", "verb", "increase"),
    _rule(rf"(?:decreas|reduc)(?:e|ing){_END}", "verb", "decrease"),
    _rule(rf"rais(?:e|ing){_END}", "verb", "raise"),
    _rule(rf"golden\s+ratio{_END}", "constant", "golden"),
    _rule(rf"euler['’]s\s+number{_END}", "constant", "e"),
]  # fmt: skip
_SYMBOLS = [
    _rule(r"\*\*|\^", "operator", "^"),
    _rule(r"[*×·⋅∙✕]", "operator", "*"),
    _rule(r"!=|≠", "other", "≠"),
    _rule(r"[/÷⁄]", "operator", "/"),
    _rule(r"\+", "operator", "+"),
    _rule(r"->|→", "other", "→"),
    _rule(r"[-−–]", "operator", "-"),
    _rule(r"<=|≤|=<", "relation", "<="),
    _rule(r">=|≥", "relation", ">="),
    _rule(r"==?|＝", "relation", "="),
    _rule(r"<(?!-)", "relation", "<"),
    _rule(r">", "relation", ">"),
    _rule(r"!", "postfix", "!"),
    _rule(r"%(?=\s*[0-9(])", "operator", "mod"),
    _rule(r"%", "postfix", "%"),
    _rule(r"°", "postfix", "degrees"),
    _rule(r"[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", "postfix", lambda m: ("power", int(m.group().translate(_SUPERSCRIPT)))),
    _rule(r"√", "function", "√"),
    _rule(r"∛", "function", "∛"),
    _rule(r"∫", "integral", None),
    _rule(r"[(\[{]", "open", lambda m: m.group()),
    _rule(r"[)\]}]", "close", lambda m: m.group()),
    _rule(r",", "comma", None),
    _rule(r"\|", "bar", None),
    _rule(r"['’]s\b", "possessive", None),
]
_JUNK = re.compile(
    r"[A-Za-z_]\w*(?:[.@]\w*[A-Za-z_]\w*)+|\w*__\w*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"|[0-9]+(?:st|nd|rd|th)(?![A-Za-z])"
)
_VARIABLE = re.compile(r"[A-Za-z](?:_[0-9]{1,3}|[0-9]{1,3})(?![\w])|[A-Za-zα-ωπ∞](?![A-Za-z_])")
_RUN = re.compile(r"[xyz]{2,3}(?![A-Za-z_])|[xyzt](?=(?:sin|cos|tan|ln|log|exp|sqrt)[\s(xyzt]|e\^)")
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ž]+(?:['’][A-Za-zÀ-ÖØ-öø-ž]+)*")
_CURRENCY = re.compile(r"[$€£]\s?(?=[0-9])")
_TIMES = re.compile(r"[xX]\s*(?=[0-9])")


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, in order; white space only shows in `gap`."""
    tokens: list[Token] = []
    brackets: list[bool] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        gap = at > 0 and text[at - 1].isspace()
        lists = bool(brackets and brackets[-1])
        for token in _tokens_at(text, at, gap, lists, tokens):
            if token.kind == "open":
                called = tokens[-1].value if tokens and tokens[-1].kind == "function" else None
                brackets.append(called in SEVERAL_ARGUMENTS)
            elif token.kind == "close" and brackets:
                brackets.pop()
            tokens.append(token)
        at = max(at + 1, tokens[-1].end)
    return tokens


def _tokens_at(text: str, at: int, gap: bool, lists: bool, before: list[Token]) -> list[Token]:
    """The token at `at`; several for a run of variables such as xy."""
    previous = before[-1] if before else None
    if junk := _JUNK.match(text, at):
        return [Token("other", at, junk.end(), junk.group(), gap)]
    if previous is not None and previous.kind == "number" and (times := _TIMES.match(text, at)):
        after = at + 1 < times.end()
        if after == gap and not text[times.end() :].lstrip("0123456789.").startswith("^"):
            return [Token("operator", at, at + 1, "*", gap)]
    if run := _RUN.match(text, at):
        return [Token("name", at + n, at + n + 1, letter, gap and n == 0) for n, letter in enumerate(run.group())]
    letter = text[at].isalpha()
    rules = _WORDED if letter or text[at].isdecimal() or text[at] == "∂" else _SYMBOLS
    for pattern, kind, value in rules:
        if match := pattern.match(text, at):
            return [Token(kind, at, match.end(), value(match), gap)]
    money = _CURRENCY.match(text, at)
    if number := numeral_at(text, money.end() if money else at, lists=lists):
        return [Token("number", at, number.end, number.value, gap)]
    if letter:
        return [_name_at(text, at, gap)]
    return [Token("other", at, at + 1, text[at], gap)]


def _name_at(text: str, at: int, gap: bool) -> Token:
    word = _WORD.match(text, at)
    whole = word.group() if word else text[at]
    if len(whole) == 3 and whole[1:] in ("'s", "’s"):
        whole = whole[0]
    lower = whole.lower()
    if lower in GREEK:
        return Token("name", at, at + len(whole), GREEK[lower], gap)
    if whole in CONSTANTS or (len(whole) > 1 and lower in CONSTANTS):
        return Token("constant", at, at + len(whole), CONSTANTS[whole if whole in CONSTANTS else lower], gap)
    if (variable := _VARIABLE.match(text, at)) and (len(whole) == 1 or whole in CONSTANTS):
        name = variable.group().replace("_", "")
        return Token("name", at, variable.end(), name, gap)
    return Token("word", at, at + len(whole), lower, gap)


__all__ = ["FUNCTIONS", "NEEDS_BRACKETS", "SEVERAL_ARGUMENTS", "Token", "ordinal_of", "tokenize"]
