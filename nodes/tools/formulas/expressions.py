"""Finds mathematics in a worded request: the expression itself, and apart from it the variable, point, bounds, order.

A sentence is read once and remembered, so that the parameters of one call never quarrel over the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from ....graphs.signature import Clues, Mention
from .formula import parse_from
from .formula_tokens import Token, ordinal_of, tokenize
from .formula_tree import Node

_LONGEST = 2000
"""Characters of a request that are searched."""
_POINT_CUES = frozenset(("at", "when", "where", "for", "if", "with", "given", "using", "let", "and", "setting"))
_BOUND_CUES = frozenset(("from", "between", "over", "on"))
_APPROACHING = frozenset(("approaches", "approaching", "tends", "tending", "goes", "going", "to", "→"))
_LINKS = frozenset(("and", "to"))


@dataclass(frozen=True, slots=True)
class Found:
    """A formula found between two places of the text."""

    start: int
    end: int
    tree: Node

    @property
    def score(self) -> float:
        """How likely it is what is asked about: a lone number or letter is less likely than a whole formula."""
        if self.tree.args:
            return 1.0
        return 0.4 if self.tree.op == "name" else 0.5


@dataclass(slots=True)
class Reading:
    """What a request says in mathematics."""

    formulas: list[Found] = field(default_factory=list)
    points: list[tuple[int, int, str, Found]] = field(default_factory=list)
    """Start and end of the whole "x = 2", the variable (empty if not said), and the value."""
    bounds: list[tuple[Found, Found]] = field(default_factory=list)
    variables: list[tuple[int, int, str]] = field(default_factory=list)
    order: tuple[int, int, int] | None = None


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """What `text` says in mathematics."""
    reader = _Reader(text[:_LONGEST])
    reader.run()
    return reader.found


class _Reader:
    """Goes over the tokens once, taking at each place the most specific thing that can be read there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.found = Reading()
        self.at = 0

    def run(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if not (self._operator(token) or self._context(token) or self._formula()):
                self.at += 1

    def _token(self, offset: int) -> Token | None:
        index = self.at + offset
        return self.tokens[index] if index < len(self.tokens) else None

    def _words(self, *words: str) -> bool:
        """Whether exactly these words come next."""
        tokens = [self._token(offset) for offset in range(len(words))]
        return all(
            token is not None and token.kind == "word" and token.value == word
            for token, word in zip(tokens, words, strict=True)
        )

    def _parsed(self, index: int) -> tuple[Found, int] | None:
        parsed = parse_from(self.tokens, index)
        if parsed is None:
            return None
        tree, end = parsed
        return Found(self.tokens[index].start, self.tokens[end - 1].end, tree), end

    # operators of calculus

    def _operator(self, token: Token) -> bool:
        if token.kind == "differential":
            order, variable = token.value
            at = self.text.rindex(variable, token.start, token.end)
            self.found.variables.append((at, at + 1, variable))
            if order > 1:
                self.found.order = (token.start, token.start + 1, order)
        elif token.kind in ("ending", "heading"):
            self.found.variables.append((token.start, token.end, token.value))
        elif token.kind == "word" and token.value in ("twice", "thrice") and self._calculus():
            self.found.order = (token.start, token.end, 2 if token.value == "twice" else 3)
        elif token.kind in ("word", "other") and (order := ordinal_of(str(token.value))) and self._derivative_next():
            self.found.order = (token.start, token.end, order)
        else:
            return False
        self.at += 1
        return True

    def _calculus(self) -> bool:
        return "differentiat" in self.text.lower() or "deriv" in self.text.lower()

    def _derivative_next(self) -> bool:
        following = [self._token(1), self._token(2)]
        return any(token is not None and str(token.value).startswith("deriv") for token in following)

    # words around a formula

    def _context(self, token: Token) -> bool:
        if (
            token.kind == "function"
            and token.value == ("times", 2)
            and self._calculus()
            and self.text[token.start : token.end].lower() == "twice"
        ):
            self.found.order = (token.start, token.end, 2)
            self.at += 1
            return True
        if token.kind == "comma":
            return self._point(token)
        if self._approach(token):
            return True
        if token.kind == "operator" and self.text[token.start : token.end].lower() == "over":
            return self._bounds()
        if token.kind != "word":
            return False
        if self._variable(token):
            return True
        if token.value in _BOUND_CUES and self._bounds():
            return True
        return token.value in _POINT_CUES and self._point(token)

    def _variable(self, token: Token) -> bool:
        """with respect to x, wrt x, in terms of x, for x (and y)."""
        cues = (
            ("with", "respect", "to"),
            ("with", "regard", "to"),
            ("in", "terms", "of"),
            ("wrt",),
            ("for",),
            ("find",),
        )
        cue = next((cue for cue in cues if self._words(*cue)), None)
        if cue is None:
            return False
        index, names = self.at + len(cue), []
        while index < len(self.tokens) and self.tokens[index].kind in ("name", "constant"):
            after = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            if after is not None and (
                after.kind in ("relation", "operator", "postfix") or (after.kind == "word" and after.value == "is")
            ):
                break
            names.append(self.tokens[index])
            index += 1
            if index < len(self.tokens) and (self.tokens[index].kind == "comma" or self.tokens[index].value == "and"):
                index += 1
            else:
                break
        if not names:
            return False
        self.found.variables.extend((name.start, name.end, self.text[name.start : name.end]) for name in names)
        self.at = self.tokens.index(names[-1]) + 1
        return True

    def _approach(self, token: Token) -> bool:
        """as x approaches 0, when x -> 0, n goes to infinity."""
        name_at = self.at + (token.kind == "word" and token.value in ("as", "when"))
        index = name_at + 1
        if name_at >= len(self.tokens) or self.tokens[name_at].kind != "name":
            return False
        while index < len(self.tokens) and self.tokens[index].value in _APPROACHING:
            index += 1
        arrow = self.text[self.tokens[name_at].end : self.tokens[index].start] if index < len(self.tokens) else ""
        if not arrow.strip() or arrow.strip() == "to" or (parsed := self._parsed(index)) is None:
            return False
        value, end = parsed
        name = self.tokens[name_at]
        self.found.points.append((name.start, value.end, str(name.value), value))
        self.at = end
        return True

    def _bounds(self) -> bool:
        """from 0 to 2, between 0 and pi, on [0, 1]."""
        index = self.at + 1
        while index < len(self.tokens) and self.tokens[index].value in ("the", "interval"):
            index += 1
        bracket = index < len(self.tokens) and self.tokens[index].kind == "open"
        lower = self._bound(index + bracket)
        if lower is None or lower[1] >= len(self.tokens):
            return False
        link = self.tokens[lower[1]]
        if not (link.kind == "comma" if bracket else link.kind == "word" and link.value in _LINKS):
            return False
        upper = self._bound(lower[1] + 1)
        if upper is None:
            return False
        self.found.bounds.append((lower[0], upper[0]))
        self.at = upper[1]
        return True

    def _bound(self, index: int) -> tuple[Found, int] | None:
        """A formula, or the right side of "x = 0"."""
        parsed = self._parsed(index)
        if parsed is not None and parsed[0].tree.op == "=" and parsed[0].tree.args[0].op == "name":
            return self._parsed(index + 2)
        return parsed

    def _point(self, token: Token) -> bool:
        """at x = 2, when x is 2, for x=1 and y=2, at 3."""
        follows_point = bool(self.found.points) and self.found.points[-1][1] >= self.tokens[self.at - 1].end
        if (token.kind == "comma" or token.value == "and") and not follows_point:
            return False
        name, link = self._token(1), self._token(2)
        if (
            name is not None
            and name.kind == "word"
            and name.value == "the"
            and self._words(str(token.value), "the", "point")
        ):
            self.at += 2
            return self._point(token)
        if name is not None and name.kind == "name" and link is not None and link.value in ("=", "is"):
            parsed = self._parsed(self.at + 3)
            if parsed is not None:
                value, self.at = parsed
                self.found.points.append((name.start, value.end, str(name.value), value))
                return True
        if token.value in ("at", "for") and (parsed := self._parsed(self.at + 1)) and not parsed[0].tree.variables:
            value, self.at = parsed
            self.found.points.append((value.start, value.end, "", value))
            return True
        return False

    # the formula itself

    def _formula(self) -> bool:
        token = self.tokens[self.at]
        if token.kind == "word":
            return False
        parsed = self._parsed(self.at)
        if parsed is None:
            return False
        found, end = parsed
        alone = found.tree.op in ("name", "constant") and end == self.at + 1
        if not (alone and self.text[found.start : found.end] in ("a", "A", "I", "i")):
            self.found.formulas.append(found)
        self.at = end
        return True


_SIMPLY = re.compile(r"simpl|reduce|factor|expand|multipl\w+ out|exact|fraction|form\b|rationali|lowest", re.IGNORECASE)
_CALCULUS = re.compile(r"deriv|differenti|integr|slope|limit", re.IGNORECASE)
_FORMS = re.compile(
    r"\b(?:(?P<factored>factor(?:i[sz]e)?[sd]?|factori[sz]ation|factoring)|"
    r"(?P<expanded>expand(?:ed|ing|sion)?|multipl(?:y|ied|ying)\s+out|distribute)|(?P<simplest>simpl\w+|reduce\w*))\b",
    re.IGNORECASE,
)


# finders, one for each kind of parameter


def find_expressions(text: str, clues: Clues) -> Iterable[Mention]:
    """The expressions of a request, without the words around them."""
    return [
        Mention(found.start, found.end, text[found.start : found.end], found.score) for found in read(text).formulas
    ]


def find_rewritables(text: str, clues: Clues) -> Iterable[Mention]:
    """Expressions to rewrite: with a variable, or a number where the request says in which form."""
    mentions = list(find_expressions(text, clues))
    formulas = [found for found in read(text).formulas if found.tree.variables]
    return mentions if formulas or _SIMPLY.search(text) else []


def find_functions(text: str, clues: Clues) -> Iterable[Mention]:
    """Expressions that have a variable; constants only where the request has nothing else and speaks of calculus."""
    mentions = list(find_expressions(text, clues))
    functions = {(found.start, found.end) for found in read(text).formulas if found.tree.variables}
    kept = [mention for mention in mentions if (mention.start, mention.end) in functions]
    return kept or (mentions if _CALCULUS.search(text) else [])


def find_equations(text: str, clues: Clues) -> Iterable[Mention]:
    """Equations to solve, or expressions with a variable if there is no equation; "where x = 2" is one more."""
    reading = read(text)
    relations = [found for found in reading.formulas if found.tree.is_relation]
    whole = relations or [found for found in reading.formulas if found.tree.args and found.tree.variables]
    mentions = [Mention(found.start, found.end, text[found.start : found.end]) for found in whole]
    if relations:
        points = (point for point in reading.points if point[2])
        mentions += [
            Mention(start, end, f"{name} = {text[value.start : value.end]}", 0.9) for start, end, name, value in points
        ]
    return sorted(mentions, key=lambda mention: mention.start)


def find_forms(text: str, clues: Clues) -> Iterable[Mention]:
    """Whether a formula is to be simplified, expanded or factored."""
    for match in _FORMS.finditer(text[:_LONGEST]):
        yield Mention(match.start(), match.end(), match.lastgroup)


def find_points(text: str, clues: Clues) -> Iterable[Mention]:
    """Where an expression is evaluated: "2" of "at x = 2" if x is the only variable, else "x = 1, y = 2"."""
    reading = read(text)
    points = reading.points
    if not points:
        return []
    variables = {name for found in reading.formulas for name in found.tree.variables}
    start, _, name, value = points[0]
    if len(points) == 1 and (not name or variables <= {name}):
        return [Mention(value.start, value.end, text[value.start : value.end])]
    return [Mention(start, points[-1][1], text[start : points[-1][1]])]


def find_lower_bounds(text: str, clues: Clues) -> Iterable[Mention]:
    """The lower bound of an integral."""
    return [Mention(lower.start, lower.end, text[lower.start : lower.end]) for lower, _ in read(text).bounds]


def find_upper_bounds(text: str, clues: Clues) -> Iterable[Mention]:
    """The upper bound of an integral."""
    return [Mention(upper.start, upper.end, text[upper.start : upper.end]) for _, upper in read(text).bounds]


def find_variables(text: str, clues: Clues) -> Iterable[Mention]:
    """The variable that is meant: with respect to x, for x, d/dx, dx."""
    return [Mention(start, end, name) for start, end, name in read(text).variables]


def find_orders(text: str, clues: Clues) -> Iterable[Mention]:
    """Which derivative: second, 3rd, twice."""
    order = read(text).order
    return [] if order is None else [Mention(*order)]
