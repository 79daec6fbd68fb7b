"""What weights do (write on, translate, fill masks, classify, see), read from the configuration beside them."""

from __future__ import annotations

from typing import Any, Literal

from ..graphs.errors import InputError
from .packages import package

Task = Literal["causal", "seq2seq", "masked", "classification", "vision"]

LOADERS: dict[Task, str] = {
    "causal": "AutoModelForCausalLM",
    "seq2seq": "AutoModelForSeq2SeqLM",
    "masked": "AutoModelForMaskedLM",
    "classification": "AutoModelForSequenceClassification",
    "vision": "AutoModelForImageTextToText",
}
"""Classes of transformers."""
_TABLES: dict[Task, str] = {
    "vision": "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "seq2seq": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "causal": "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "masked": "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    "classification": "MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES",
}
"""Tables of transformers, from model type to class; a class that stands in several is what the first says."""


def task_of(config: Any, place: str) -> Task:
    """The task of the architecture that a configuration names. Raises InputError if it can't be told."""
    tables = package("transformers.models.auto.modeling_auto")
    named = getattr(config, "architectures", None) or []
    for architecture in named:
        for task, table in _TABLES.items():
            if architecture in _names(getattr(tables, table)):
                return task
    for task, loader in LOADERS.items():
        if loader in (getattr(config, "auto_map", None) or {}):
            return task
    what = f"its architecture is {', '.join(named)}" if named else "its configuration names no architecture"
    raise InputError(f"{place}: what the model does can't be told, {what}; say task: {', '.join(LOADERS)}")


def _names(table: Any) -> set[str]:
    names: set[str] = set()
    for value in table.values():
        names.update([value] if isinstance(value, str) else value)
    return names
