"""Labelled requests for a graph, made from what the graph says of its nodes: by a grammar, or by a teacher model."""
