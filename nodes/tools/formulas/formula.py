"""The grammar of formulas: from tokens to a tree, in symbols ("3x^2 + 2x") or in words ("half of 12 plus 3").

Only this tree is ever handed to sympy, so nothing a user writes is evaluated as Python.
"""

from __future__ import annotations

from collections.abc import Callable

from ....graphs.errors import ArgumentError, nearest
from .formula_parts import NoFormulaError, applied, is_minus_one, is_share, share_comparison, with_postfix
from .formula_tokens import FUNCTIONS, NEEDS_BRACKETS, Token, tokenize
from .formula_tree import Node, number

LONGEST = 500
"""Characters of a formula; nobody writes a longer one by hand."""
_DEEPEST = 40
_STEPS = 6000
_MOST_LINKS = 150


def parse(text: str) -> Node:
    """The tree of a formula. Raises ArgumentError for anything that is not wholly one."""
    if len(text) > LONGEST:
        raise ArgumentError(f"the formula has {len(text)} characters; at most {LONGEST} are read")
    written = text.strip().rstrip("?.;: \t\n").removesuffix("=").strip()
    tokens = [token for token in tokenize(written) if token.kind not in ("heading", "ending")]
    if not tokens:
        raise ArgumentError("there is no formula to read; write one such as 2x + 3 or 15% of 80")
    found = parse_from(tokens, 0)
    if found is not None and found[1] == len(tokens):
        return found[0]
    at = tokens[found[1] if found else 0]
    raise ArgumentError(_complaint(written, at, tokens))


def parse_from(tokens: list[Token], start: int) -> tuple[Node, int] | None:
    """The longest formula that starts at token `start` and the token after it, or None."""
    parser = _Parser(tokens, start)
    try:
        return parser.relation(), parser.at
    except NoFormulaError:
        return None


def _complaint(text: str, token: Token, tokens: list[Token]) -> str:
    shown = text if len(text) <= 60 else text[:57] + "..."
    unknown = next((other for other in tokens if other.kind in ("word", "other")), token)
    if unknown.kind == "word" or (unknown.kind == "other" and str(unknown.value)[:1].isidentifier()):
        name = text[unknown.start : unknown.end]
        return (
            f"{name!r} in {shown!r} is no name that formulas know{nearest(name, FUNCTIONS)}; "
            "known are variables of one letter, numbers, + - * / ^ and functions such as sqrt, sin, ln, abs"
        )
    return f"{shown!r} is no formula: it can't be read from {text[token.start :][:20]!r} on"


class _Parser:
    """Recursive descent over the tokens; every rule takes all it can, and raises NoFormulaError if that is nothing."""

    def __init__(self, tokens: list[Token], at: int) -> None:
        self.tokens = tokens
        self.at = at
        self._depth = 0
        self._steps = 0
        self._links = 0

    # what comes next

    def _peek(self, offset: int = 0) -> Token | None:
        index = self.at + offset
        return self.tokens[index] if index < len(self.tokens) else None

    def _is(self, kind: str, *values: object) -> bool:
        token = self._peek()
        return token is not None and token.kind == kind and (not values or token.value in values)

    def _take(self, kind: str, *values: object) -> Token:
        if not self._is(kind, *values):
            raise NoFormulaError
        self.at += 1
        return self.tokens[self.at - 1]

    # from the loosest binding to the tightest

    def relation(self) -> Node:
        left = self.sum()
        token, back = self._peek(), self.at
        relation = None
        if token is not None and token.kind == "relation":
            relation = token.value
        elif token is not None and token.kind == "word" and token.value == "is" and left.variables and left.args:
            relation = "="
        if relation is None:
            return left
        self.at += 1
        try:
            return Node(relation, (left, self.sum()))
        except NoFormulaError:
            self.at = back
            return left

    def sum(self) -> Node:
        left = self.product()
        while self._is("operator", "+", "-", "as percent of") and self._may_link():
            operator, back = self.tokens[self.at].value, self.at
            self.at += 1
            try:
                right = self.product()
            except NoFormulaError:
                self.at = back
                break
            if operator == "as percent of":
                left = Node("percentage", (left, right))
            elif right.op == "percent" and left.op != "percent":
                left = Node("+" if operator == "+" else "-", (left, Node("*", (left, right))))
            else:
                left = Node(operator, (left, right))
        return left

    def product(self) -> Node:
        left = self._signed()
        while True:
            back, operator = self.at, self._product_operator(left)
            if operator is None or not self._may_link():
                self.at = back
                return left
            try:
                right = self._power() if operator == "beside" else self._signed()
            except NoFormulaError:
                self.at = back
                return left
            if operator in ("less", "more"):
                left = Node("-" if operator == "less" else "+", (right, Node("*", (left, right))))
            else:
                left = Node("*" if operator in ("of", "beside") else operator, (left, right))

    def _product_operator(self, left: Node) -> str | None:
        """The operator of a product that stands next, taken; `beside` for two factors without one between them."""
        token = self._peek()
        if token is None:
            return None
        if token.kind == "operator" and token.value in ("*", "/", "mod"):
            self.at += 1
            return str(token.value)
        if token.kind == "word" and token.value == "of" and is_share(left):
            self.at += 1
            return "of"
        if left.op == "percent" and (comparison := share_comparison(token)):
            self.at += 1
            return comparison
        return "beside" if self._stands_beside(token) else None

    def _stands_beside(self, token: Token) -> bool:
        """Whether `token` begins a factor that is multiplied with what is before it, as the x of 2x."""
        before = self.tokens[self.at - 1]
        if token.kind == "name" and token.gap and token.value in ("a", "A", "I"):
            after = self._peek(1)
            return after is not None and after.kind in ("operator", "close", "relation")
        if token.kind == "open":
            return token.value == "(" and not (before.kind == "postfix" and token.gap)
        if token.kind == "number":
            return before.kind == "close" and not token.gap
        return token.kind in ("name", "constant", "function")

    def _signed(self) -> Node:
        self._count()
        if self._is("operator", "-"):
            self.at += 1
            return Node("negative", (self._deeper(self._signed),))
        if self._is("operator", "+"):
            self.at += 1
            return self._deeper(self._signed)
        return self._power()

    def _power(self) -> Node:
        base = self._postfixed()
        if not self._is("operator", "^"):
            return base
        back = self.at
        self.at += 1
        try:
            return Node("^", (base, self._deeper(self._signed_power)))
        except NoFormulaError:
            self.at = back
            return base

    def _signed_power(self) -> Node:
        if self._is("operator", "-"):
            self.at += 1
            return Node("negative", (self._deeper(self._signed_power),))
        return self._power()

    def _postfixed(self) -> Node:
        node = self._atom()
        while True:
            token = self._peek()
            if token is None:
                return node
            if token.kind == "postfix":
                self.at += 1
                node = with_postfix(node, token.value)
            elif token.kind == "possessive" and (after := self._peek(1)) is not None and after.kind == "function":
                self.at += 2
                node = applied(after.value, (node,))
            else:
                return node

    def _atom(self) -> Node:
        self._count()
        token = self._peek()
        if token is None:
            raise NoFormulaError
        if token.kind == "word" and token.value in ("the", "a") and (after := self._peek(1)) is not None:
            if after.kind not in ("function", "verb"):
                raise NoFormulaError
            self.at += 1
            token = after
        self.at += 1
        if token.kind == "number":
            return Node("number", value=token.value)
        if token.kind == "name":
            if token.value in ("a", "A", "I") and self._is("word") and not self._is("word", *_AFTER_OPERAND):
                raise NoFormulaError
            return Node("name", name=token.value)
        if token.kind == "constant":
            return Node("constant", name=token.value)
        if token.kind == "open":
            return self._inside(token)
        if token.kind == "bar":
            inner = self._deeper(self.sum)
            self._take("bar")
            return Node("abs", (inner,))
        if token.kind == "function":
            return self._deeper(lambda: self._call(token))
        if token.kind == "verb":
            return self._deeper(lambda: self._worded(token.value))
        raise NoFormulaError

    def _inside(self, opened: Token) -> Node:
        inner = self._deeper(self.sum)
        self._take("close", {"(": ")", "[": "]", "{": "}"}[opened.value])
        return inner

    # functions

    def _call(self, token: Token) -> Node:
        function = token.value
        power: Node | None = None
        if self._is("operator", "^"):
            self.at += 1
            power = self._deeper(self._signed_atom)
        elif self._is("postfix") and isinstance(self.tokens[self.at].value, tuple):
            power = number(self.tokens[self.at].value[1])
            self.at += 1
        if power is not None and function in ("sin", "cos", "tan") and is_minus_one(power):
            function, power = "a" + function, None
        node = applied(function, self._arguments(function))
        return node if power is None else Node("^", (node, power))

    def _signed_atom(self) -> Node:
        if self._is("operator", "-"):
            self.at += 1
            return Node("negative", (self._atom(),))
        return self._atom()

    def _arguments(self, function: object) -> tuple[Node, ...]:
        if self._is("open", "(", "["):
            opened = self._take("open")
            arguments = [self._deeper(self.sum)]
            while self._is("comma"):
                self.at += 1
                arguments.append(self._deeper(self.sum))
            self._take("close", {"(": ")", "[": "]"}[opened.value])
            return tuple(arguments)
        if function in NEEDS_BRACKETS:
            raise NoFormulaError
        if function in ("√", "∛"):
            return (self._power(),)
        return (self._bare_argument(),)

    def _bare_argument(self) -> Node:
        """The argument of a function without brackets: the 2x of sin 2x, but only the x of sin x cos x."""
        if self._is("operator", "-"):
            self.at += 1
            return Node("negative", (self._bare_argument(),))
        node = self._power()
        while (token := self._peek()) is not None and token.kind in ("name", "constant") and not token.gap:
            node = Node("*", (node, self._power()))
        if (token := self._peek()) is not None and token.kind == "operator" and token.value == "/" and not token.gap:
            self.at += 1
            node = Node("/", (node, self._power()))
        return node

    # formulas in whole words

    def _worded(self, verb: str) -> Node:
        if verb == "what percent":
            return self._percentage()
        first = self.product()
        if verb in ("sum", "product"):
            return self._series("+" if verb == "sum" else "*", first)
        if verb == "round":
            return self._rounded(first)
        if verb == "raise" and first.op == "^":
            return first
        link = {
            "difference": ("and",),
            "quotient": ("by", "and", "to"),
            "remainder": ("by",),
            "subtract": ("from",),
            "increase": ("by",),
            "decrease": ("by",),
            "raise": ("by",),
        }[verb]
        if verb == "remainder" and self._is("word", "is"):
            self.at += 1
        if verb == "remainder" and first.op in ("/", "mod"):
            return Node("mod", first.args)
        self._take("word", *link)
        second = self.product()
        if verb in ("increase", "decrease", "raise"):
            change = Node("*", (first, second)) if second.op == "percent" else second
            return Node("-" if verb == "decrease" else "+", (first, change))
        if verb == "subtract":
            return Node("-", (second, first))
        return Node({"difference": "-", "quotient": "/", "remainder": "mod"}[verb], (first, second))

    def _series(self, operator: str, first: Node) -> Node:
        """The rest of "sum of 4, 8 and 15" or "multiply 12 by 7"."""
        node, links = first, ("and", "to", "with") if operator == "+" else ("and", "by", "with")
        while True:
            back = self.at
            if self._is("comma"):
                self.at += 1
            if self._is("word", *links):
                self.at += 1
            if self.at == back:
                break
            try:
                node = Node(operator, (node, self.product()))
            except NoFormulaError:
                self.at = back
                break
        if node is first:
            raise NoFormulaError
        return node

    def _percentage(self) -> Node:
        """The rest of "what percent of 80 is 20" and "what percentage is 20 of 80"."""
        if self._is("word", "is"):
            self.at += 1
            part = self.product()
            self._take("word", "of")
            return Node("percentage", (part, self.product()))
        self._take("word", "of")
        whole = self.product()
        self._take("word", "is")
        return Node("percentage", (self.product(), whole))

    def _rounded(self, first: Node) -> Node:
        if not self._is("word", "to"):
            return Node("round", (first,))
        back = self.at
        self.at += 1
        token = self._peek()
        after = self._peek(1)
        if token is not None and token.kind == "number" and after is not None and after.value in _PLACES:
            self.at += 2
            if self._is("word", "places", "place", "points"):
                self.at += 1
            return Node("round", (first, Node("number", value=token.value)))
        self.at = back
        return Node("round", (first,))

    # bounds on what a hostile text can cost

    def _count(self) -> None:
        self._steps += 1
        if self._steps > _STEPS:
            raise NoFormulaError

    def _may_link(self) -> bool:
        """Whether one operator more is read: chains of them make the tree as deep as they are long."""
        self._links += 1
        return self._links <= _MOST_LINKS

    def _deeper(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise NoFormulaError
            return rule()
        finally:
            self._depth -= 1


_AFTER_OPERAND = ("and", "by", "to", "from", "is", "of", "with", "at", "when", "where", "for", "if", "as", "over")
"""Words that may follow a variable; before any other word an "a" is the article."""
_PLACES = ("decimal", "decimals", "digit", "digits", "place", "places")
