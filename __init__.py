"""Octograph: one answer from many small models."""
