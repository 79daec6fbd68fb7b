"""The JSON Schema for editors: committed as generated, and in agreement with what the loader takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from strategies import graphs

import octograph
from octograph.graphs.composing import compose
from octograph.graphs.findings import Findings
from octograph.graphs.model import Graph
from octograph.graphs.positions import Positions
from octograph.graphs.schema import graph_schema, schema_text

PACKAGE = Path(octograph.__file__).parent
TESTS = Path(__file__).parent
GOOD = [*sorted((PACKAGE / "graphs" / "library").glob("*.yaml")), *sorted((TESTS / "graphs").rglob("*.yaml"))]
VALIDATOR = jsonschema.Draft202012Validator(graph_schema())


def read(text: str) -> Any:
    return compose(text, Findings(Positions("<text>")))[0]


def test_the_committed_schema_is_the_generated_one() -> None:
    """graphs/schema.json is what graph_schema() gives, and is a valid schema itself."""
    assert (PACKAGE / "graphs" / "schema.json").read_text(encoding="utf-8") == schema_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_every_good_file_fits_the_schema(file: Path) -> None:
    """Library and test graphs validate."""
    VALIDATOR.validate(read(file.read_text(encoding="utf-8")))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(graph=graphs(depth=0))
def test_every_written_graph_fits_the_schema(graph: Graph) -> None:
    """What to_yaml writes validates, also as PyYAML's own loader reads it."""
    VALIDATOR.validate(read(graph.to_yaml()))
    VALIDATOR.validate(yaml.safe_load(graph.to_yaml()))


@pytest.mark.parametrize(
    "name", ["edges_not_a_list", "ids", "keys_of_kinds", "list", "malformed_edges", "missing_everything", "no_version",
             "nothing_given", "text", "unknown_keys", "version", "wrong_types"],
)  # fmt: skip
def test_an_editor_sees_the_faults_that_lie_in_one_part(name: str) -> None:
    """Unknown keys, wrong types, malformed edges and ids, and keys of another kind don't validate."""
    assert not VALIDATOR.is_valid(read((TESTS / "errors" / f"{name}.yaml").read_text(encoding="utf-8")))


def test_each_part_says_what_it_is_for() -> None:
    """Every key an editor can complete has a description to show."""
    schema = graph_schema()
    for part in (schema, *(schema["$defs"][name] for name in ("Node", "OctopusSpec", "Limits", "Retry"))):
        for name, key in part["properties"].items():
            assert key.get("description"), name
