"""Where the tool a graph names is found: built-in and plug-in catalogs (entry points), `@tool`, trusted modules."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType

from ..graphs.errors import InputError, nearest
from ..graphs.registry import known, load
from .tool import Tool, defined_tools


def tools_of(module: ModuleType | str) -> dict[str, Tool]:
    """The `@tool` functions of a module that the caller trusts.

    Raises InputError if there is no such module, it can't be imported, or it defines no tool.
    """
    if isinstance(module, str):
        try:
            module = importlib.import_module(module)
        except (Exception, SystemExit) as error:  # a stranger's module may fail in any way
            remedy = f"; name the module, without .py: {module.removesuffix('.py')}" if module.endswith(".py") else ""
            raise InputError(f"--tools {module}: can't be imported: {type(error).__name__}: {error}{remedy}") from error
    found = {item.name: item for item in vars(module).values() if isinstance(item, Tool)}
    if not found:
        raise InputError(f"--tools {module.__name__}: no function there is decorated with @octograph.tool")
    return found


class Catalog:
    """Finds tools by name: what the caller handed in first, then `@tool` functions, then the catalogs."""

    def __init__(self, tools: Iterable[Tool | ModuleType | str] = ()) -> None:
        self._given: dict[str, Tool] = {}
        for item in tools:
            self._given.update({item.name: item} if isinstance(item, Tool) else tools_of(item))

    def find(self, name: str) -> Tool:
        """The tool called `name`. Raises InputError that names the nearest known one."""
        for tools in (self._given, defined_tools(), _catalog_tools(name.partition(".")[0])):
            if name in tools:
                return tools[name]
        section = name.partition(".")[0]
        names = {*self._given, *defined_tools(), *_catalog_tools(section)}
        sections = known("octograph.tools")
        listed = sorted(other for other in names if other.startswith(section + ".")) or list(sections)
        raise InputError(
            f"no tool {name!r}{nearest(name, [*names, *sections])}; known under {section!r}: {', '.join(listed)}"
            if section in sections
            else f"no tool {name!r}{nearest(name, [*names, *sections])}; catalogs: {', '.join(sorted(sections))} "
            f"(tools of your own: --tools MODULE, or @octograph.tool in your Python)"
        )


def _catalog_tools(section: str) -> Mapping[str, Tool]:
    if section not in known("octograph.tools"):
        return {}
    return tools_of(load("octograph.tools", section))
