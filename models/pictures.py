"""Requests with pictures, for models that see: text and pixels prepared together by the model's own processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..graphs.errors import ArgumentError
from .loading import LoadedModel
from .packages import package
from .requests import Request
from .wording import check_length, with_broken_marks, worded_text


def opened(request: Request) -> list[Any]:
    """The pictures of a request. Raises ArgumentError for a file that is none."""
    return [_opened(path) for path in request.pictures]


def pictured(loaded: LoadedModel, requests: Sequence[Request], pictures: Sequence[list[Any]]) -> dict[str, Any]:
    """Inputs of a batch, padded at the left. Raises ArgumentError for prompts that fill the context."""
    loaded.processor.tokenizer.padding_side = "left"  # type: ignore[union-attr]  # those who see have one
    inputs = loaded.processor(  # type: ignore[misc]
        text=[_with_marks(loaded, request) for request in requests],
        images=list(pictures),
        padding=True,
        return_tensors="pt",
    )
    check_length(loaded, inputs["input_ids"].shape[1])
    given = {key: value.to(loaded.device) for key, value in inputs.items() if key != "token_type_ids"}
    given["pixel_values"] = given["pixel_values"].to(loaded.model.dtype)
    return given


def _with_marks(loaded: LoadedModel, request: Request) -> str:
    """The text with the mark that stands for a picture, once for each, unless the prompt says where they go."""
    text, _ = worded_text(loaded, with_broken_marks(loaded, request))
    mark = getattr(loaded.processor, "image_token", None)
    if mark and mark not in text:
        text = f"{mark}\n" * len(request.pictures) + text
    return text


def _opened(path: Path) -> Any:
    image = package("PIL.Image", "a model that sees")
    try:
        with image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, image.DecompressionBombError) as error:
        raise ArgumentError(f"{path.name} is no picture that can be read: {error}") from error
