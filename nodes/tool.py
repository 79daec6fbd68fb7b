"""Python functions as workers: `@tool` reads the typed signature, `ToolWorker` calls it with checked arguments."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, overload

from ..graphs.errors import ArgumentError
from ..graphs.signature import Kind, Parameter, Signature
from ..graphs.walk import Call, Result
from .rendering import to_result

_KIND_OF_TYPE: dict[Any, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    dt.datetime: "datetime",
    dt.date: "date",
    dt.time: "time",
    dt.timedelta: "duration",
    Path: "file",
    dict: "data",
    list: "data",
    Any: "data",
    Result: "data",
}


@dataclass(frozen=True)
class Tool:
    """A function a graph may name, with everything an Octopus needs to choose it and fill its arguments."""

    name: str
    function: Callable[..., Any]
    description: str
    examples: tuple[str, ...] = ()
    idempotent: bool = True
    hints: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    @cached_property
    def signature(self) -> Signature:
        """The typed parameters. Raises TypeError for a parameter without a type or of a kind nobody can fill."""
        parameters = []
        for name, parameter in inspect.signature(self.function).parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise TypeError(f"tool {self.name!r}: {name!r} is variadic; give each parameter a name and a type")
            if name not in self.hints:
                raise TypeError(f"tool {self.name!r}: parameter {name!r} has no type; write for example {name}: str")
            parameters.append(_parameter(self.name, name, self.hints[name], parameter.default))
        given = self.hints.get("return", str)
        kind = _kind_in(given) or Kind(_KIND_OF_TYPE.get(_plain(given), "data"))
        return Signature(tuple(parameters), kind.name)

    @cached_property
    def _adapters(self) -> dict[str, Any]:
        from pydantic import TypeAdapter

        return {name: TypeAdapter(hint) for name, hint in self.hints.items() if name != "return"}

    def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as the function's own types. Raises ArgumentError naming what is missing or does not fit."""
        from pydantic import ValidationError

        known = {parameter.name: parameter for parameter in self.signature.parameters}
        for name in arguments:
            if name not in known:
                raise ArgumentError(f"{self.name} has no argument {name!r}; it takes {', '.join(known) or 'none'}")
        checked: dict[str, Any] = {}
        for name, parameter in known.items():
            if name not in arguments:
                if parameter.required:
                    need = f"{self.name} needs {name!r} ({describe(parameter)})"
                    raise ArgumentError(f"{need}, and the request does not say it")
                continue
            try:
                checked[name] = self._adapters[name].validate_python(arguments[name])
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                raise ArgumentError(f"{self.name}: {name}={arguments[name]!r} does not fit: {reason}") from error
        return checked


def describe(parameter: Parameter) -> str:
    """A parameter in words, for error messages."""
    if parameter.choices:
        return "one of " + ", ".join(parameter.choices)
    return parameter.description or parameter.kind.name


@dataclass(frozen=True)
class ToolWorker:
    """Runs a tool; plain functions run in a thread, coroutines in the loop."""

    tool: Tool

    async def run(self, call: Call) -> Result:
        import asyncio  # not for those who only look for a tool: it takes a tenth of what `octograph check` takes

        arguments = self.tool.check(call.arguments or self._whole_query(call))
        if inspect.iscoroutinefunction(self.tool.function):
            value = await self.tool.function(**arguments)
        else:
            value = await asyncio.to_thread(self.tool.function, **arguments)
        return to_result(value, self.tool.signature.gives)

    def _whole_query(self, call: Call) -> dict[str, Any]:
        """A tool's only string argument simply gets the query."""
        parameters = self.tool.signature.parameters
        required = [parameter for parameter in parameters if parameter.required] or list(parameters)
        if len(required) == 1 and required[0].kind.name == "text":
            return {required[0].name: call.query.text}
        return {}


_defined: dict[str, Tool] = {}


def defined_tools() -> Mapping[str, Tool]:
    """Every tool defined with `@tool` in modules imported so far, by name."""
    return _defined


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(
    name: str | None = None, /, *, examples: typing.Sequence[str] = (), idempotent: bool = True
) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | str | None = None,
    /,
    *,
    examples: typing.Sequence[str] = (),
    idempotent: bool = True,
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a function a tool that graphs can name.

    Its name is the one given, else `module.function` (just `function` in a script or notebook). The first
    paragraph of the docstring is its description; the types of its parameters say what to look for in a request.

    Example:
        >>> from octograph import tool
        >>> @tool("greet.hello", examples=["say hello to Ada"])
        ... def hello(name: str) -> str:
        ...     "Greets a person by name."
        ...     return f"Hello, {name}!"
        >>> hello("Ada")
        'Hello, Ada!'
    """

    def define(target: Callable[..., Any]) -> Tool:
        given = function if isinstance(function, str) else None
        module = "" if target.__module__ == "__main__" else target.__module__ + "."
        description = inspect.getdoc(target) or ""
        made = Tool(
            name=given or module + target.__name__,
            function=target,
            description=" ".join(description.split("\n\n")[0].split()),
            examples=tuple(examples),
            idempotent=idempotent,
            hints=typing.get_type_hints(target, include_extras=True),
        )
        _defined[made.name] = made
        return made

    return define(function) if callable(function) else define


def _parameter(tool_name: str, name: str, hint: Any, default: Any) -> Parameter:
    required = default is inspect.Parameter.empty
    kind, description = _kind_in(hint), _description_in(hint)
    plain = _plain(hint)
    many = typing.get_origin(plain) is list
    choices: tuple[str, ...] = ()
    if many:
        inner = (typing.get_args(plain) or (str,))[0]
        kind = kind or _kind_in(inner)
        plain = _plain(inner)
    if typing.get_origin(plain) is Literal:
        choices = tuple(str(choice) for choice in typing.get_args(plain))
    elif isinstance(plain, type) and issubclass(plain, enum.Enum):
        choices = tuple(str(member.value) for member in plain)
    if kind is None and choices:
        kind = Kind("choice")
    if kind is None:
        base = typing.get_origin(plain) or plain
        if base not in _KIND_OF_TYPE:
            raise TypeError(
                f"tool {tool_name!r}: parameter {name!r} has type {base!r}, which no request can fill; "
                f"use a plain type or Annotated[..., Kind(...)]"
            )
        kind = Kind(_KIND_OF_TYPE[base])
    return Parameter(name, kind, required, None if required else default, choices, many, description)


def _kind_in(hint: Any) -> Kind | None:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(filter(None, map(_kind_in, typing.get_args(hint))), None)
    return next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, Kind)), None)


def _description_in(hint: Any) -> str:
    return next((extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, str)), "")


def _plain(hint: Any) -> Any:
    """The type inside `Annotated` and `| None`."""
    if typing.get_origin(hint) is typing.Annotated:
        return _plain(typing.get_args(hint)[0])
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        return _plain(members[0]) if len(members) == 1 else hint
    return hint
