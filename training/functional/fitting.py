"""Training itself, by TRL's SFT trainer: resumed where it was broken off, watched, and stopped early if asked to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..packages import package
from ..running import LOOKS, Tell, progress, run, settings, silent, steps_of
from .options import NEW, FunctionalOptions
from .rendering import Rendered
from .weighting import weighted_trainer


def fit(
    model: Any,
    tokenizer: Any,
    train: Sequence[Rendered],
    held_back: Sequence[Rendered],
    functional: Sequence[int],
    out: Path,
    options: FunctionalOptions,
    grown: bool,
    resume: bool = False,
    tell: Tell = silent,
) -> Any:
    """Train, and give the model back: whole, or the adapter alone where the base knew all functional tokens already.

    Args:
        functional: Ids of the functional tokens.
        grown: Whether the vocabulary has new rows, which must be trained and kept too.
        resume: Go on from the newest checkpoint.
    """
    transformers = package("transformers")
    watched = options.patience is not None and bool(held_back)
    callbacks = [progress(tell)]
    if watched:
        callbacks.append(transformers.EarlyStoppingCallback(early_stopping_patience=options.patience))
    trainer = weighted_trainer(functional, options.token_weight)(
        model=model,
        args=_settings(out, options, len(train), watched),
        train_dataset=_dataset(train),
        eval_dataset=_dataset(held_back) if watched else None,
        processing_class=tokenizer,
        peft_config=None if options.full else lora(model, options.rank, grown),
        callbacks=callbacks,
    )
    trainer.remove_callback(transformers.PrinterCallback)
    run(trainer, out, resume)
    trained = trainer.accelerator.unwrap_model(trainer.model)
    return trained.merge_and_unload() if grown and not options.full else trained


def lora(model: Any, rank: int, grown: bool = False) -> Any:
    """LoRA on every linear layer; where the vocabulary has grown, with its rows trained in full beside it."""
    names = {module: name.rpartition(".")[2] for name, module in model.named_modules()}
    vocabulary = [names[layer] for layer in (model.get_input_embeddings(), model.get_output_embeddings()) if layer]
    return package("peft").LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.05,
        target_modules="all-linear",
        modules_to_save=vocabulary if grown else None,
        ensure_weight_tying=grown and bool(getattr(model.config, "tie_word_embeddings", False)),
        task_type="CAUSAL_LM",
    )


def _settings(out: Path, options: FunctionalOptions, examples: int, watched: bool) -> Any:
    steps = steps_of(examples, options.batch, options.epochs)
    arguments = settings(out, steps, options.epochs, options.batch, options.rate, options.seed)
    arguments |= {
        "train_sampling_strategy": "group_by_length",
        "max_length": None,
        "packing": False,
        "dataset_kwargs": {"skip_prepare_dataset": True},
    }
    if options.base == NEW:
        arguments["activation_checkpointing"] = False
    if watched:
        arguments |= {
            "eval_strategy": "steps",
            "eval_steps": max(1, steps // LOOKS),
            "load_best_model_at_end": True,
            "metric_for_best_model": "eval_loss",
            "greater_is_better": False,
            "restore_callback_states_from_checkpoint": True,
        }
    return package("trl").SFTConfig(**arguments)


def _dataset(rendered: Sequence[Rendered]) -> Any:
    columns = {"input_ids": [one.input_ids for one in rendered], "labels": [one.labels for one in rendered]}
    return package("datasets").Dataset.from_dict(columns)
