"""Formulas: read from words, computed exactly by sympy, never evaluated as code."""
