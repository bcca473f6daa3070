"""Sections of reports that are of a trained model."""

import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch

from audiogen.evaluation._html import picture_uri
from audiogen.evaluation._pictures import losses_picture
from audiogen.evaluation._report_parts import fold, paragraph, text_of, two_columns
from audiogen.pipeline import generate

__all__ = ["model_part", "sampled"]

_FEW, _MANY = 8, 100  # sounds of a model without real ones, and at most
_SECONDS = 10.0  # of a sound that goes on


def sampled(model: Any, real: Any, n_samples: int | None, seed: int) -> tuple[Bunch, str]:
    """Return sounds of a model, and in words what they were asked for.

    Parameters
    ----------
    model : estimator
        A fitted pipeline or generator that states its sample rate.
    real : Bunch or None
        Real sounds, whose conditions are asked for where the model has learnt them.
    n_samples : int or None
        Number of sounds.
    seed : int
        Seed of the sounds.

    Returns
    -------
    sounds : Bunch
    words : str
    """
    generator = model[-1] if isinstance(model, Pipeline) else model
    rate = getattr(model, "sample_rate", None)
    if rate is None:
        raise ValueError(
            f"The {type(model).__name__} does not state the sample rate of its sounds: give it, "
            "as GenerativePipeline(steps, sample_rate=...), before fit."
        )
    if goes_on := isinstance(model, Pipeline) and _makes_codes(model):
        n, y = n_samples or 2, None
    else:
        y = None if real is None else _conditions_of(generator, real)
        n = n_samples or _usual_number(real)
    if y is not None:
        words = f"{n} sounds, asked for the {' and '.join(y)} of {min(n, len(y))} real ones"
        y = y.iloc[np.resize(np.arange(len(y)), n)].reset_index(drop=True)
        sounds = generate(model, y=y, random_state=seed)
    else:
        options: dict[str, Any] = {"duration": _SECONDS} if goes_on else {}
        sounds, y = generate(model, n, random_state=seed, return_y=True, **options)
        words = f"{n} sounds, whose conditions are drawn as often as they were trained on"
        words = words if y is not None else f"{n} sounds"
    frame = y if isinstance(y, pd.DataFrame) else None
    return Bunch(data=sounds, frame=frame, sample_rate=rate), f"{words}, with the seed {seed}."


def _makes_codes(model: Pipeline) -> bool:
    """Tell whether a model goes on with sound: one of its steps makes codes of it."""
    return any(hasattr(step, "patch_length_") for _, step in model.steps[:-1])


def _usual_number(real: Any) -> int:
    """Return how many sounds are made: as many as there are real ones, for figures."""
    return _FEW if real is None else min(len(real.data), _MANY)


def _conditions_of(generator: Any, real: Any) -> Any:
    """Return the conditions of real sounds that a model has learnt, None without such."""
    conditions, frame = getattr(generator, "conditions_", None), real.get("frame")
    names = list(getattr(generator, "condition_names_", []))
    if conditions is None or frame is None or not names or not {*names} <= {*frame}:
        return None
    wanted = frame[names].dropna()
    refused, _ = conditions.find_refused(wanted)
    wanted = wanted[~refused]
    return wanted if len(wanted) else None


def model_part(model: Any) -> str:
    """Return what a model was trained with: loss curves and parameters.

    Parameters
    ----------
    model : estimator
        A fitted pipeline or generator.

    Returns
    -------
    content : str
    """
    steps = model.steps if isinstance(model, Pipeline) else [("model", model)]
    parts = [_losses(getattr(step, "history_", {})) for _, step in steps]
    if learnt := _learnt(steps[-1][1]):
        parts.append(fold("The conditions that it has learnt", two_columns(learnt)))
    for name, step in steps:
        parameters = step.get_params(deep=False) if hasattr(step, "get_params") else {}
        told = {key: "None" if v is None else text_of(v) for key, v in parameters.items()}
        content = two_columns(told) if told else paragraph("No parameters.")
        parts.append(fold(f"{name}: {type(step).__name__}", content))
    return "".join(parts)


def _learnt(generator: Any) -> dict[str, Any]:
    """Return the categories and the ranges of quantities that a generator may be asked for."""
    conditions = getattr(generator, "conditions_", None)
    ranges = getattr(conditions, "ranges_", {})
    categories = getattr(conditions, "categories_", {})
    told = {name: f"{low:g} to {high:g}" for name, (low, high) in ranges.items()}
    return told | {name: values for name, values in categories.items() if values is not None}


def _losses(history: Mapping[str, list[Any]]) -> str:
    """Return curves of a training, nothing without epochs."""
    curves = {
        name: values
        for name, values in history.items()
        if len(values) > 1 and all(isinstance(v, numbers.Real) for v in values)
    }
    if not curves:
        return ""
    ends = [f"{name} from {v[0]:.4g} to {v[-1]:.4g}" for name, v in curves.items()]
    n_epochs = max(map(len, curves.values()))
    said = f"{n_epochs} epochs: {', '.join(ends)}."
    picture = picture_uri(losses_picture(curves))
    image = f'<img class="wide" src="{picture}" alt="Curves of {n_epochs} epochs">'
    return image + paragraph(said)
