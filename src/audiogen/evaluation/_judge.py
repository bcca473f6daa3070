"""A generator judged: many draws, beside what real sounds reach."""

import numbers
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import check_cv

import audiogen
from audiogen.evaluation._figures import FEWEST_FOR_HALVES, halves_of
from audiogen.evaluation._judgement import Judgement
from audiogen.metrics import summarize
from audiogen.pipeline import generate, sample_rate_of
from audiogen.scoring import known_rows
from audiogen.utils.columns import is_named, number_column, read_columns, take_rows
from audiogen.utils.large import copy_rows
from audiogen.utils.progress import Progress
from audiogen.utils.seeds import Stream, draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, check_audio, check_parameters

__all__ = ["judge"]

_CONSTRAINTS = {
    "n_draws": Interval(numbers.Integral, 2, None),
    "figures": (Options(None), Instance(Callable, "a callable")),
    "sample_rate": (Options(None), Interval(numbers.Real, 0, None, closed="neither")),
    "confidence_level": Interval(numbers.Real, 0, 1, closed="neither"),
    "verbose": Interval(numbers.Integral, 0, None),
}
_Set = tuple[np.ndarray, Any]  # sounds and their table


def judge(
    generator: Any,
    X: npt.ArrayLike,
    y: Any = None,
    *,
    n_draws: int = 6,
    cv: Any = None,
    X_others: npt.ArrayLike | None = None,
    y_others: Any = None,
    figures: Callable[..., dict[str, float]] | None = None,
    sample_rate: float | None = None,
    confidence_level: float = 0.95,
    random_state: Any = None,
    verbose: int = 0,
) -> Judgement:
    """Judge a generator by many draws, beside what real sounds reach.

    One draw is little to go by: figures of as many sounds as a small set has move far from one
    draw to the next. Here each figure is the mean of several draws, each of as many sounds as
    there are real ones, under their conditions. Beside it stand the figures of real sounds:
    one half of them against the other, drawn anew each time, and those of other real sounds.

    Parameters
    ----------
    generator : estimator
        A generator, or a pipeline that ends in one; fitted, unless `cv` is given.
    X : array-like of shape (n_samples, n_timesteps)
        Real audio, best such as the generator was not fitted on. Where the pipeline drops rows
        (`GenerativePipeline.select`), they are dropped here too.
    y : DataFrame, record array, dict of columns or array-like, default=None
        Conditions of the real audio, under which audio is generated. None leaves them to the
        generator.
    n_draws : int, default=6
        Number of draws, in each fold.
    cv : int, cross-validation generator or iterable of (train, test), default=None
        Folds, as scikit-learn takes them: in each a clone of the generator is fitted to the
        training rows and judged on the others. None judges the generator as it is.
    X_others : array-like of shape (n_others, n_timesteps), default=None
        Other real audio, such as that of other instruments or of another split. Each draw takes
        as many rows as there are real ones, or all where there are fewer. None takes, with
        `cv`, the training rows; of these, where y has a column "instrument", those whose
        instrument the fold's real sounds lack.
    y_others : DataFrame, record array, dict of columns or array-like, default=None
        Conditions of the other real audio.
    figures : callable, default=None
        Function that is called as ``figures(real, generated, sample_rate=..., pitch=...)``, with
        the column "pitch" of the conditions or None, and returns figures by their names. None
        is `audiogen.metrics.summarize`.
    sample_rate : float, default=None
        Sampling rate of the audio, in Hz. None takes that of the pipeline.
    confidence_level : float, default=0.95
        That of the intervals.
    random_state : int, RandomState or None, default=None
        Seed of the draws.
    verbose : int, default=0
        1 shows progress.

    Returns
    -------
    judgement : Judgement
        It prints as a table, and has `to_frame` and `to_json`.

    Raises
    ------
    ValueError
        Where nothing says the sample rate or two rates differ, the generator knows the
        conditions of no row, or `y_others` is given without `X_others`.

    Warns
    -----
    UserWarning
        Where rows are left out, whose categories the generator was not trained on.

    See Also
    --------
    gansynth_figures : Figures by a classifier, for `figures`.
    audiogen.scoring : Single figures for a search over parameters.

    Notes
    -----
    Intervals are those of Student's t for the mean: over draws, and where there are several
    folds over the means of folds, which still share most of their training rows. Without folds
    they hold for these real sounds and this fit: other real sounds would move the figure too.
    How far a single draw lies from the mean is the "deviation" of `Judgement.to_frame`.

    Distances of half of a set from the other half are larger than those of whole sets would be,
    for sets of few sounds are farther apart. A generator may come nearer than a half. Counts,
    such as "n_pitches", are of half as many sounds.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import judge
    >>> from audiogen.generators import ConditionalGaussianMixture
    >>> notes = make_notes(16, duration=0.5, random_state=0)
    >>> mixture = ConditionalGaussianMixture(random_state=0).fit(notes.data)
    >>> found = judge(mixture, notes.data, n_draws=2, sample_rate=16000, random_state=0)
    >>> frame = found.to_frame()["mean"]
    >>> frame["frechet_audio_distance", "generated"] > frame["frechet_audio_distance", "half"]
    np.True_
    """
    given = {
        "n_draws": n_draws,
        "figures": figures,
        "sample_rate": sample_rate,
        "confidence_level": confidence_level,
        "verbose": verbose,
    }
    check_parameters("judge", _CONSTRAINTS, given)
    if X_others is None and y_others is not None:
        raise ValueError("y_others has the conditions of X_others. Give that too, or neither.")
    rate = _rate(generator, sample_rate)
    real = check_audio(X, name="X"), y
    others = None if X_others is None else (check_audio(X_others, name="X_others"), y_others)
    seed, figures = draw_seed(random_state), figures or summarize
    splits = [None] if cv is None else list(check_cv(cv, y).split(*real))
    found: list[dict[str, Any]] = []
    n_real: list[int] = []
    with Progress(len(splits) * n_draws, "draws", verbose) as progress:
        for fold, split in enumerate(splits):
            estimator, sounds, elsewhere = _fold(generator, real, others, split)
            n_real.append(len(sounds[0]))
            for draw in range(n_draws):
                sets = _sets(estimator, sounds, elsewhere, seed, fold, draw)
                for source, one, other in sets:
                    values = figures(one[0], other[0], sample_rate=rate, pitch=_pitch(other[1]))
                    found += [
                        {"source": source, "fold": fold, "draw": draw, "figure": name,
                         "value": float(value)}
                        for name, value in values.items()
                    ]  # fmt: skip
                progress.step()
    return Judgement(pd.DataFrame(found), n_real, rate, confidence_level, audiogen.__version__)


def _rate(generator: Any, sample_rate: float | None) -> float:
    """Return the one sample rate that is stated."""
    known = sample_rate_of(generator)
    rate = sample_rate if known is None else known
    if rate is None:
        raise ValueError(
            f"This {type(generator).__name__} does not state the sample rate of its audio. Give "
            "judge(..., sample_rate=...)."
        )
    if sample_rate not in (None, rate):
        raise ValueError(
            f"This {type(generator).__name__} makes audio at {known} Hz. Got "
            f"sample_rate={sample_rate}; leave it out."
        )
    return rate


def _fold(
    generator: Any, real: _Set, others: _Set | None, split: Any
) -> tuple[Any, _Set, _Set | None]:
    """Return a fitted generator, the real sounds that it is judged on, and others."""
    if split is not None:
        train, test = split
        X, y = real
        training = copy_rows(X, train), take_rows(y, train)
        real = copy_rows(X, test), take_rows(y, test)
        generator = clone(generator).fit(*training)
        if others is None:
            others = _of_other_instruments(training, real[1])
    if hasattr(generator, "select"):
        real = generator.select(*real)
    return generator, known_rows(generator, *real), others


def _of_other_instruments(training: _Set, y: Any) -> _Set | None:
    """Return the training sounds of instruments that the real sounds lack, None without any."""
    X, known = training
    if y is None or not is_named(y) or "instrument" not in read_columns(y):
        return training
    those, these = (read_columns(table)["instrument"].values for table in (known, y))
    rows = np.flatnonzero(~np.isin(those, these))
    return (copy_rows(X, rows), take_rows(known, rows)) if len(rows) else None


def _sets(
    generator: Any, real: _Set, others: _Set | None, seed: int, fold: int, draw: int
) -> Iterator[tuple[str, _Set, _Set]]:
    """Yield what is measured against what: the name of the source, and both sets."""
    X, y = real
    own = spawn_seed(seed, Stream.SAMPLE, fold, draw)
    made = generate(generator, len(X), y, random_state=own)
    yield "generated", real, (check_audio(made, name="generated audio"), y)
    rng = make_rng(seed, Stream.METRIC, fold, draw)
    if len(X) >= FEWEST_FOR_HALVES:
        yield "half", *halves_of(real, rng)
    if others is not None and (len(others[0]) > len(X) or draw == 0):
        rows = np.sort(rng.permutation(len(others[0]))[: len(X)])
        yield "others", real, (copy_rows(others[0], rows), take_rows(others[1], rows))


def _pitch(y: Any) -> np.ndarray | None:
    """Return the pitches that are asked for, None where one is unknown."""
    pitch = number_column(y, "pitch")
    return None if pitch is None or np.isnan(pitch).any() else pitch
