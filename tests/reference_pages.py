"""The generated pages of the reference: written from the sources, so that they can't differ from them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import octograph
from octograph.graphs.registry import known, load
from octograph.graphs.schema import graph_schema
from octograph.graphs.sections import Section
from octograph.graphs.signature import Parameter
from octograph.nodes.catalog import tools_of

GENERATED = "<!-- Written by `pytest tests/test_docs.py --renew`; change the sources instead. -->"


def command_line() -> str:
    """Every command with its arguments, options and example, from what the command line itself declares."""
    import typer.main

    from octograph.cli.app import app

    lines = ["# Command line", "", GENERATED, ""]
    lines += [
        "stdout carries only the answer (or the JSON); the walk, live, goes to stderr.",
        "",
        "| exit code | meaning |",
        "|---|---|",
        "| 0 | answered; also in part, or by saying that nothing here can do it |",
        "| 1 | the walk failed |",
        "| 2 | bad input: a graph, an option or a file that can't be used |",
        "| 130 | interrupted; what had been found was printed |",
        "",
        "`octograph --install-completion` adds completion to your shell, names of library graphs included.",
    ]
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        lines += ["", f"## octograph {name}", "", inspect.cleandoc(command.help or ""), ""]
        rows = [_parameter(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
        if any(rows):
            lines += ["| argument or option | meaning |", "|---|---|", *filter(None, rows)]
    return "\n".join(lines) + "\n"


def _parameter(parameter: Any) -> str:
    names = [parameter.metavar] if parameter.param_type_name == "argument" else parameter.opts
    if "--help" in names:
        return ""
    metavar = parameter.metavar if parameter.param_type_name == "option" and parameter.metavar else ""
    shown = ", ".join(f"`{name}`" for name in names) + (f" `{metavar}`" if metavar else "")
    return f"| {_cell(shown)} | {_cell(parameter.help or '')} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def graph_file() -> str:
    """Every key of a graph file, from the JSON Schema that editors use."""
    schema = graph_schema()
    lines = ["# Graph file", "", GENERATED, ""]
    lines += [
        "A YAML 1.2 file in UTF-8. `octograph check` lists every problem; `octograph schema` prints the JSON Schema.",
        "See also [Write a graph](write-a-graph.md).",
        "",
        "## The file",
        "",
        *_keys(schema),
    ]
    titles = {
        "Node": "A node (`nodes.ID`)",
        "OctopusSpec": "An Octopus (`octopus`)",
        "Limits": "Limits (`limits`)",
        "Retry": "Retries (`retry`)",
    }
    for definition, title in titles.items():
        lines += ["", f"## {title}", "", *_keys(schema["$defs"][definition])]
    lines += [
        "",
        "## An edge",
        "",
        "| form | meaning |",
        "|---|---|",
        "| `a -> b` | may be taken: the Octopus of `a` decides |",
        "| `a => b` | is always taken: the result of `a` is the query of `b` |",
        "| `a -> [b, c]`, `a => [b, c]` | the same, for several |",
        "| `a -> a` | a self-connection: may be called again, also in parallel |",
        "| `{from: a, to: b, always: false}` | the same as a mapping |",
    ]
    return "\n".join(lines) + "\n"


def _keys(schema: dict[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    yield "| key | meaning | default |"
    yield "|---|---|---|"
    for key, value in schema["properties"].items():
        default = "required" if key in required else f"`{value['default']}`" if value.get("default") else ""
        yield f"| `{key}` | {_cell(value.get('description', ''))} | {default} |"


def python_names() -> str:
    """Every public name with its signature and docstring."""
    lines = ["# Python", "", GENERATED, "", "All of these are in `octograph`; nothing else is promised to stay."]
    for name in octograph.__all__:
        item = getattr(octograph, name)
        if not inspect.isclass(item) and not inspect.isfunction(item):
            continue
        lines += ["", f"## {name}", "", *_signature(name, item), *_docstring(item)]
        if inspect.isclass(item) and item.__module__.startswith("octograph"):
            for method, function in _methods(item):
                lines += ["", f"### {name}.{method}", "", *_signature(method, function), *_docstring(function)]
    return "\n".join(lines) + "\n"


def _methods(item: type) -> Iterator[tuple[str, Any]]:
    for name, function in vars(item).items():
        plain = function.__func__ if isinstance(function, (classmethod, staticmethod)) else function
        if not name.startswith("_") and inspect.isfunction(plain) and inspect.getdoc(plain):
            yield name, plain


def _signature(name: str, item: Any) -> list[str]:
    if inspect.isclass(item) and issubclass(item, Exception):
        return []
    if inspect.isclass(item) and issubclass(item, Section):
        return ["Its fields are the keys of the [graph file](reference-graph-file.md).", ""]
    try:
        signature = inspect.signature(item)
    except (TypeError, ValueError):
        return []
    parameters: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        parameters.append(_declared(parameter))
    text = f"{name}({', '.join(parameters)})"
    if len(text) > 100:
        text = f"{name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + ")"
    return ["```text", text, "```", ""]


def _declared(parameter: inspect.Parameter) -> str:
    hint = parameter.annotation
    hint = getattr(hint, "__forward_arg__", hint)
    shown = f": {hint}" if isinstance(hint, str) else f": {inspect.formatannotation(hint)}"
    if parameter.annotation is parameter.empty:
        shown = ""
    if parameter.default is parameter.empty:
        return f"{parameter.name}{shown}"
    made = repr(parameter.default)
    return f"{parameter.name}{shown} = {'...' if made.startswith('<') else made}"


def _docstring(item: Any) -> list[str]:
    """The docstring as Markdown: the lists under `Args:` and `Raises:` become lists, indented code stays code."""
    lines: list[str] = []
    listing = False
    for line in (inspect.getdoc(item) or "").split("\n"):
        if line in {"Args:", "Raises:"}:
            listing = True
            lines += [f"**{'Arguments' if line == 'Args:' else 'Raises'}**", ""]
        elif not line.startswith("    "):
            listing = listing and not line
            lines += [f"**{line[:-1]}**", ""] if line == "Example:" else [line]
        elif not listing:
            lines.append(line)
        elif line.startswith("        "):
            lines[-1] += " " + line.strip()
        else:
            name, _, text = line.strip().partition(": ")
            lines.append(f"- `{name}`: {text}")
    return lines


def tools() -> str:
    """Every tool of the catalog with its parameters and examples."""
    lines = ["# Tools", "", GENERATED, ""]
    lines += [
        "The built-in catalog. Name one in a graph as `tool: section.name`; `pip install 'octograph[tools]'` brings",
        "what they need.",
    ]
    for section in known("octograph.tools"):
        module = load("octograph.tools", section)
        if not module.__name__.startswith("octograph."):
            continue
        lines += ["", f"## {section}"]
        for name, tool in sorted(tools_of(module).items()):
            parameters = [_tool_parameter(parameter) for parameter in tool.signature.parameters]
            lines += ["", f"### {name}", "", tool.description, ""]
            lines += [f"Takes {_listed(parameters)}. Gives {tool.signature.gives}."]
            if tool.examples:
                lines += ["", *(f"- “{example}”" for example in tool.examples[:3])]
    return "\n".join(lines) + "\n"


def _tool_parameter(parameter: Parameter) -> str:
    kind = f"list of {parameter.kind.name}" if parameter.many else parameter.kind.name
    choices = f": {', '.join(parameter.choices)}" if 0 < len(parameter.choices) <= 12 else ""
    return f"`{parameter.name}` ({kind}{choices}{'' if parameter.required else '; optional'})"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items) or "nothing"
