"""The harmonizer: chords for melodies."""

import numbers
from typing import Any, Self

import numpy as np
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._chain import draw_path, most_likely_path, tied
from audiogen.generators._compact import CompactMixin
from audiogen.generators._harmony_counts import (
    chain_of,
    chord_counts,
    posteriors_by_notes,
    without_long_runs,
)
from audiogen.generators._harmony_rules import ChordRules, path_by_rules
from audiogen.generators._harmony_slots import (
    QUALITIES,
    Slots,
    checked_scores,
    key_of,
    named_chords,
    rooted,
    slots_of,
    triads_of,
)
from audiogen.io import Score
from audiogen.training import FitData, TrainedEstimator
from audiogen.utils.products import affine
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["Harmonizer"]

# How often chords follow each other, beside the network; tuned by cross-validation on songs of
# 1855 to 1930 with chords.
_CHAIN_WEIGHT = 0.4
_LONGEST = 6  # bars that a chord lasts
_LEAST_DEVIATION = 1e-2
_NEIGHBOURS = (1, 2, 3)  # blocks of `Slots.pitches`: the slot before, the slot, the slot after


class Harmonizer(CompactMixin, TrainedEstimator):
    """Chords for melodies, learnt from melodies with chords.

    A chord is chosen for each half bar, or bar in 3/4 and 9/8. A network says how likely each
    chord is given the melody around it and the place in bar, section and melody; how often a
    chord follows another, and where in the bar, is counted. The likeliest path through both is
    taken [1]_, or one is drawn. Slots whose notes are the same, and those around them, have the
    same probabilities. The last chord is the tonic's, and none lasts for more than six bars
    where that can be had.

    Everything is relative to the key: a transposed melody gets transposed chords, exactly. Styles
    that have chords of their own are written down as `ChordRules`, for `predict`.

    Parameters
    ----------
    model : {"network", "hmm"}, default="network"
        What says how a melody and a chord go together. "hmm" is a hidden Markov model: the notes
        of a slot follow from its chord alone; it has no epochs and needs no Keras.
    decoding : {"viterbi", "sample"}, default="viterbi"
        Whether `predict` takes the likeliest path or draws one.
    vocabulary : {"sevenths", "triads"}, default="sevenths"
        Chords that there may be: all of the qualities, or triads alone.
    temperature : float, default=0.5
        What log probabilities are divided by where a path is drawn: as it goes to 0, paths become
        the likeliest.
    units : int, default=64
        Units of the layer that sees the melody relative to the tonic.
    root_units : int, default=32
        Units of the layer that sees it relative to each root.
    dropout : float, default=0.5
        Share of the units that is dropped while training.
    epochs : int, default=12
        Largest number of passes over the data.
    batch_size : int, default=32
        Number of slots in a batch.
    learning_rate : float, default=1e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the scores that are used, drawn at random; None uses all.
    validation_fraction : float, default=0.0
        Share of the scores held out to measure "val_loss".
    patience : int or None, default=None
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.99
        Decay, for each step, of the exponential moving average of the weights that chords are
        chosen with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in; weights, losses and outputs stay float32.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, dropout and paths drawn. The same int gives the same bits on the
        same machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    history_ : dict of str to list of float
        "loss", -log p of a slot's chord, and "val_loss", that of held-out scores; one value an
        epoch. Empty for "hmm".
    n_iter_ : int
        Number of epochs trained.
    network_ : keras.Model
        The network.

    Notes
    -----
    Keys of other modes are seen as the major key that has their notes, so that D dorian and A
    minor are C. The qualities are "", "m", "7", "m7", "maj7", "dim", "m7b5" and "aug"; "6" and
    "sus4" are learnt as the triad. In `predict` the tonic of another mode takes the part of the
    major one, where its notes sound.

    References
    ----------
    .. [1] H. Bourlard, N. Morgan, "Connectionist Speech Recognition: A Hybrid Approach", Kluwer,
       1994.

    Examples
    --------
    >>> from audiogen.generators import Harmonizer
    >>> from audiogen.io import Score
    >>> table = {"onset": [0, 2, 4, 6], "duration": [2] * 4, "pitch": [60, 65, 67, 60],
    ...          "chord": ["C", "F", "G7", "C"]}
    >>> harmonizer = Harmonizer("hmm").fit([Score(table)])
    >>> (found,) = harmonizer.predict([Score(table, chords=[])])
    >>> found.chords
    [(0.0, 2.0, 'C'), (2.0, 4.0, 'F'), (4.0, 6.0, 'G7'), (6.0, 8.0, 'C')]
    """

    _constraints = {
        **TrainedEstimator._constraints,
        "model": Options("network", "hmm"),
        "decoding": Options("viterbi", "sample"),
        "vocabulary": Options("sevenths", "triads"),
        "temperature": Interval(numbers.Real, 0, None, closed="neither"),
        "units": Interval(numbers.Integral, 1, None),
        "root_units": Interval(numbers.Integral, 1, None),
        "dropout": Interval(numbers.Real, 0, 1),
    }

    def __init__(
        self,
        model: str = "network",
        *,
        decoding: str = "viterbi",
        vocabulary: str = "sevenths",
        temperature: float = 0.5,
        units: int = 64,
        root_units: int = 32,
        dropout: float = 0.5,
        epochs: int = 12,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        max_samples: float | None = None,
        validation_fraction: float = 0.0,
        patience: int | None = None,
        plateau_patience: int | None = None,
        ema: float = 0.99,
        precision: str = "float32",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.model = model
        self.decoding = decoding
        self.vocabulary = vocabulary
        self.temperature = temperature
        self.units = units
        self.root_units = root_units
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.ema = ema
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @property
    def network_(self) -> Any:
        """The network from the melody around a slot to the logits of chords."""
        return self._network("network")

    def fit(self, X: Any, y: Any = None, **parameters: Any) -> Self:
        """Learn which chords go with which melodies.

        Parameters
        ----------
        X : sequence of Score
            Melodies with chords. Every part but "drums" counts as melody; slots without a chord
            are left out.
        y : None
            Not used.
        **parameters : object
            Those of `audiogen.training.TrainedEstimator.fit`.

        Returns
        -------
        self : Harmonizer

        Raises
        ------
        TypeError, ValueError
            Where X holds something else than scores, or a score without chords.
        """
        return super().fit(X, None, **parameters)

    def predict(
        self, X: Any, *, rules: ChordRules | None = None, random_state: Any = None
    ) -> list[Score]:
        """Return melodies with chords.

        Parameters
        ----------
        X : sequence of Score
            Melodies; chords that they have are replaced.
        rules : ChordRules, default=None
            Which chords there may be, how long they last and when they return; they take the
            place of `vocabulary`. Sections of one name get the same chords.
        random_state : int, RandomState or None, default=None
            Seed of what is drawn where `decoding` is "sample"; None takes the estimator's own.

        Returns
        -------
        scores : list of Score
            The same notes with chords from the first whole bar to the end.
        """
        check_is_fitted(self)
        names = ("decoding", "vocabulary", "temperature")
        check_parameters(self, {name: self._constraints[name] for name in names})
        scores = checked_scores(X, with_chords=False)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        return [
            self._harmonized(score, rules, make_rng(seed, Stream.SAMPLE, i))
            for i, score in enumerate(scores)
        ]

    def score(self, X: Any, y: Any = None) -> float:
        """Return how often the predicted triad is the one that is written.

        Parameters
        ----------
        X : sequence of Score
            Melodies with chords.
        y : None
            Not used.

        Returns
        -------
        score : float
            Share of the half bars with a chord whose triad is right. Higher is better.
        """
        scores = checked_scores(X, with_chords=True)
        right = n_slots = 0
        for score, found in zip(scores, self.predict(scores), strict=True):
            true = triads_of(score)
            right += ((triads_of(found)[: len(true)] == true) & (true >= 0)).sum()
            n_slots += (true >= 0).sum()
        return float(right / n_slots)

    # ------------------------------------------------------------------ pieces

    def _harmonized(
        self, score: Score, rules: ChordRules | None, rng: np.random.Generator
    ) -> Score:
        """Return a score with new chords."""
        slots = slots_of(score)
        chords = self._path(slots, rules, rng)
        end = max(score.length, float(slots.starts[-2]) + 1e-3)
        return score.replace(chords=named_chords(chords, slots, key_of(score), end))

    def _path(
        self, slots: Slots, rules: ChordRules | None, rng: np.random.Generator
    ) -> np.ndarray:
        """Return the chord of each slot."""
        if self._kind == "hmm":
            posteriors, weight = posteriors_by_notes(self._counts, slots), 1.0
        else:
            posteriors, weight = self._posteriors(slots), _CHAIN_WEIGHT
        heat, chances = self.temperature, rng.random(len(posteriors))

        def find(emissions: np.ndarray, transitions: np.ndarray) -> np.ndarray:
            if self.decoding == "viterbi":
                return most_likely_path(emissions, transitions)
            return draw_path(emissions / heat, transitions / heat, chances)

        if rules is not None:
            return path_by_rules(find, self._counts, slots, posteriors, rules, weight)
        chain = chain_of(
            self._counts, slots, posteriors, vocabulary=self.vocabulary, weight=weight
        )
        return chain.chords[without_long_runs(find, chain, _LONGEST * slots.per_bar)]

    def _posteriors(self, slots: Slots) -> np.ndarray:
        """Return log p(chord | melody) of slots, by the network."""
        seen, turned = self._inputs(slots.pitches, slots.place)
        weights = self._sampling_weights("network")
        of_key = np.maximum(affine(seen, *weights["key_units"]), 0)
        of_root = np.maximum(affine(turned, *weights["root_units"]), 0)
        logits = affine(of_key, *weights["key_logits"])
        logits = logits + affine(of_root, *weights["root_logits"]).reshape(logits.shape)
        around = slots.pitches[:, _NEIGHBOURS].reshape(len(logits), -1)
        alike = np.concatenate([around, slots.first[:, np.newaxis]], axis=1)
        return np.log(tied(softmax(logits.astype(np.float64), axis=1), alike))

    def _inputs(self, pitches: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what the network sees of slots."""
        scaled = pitches * self._scale[:, np.newaxis]
        seen = np.concatenate([scaled.reshape(len(scaled), -1), place], axis=1)
        repeated = np.repeat(place[:, np.newaxis], 12, axis=1)
        return seen, np.concatenate([rooted(scaled), repeated], axis=2)

    # ------------------------------------------------------------------- hooks

    def _learn(self, X: Any, y: Any, *args: Any, fresh: bool) -> Self:
        if self.model == "network":
            return super()._learn(X, y, *args, fresh=fresh)
        draw_seed(self.random_state)  # `predict` needs it; here, too, what is no seed is refused
        scores = checked_scores(X, with_chords=True)
        self._kind = "hmm"
        self._counts = chord_counts([slots_of(score) for score in scores])
        self.history_, self.n_iter_ = {}, 0
        return self

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        slots = [slots_of(score) for score in checked_scores(X, with_chords=True)]
        training, held_out = self._split(len(slots), seed)
        labelled = [one.chords >= 0 for one in slots]
        pitches, place, chords = (
            np.concatenate([getattr(one, name)[k] for one, k in zip(slots, labelled, strict=True)])
            for name in ("pitches", "place", "chords")
        )
        score_of_row = np.repeat(np.arange(len(slots)), [k.sum() for k in labelled])
        rows = np.flatnonzero(np.isin(score_of_row, training))
        if fresh:
            self._kind = "network"
            self._counts = chord_counts([slots[i] for i in training])
            deviations = pitches[rows].std(axis=(0, 2))
            self._scale = (1 / np.maximum(deviations, _LEAST_DEVIATION)).astype(np.float32)
        return FitData(
            X=pitches,
            rows=rows,
            held_out=np.flatnonzero(np.isin(score_of_row, held_out)),
            read=lambda rows: (pitches[rows], place[rows], chords[rows]),
            content=(pitches, np.arange(len(pitches))),
            seed=seed,
        )

    def _architecture(self, data: FitData) -> dict[str, Any]:
        pitches, place, _ = data.read(data.rows[:1])
        seen, turned = self._inputs(pitches, place)
        return {
            "n_seen": seen.shape[1],
            "n_rooted": turned.shape[2],
            "n_qualities": len(QUALITIES),
            "units": self.units,
            "root_units": self.root_units,
            "dropout": self.dropout,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_harmony

        return build_harmony(**architecture)

    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        pitches, place, chords = x
        return self._inputs(pitches, place), chords

    def _samples_so_far(self, data: FitData, n_samples: int) -> Any:
        raise ValueError("Harmonizer has no samples to preview: leave preview out of fit.")

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether a training has ended, or chords were counted."""
        counted = vars(self).get("_kind") == "hmm"
        return counted or super().__sklearn_is_fitted__()

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X is no array of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.no_validation = True
        return tags
