"""The built-in tools, one module a section of the catalog."""
