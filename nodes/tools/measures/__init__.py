"""Quantities and units: found in words, converted and compared by pint."""
