"""The composer that learns melodies from tunes."""

import numbers
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._compact import CompactMixin
from audiogen.generators._melody_composition import SAMPLING, check_sampling, compose, examples_of
from audiogen.generators._melody_conditions import (
    checked_tunes,
    complete_conditions,
    condition_table,
    counted,
)
from audiogen.generators._melody_data import MelodyData, batch_of, melody_data, typical_sections
from audiogen.generators._melody_draw import MelodyNetwork, log_likelihoods
from audiogen.generators._melody_features import N_SOURCES, Vocabulary, note_table
from audiogen.generators._melody_runs import index_runs
from audiogen.generators._melody_strains import learn_vocabulary, spans_of, strains_of
from audiogen.training import FitData, TrainedEstimator
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval

__all__ = ["MelodyComposer"]


class MelodyComposer(CompactMixin, TrainedEstimator):
    """Network that learns melodies from tunes and composes new ones.

    It predicts the next note, a pitch relative to the tonic (or a rest) and its duration, from
    genre, mode and metre, the place in the bar and in the section, the last eight notes, and what
    stood at this place 1, 2, 4 and 8 bars, one section and two sections before, and for how many
    notes the melody has followed that: it copies, and so repeats as tunes do. New melodies are
    drawn note by note; of several draws of a section the most typical one is kept.

    Parameters
    ----------
    units : int, default=128
        Units of each of the two hidden layers.
    dropout : float, default=0.1
        Share of their outputs that is dropped while training.
    epochs : int, default=6
        Largest number of passes over the notes.
    batch_size : int, default=512
        Number of notes in a batch.
    learning_rate : float, default=2e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the tunes that are used, drawn at random; None uses
        all.
    validation_fraction : float, default=0.0
        Share of the tunes that are held out to measure "val_loss".
    patience : int or None, default=None
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.999
        Decay, for each step, of the exponential moving average of the weights that melodies
        are made with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in; weights, losses and outputs stay float32.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    temperature : float, default=1.0
        What the logarithms of probabilities are divided by: lower is safer.
    guidance : float, default=0.6
        How far probabilities move on from those without genre and mode; 0 leaves them.
    top_p : float, default=0.95
        Share of the probability, of the likeliest notes, that is drawn from.
    n_draws : int, default=8
        Draws of each section, of which the most typical one is kept.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, dropout and melodies. The same int gives the same bits on the
        same machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    network_ : keras.Model
        The network.
    categories_ : dict of str to list of str
        The genres, metres and modes that were learnt.
    history_ : dict of str to list of float
        "loss": -log p of a note, in nats, conditions dropped as in training; that of held-out
        tunes has "val_" before. One value an epoch.
    n_iter_ : int
        Number of epochs trained.

    See Also
    --------
    audiogen.io.read_tunes : Reads tunes to learn from.

    Notes
    -----
    Genre and mode are left out in 10 % of training, and the genre alone in as much again, so that
    `sample` can move away from what is common to all genres (classifier-free guidance [1]_). A
    note is drawn from the nucleus of its probabilities [2]_. What is typical of a genre and metre
    is learnt in fit, from sections of the tunes: how likely their notes are, and how much they
    repeat; a draw is compared with one of those sections.

    No melody shares a run of more than 16 pairs of interval and duration with a tune that was
    learnt from: hashes of such runs are kept, and what has one is drawn again.
    The sections of a score are what is learnt; a score without any is taken as one section up to
    16 bars, else in pieces of 8. The melody is the part "melody" where there is one.

    References
    ----------
    .. [1] J. Ho, T. Salimans, "Classifier-Free Diffusion Guidance", NeurIPS 2021 Workshop on Deep
       Generative Models.
    .. [2] A. Holtzman, J. Buys, L. Du, M. Forbes, Y. Choi, "The Curious Case of Neural Text
       Degeneration", International Conference on Learning Representations 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators import MelodyComposer
    >>> from audiogen.io import Score
    >>> steps = np.random.default_rng(0).choice([60, 62, 64, 67], (8, 32))
    >>> rhythm = {"onset": np.arange(32), "duration": np.ones(32)}
    >>> tunes = [Score({**rhythm, "pitch": pitch}) for pitch in steps]
    >>> composer = MelodyComposer(units=8, epochs=1, random_state=0).fit(tunes)
    >>> [score.n_bars for score in composer.sample(2, {"metre": "4/4"}, form="AABA")]
    [32, 32]
    """

    _constraints = {
        **TrainedEstimator._constraints,
        "units": Interval(numbers.Integral, 2, None),
        "dropout": Interval(numbers.Real, 0, 1),
        **SAMPLING,
    }

    def __init__(
        self,
        units: int = 128,
        *,
        dropout: float = 0.1,
        epochs: int = 6,
        batch_size: int = 512,
        learning_rate: float = 2e-3,
        max_samples: float | None = None,
        validation_fraction: float = 0.0,
        patience: int | None = None,
        plateau_patience: int | None = None,
        ema: float = 0.999,
        precision: str = "float32",
        warm_start: bool = False,
        temperature: float = 1.0,
        guidance: float = 0.6,
        top_p: float = 0.95,
        n_draws: int = 8,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.units = units
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
        self.temperature = temperature
        self.guidance = guidance
        self.top_p = top_p
        self.n_draws = n_draws
        self.random_state = random_state
        self.verbose = verbose

    # --------------------------------------------------------------- composing

    @property
    def network_(self) -> Any:
        """The network from what stood before a note to the note."""
        return self._network("network")

    def sample(
        self,
        n_samples: int | None = None,
        y: Any = None,
        *,
        n_bars: int = 8,
        form: str = "A",
        temperature: float | None = None,
        guidance: float | None = None,
        top_p: float | None = None,
        n_draws: int | None = None,
        return_y: bool = False,
        random_state: Any = None,
    ) -> Any:
        """Compose new melodies.

        Parameters
        ----------
        n_samples : int, default=None
            Number of melodies; None takes as many as `y` has rows, or 1.
        y : DataFrame or dict, default=None
            Columns genre, metre ("6/8") and mode ("dorian"), as in `fit`; one row or a dict of
            names serves all melodies. A genre that is missing stays free; a metre or mode that
            is missing is drawn from those that tunes of the rest had. None draws everything as
            often as it was there.
        n_bars : int, default=8
            Bars of a section, 2 to 64.
        form : str, default="A"
            The sections, a capital letter each: "AABA". The same letter is the same section; one
            of up to four bars that is repeated at once ends openly the first time. Each new
            letter's section knows those before.
        temperature, guidance, top_p : float, default=None
            Replace the parameters of these names; None takes those of the composer.
        n_draws : int, default=None
            Replaces the parameter of this name; None takes that of the composer.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Seed of the melodies; None takes the estimator's own `random_state`. The same int
            gives the same first melodies, whatever `n_samples` is.

        Returns
        -------
        scores : list of Score
            Melodies in C, at 120 quarter notes a minute, with their sections.
        y : DataFrame
            Their genre, metre and mode, only if `return_y` is True.

        Raises
        ------
        ValueError
            For a genre, metre or mode that was not learnt, parameters out of their range, or
            where all draws copy a tune.
        """
        check_is_fitted(self)
        given: dict[str, Any] = {"temperature": temperature, "guidance": guidance, "top_p": top_p}
        given |= {"n_draws": n_draws}
        options = {k: getattr(self, k) if v is None else v for k, v in given.items()}
        check_sampling({"n_samples": n_samples, "n_bars": n_bars, "form": form} | options)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        rng = make_rng(seed, Stream.CONDITION)
        wanted = complete_conditions(y, n_samples, self._conditions, rng)
        trained = (*self._for_sampling(), self._runs, self._cells)
        scores = compose(trained, wanted, form, int(n_bars), seed=seed, **options)
        return (scores, condition_table(wanted)) if return_y else scores

    def fit(self, X: Any, y: Any = None, **parameters: Any) -> Self:
        """Learn to compose melodies like those of tunes.

        Parameters
        ----------
        X : list of Score
            The tunes.
        y : DataFrame or dict, default=None
            A row for each tune, of the columns genre (None where it is not known), metre ("6/8")
            and mode ("dorian"). Metre and mode that are missing are those of the score.
        **parameters : object
            Callbacks and the like, as of `audiogen.training.TrainedEstimator.fit`.

        Returns
        -------
        self : MelodyComposer

        Raises
        ------
        TypeError, ValueError
            Where X is no list of scores or has no notes, or y does not fit to it.
        """
        return super().fit(X, y, **parameters)

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean log-likelihood of a note of tunes.

        Parameters
        ----------
        X : list of Score
            Tunes.
        y : DataFrame or dict, default=None
            As in `fit`. A genre, mode or metre that was not learnt counts as none given.

        Returns
        -------
        score : float
            Mean of log p(pitch, duration), in nats. Rests count as notes. Pitches and durations
            that were too rare to be learnt count as the nearest that were.
        """
        check_is_fitted(self)
        tunes, conditions = checked_tunes(X, y)
        network, vocabulary = self._for_sampling()
        logs = [
            log_likelihoods(network, *note_table(vocabulary, vocabulary.condition(*c), strains))
            for c, strains in zip(
                conditions, (strains_of(spans_of(t), vocabulary) for t in tunes), strict=True
            )
        ]
        return float(np.concatenate(logs).mean())

    def perplexity(self, X: Any, y: Any = None) -> float:
        """Return the perplexity of a note: among how many equal ones it would be as hard to guess.

        Parameters
        ----------
        X : list of Score
            Tunes.
        y : DataFrame or dict, default=None
            As in `fit`.

        Returns
        -------
        perplexity : float
            exp of minus `score`.
        """
        return float(np.exp(-self.score(X, y)))

    def typical_score(self, y: Any = None) -> np.ndarray:
        """Return the `score` that is typical of the tunes that were learnt from.

        Parameters
        ----------
        y : DataFrame or dict, default=None
            Genre and metre, as in `sample`; None takes all tunes.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
            Median over sections of tunes of a genre and metre, or else of the metre, or of all.
        """
        check_is_fitted(self)
        asked = complete_conditions(y, None, self._conditions, make_rng(0, Stream.CONDITION))
        return np.array([np.median(examples_of(self._cells, c)[:, 1]) for c in asked])

    @property
    def categories_(self) -> dict[str, list[str]]:
        """The genres, metres and modes that were learnt."""
        check_is_fitted(self)
        names = {"genre": "genres", "metre": "metres", "mode": "modes"}
        return {name: list(self._vocabulary[key]) for name, key in names.items()}

    def _for_sampling(self) -> tuple[MelodyNetwork, Vocabulary]:
        return MelodyNetwork(self._weights["network"]), Vocabulary(**self._vocabulary)

    # ------------------------------------------------------------------- hooks

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        scores, conditions = checked_tunes(X, y)
        spans = [spans_of(score) for score in scores]
        kept = [i for i, found in enumerate(spans) if found]
        spans, conditions = [spans[i] for i in kept], [conditions[i] for i in kept]
        if fresh:
            self._vocabulary = learn_vocabulary(spans, conditions)
            self._conditions = counted(conditions)
        training, held_out = self._split(len(spans), seed)
        vocabulary = Vocabulary(**self._vocabulary)
        return melody_data(vocabulary, spans, conditions, training, held_out, seed)

    def _architecture(self, data: FitData) -> dict[str, Any]:
        vocabulary = Vocabulary(**self._vocabulary)
        return {
            "n_rows": vocabulary.n_rows,
            "n_pitches": vocabulary.n_pitches,
            "n_durations": vocabulary.n_durations,
            "n_sources": N_SOURCES,
            "units": self.units,
            "dropout": self.dropout,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_melody_model

        return build_melody_model(**architecture)

    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        return batch_of(Vocabulary(**self._vocabulary), x, rng)

    def _finish(self, data: FitData) -> None:
        """Learn what is typical of genre and metre, and what may not be copied."""
        assert isinstance(data, MelodyData)
        used = np.unique(data.tune_of_note[data.rows])
        self._runs = index_runs(data.tunes[i] for i in used)
        network = MelodyNetwork(self._weights["network"])
        self._cells = typical_sections(data, network, used)

    def _samples_so_far(self, data: FitData, n_samples: int) -> Any:
        """Return melodies of what was learnt so far, and their conditions."""
        self._collect_weights()
        self._finish(data)
        return self.sample(n_samples, return_y=True, random_state=self._seed)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that X is no array of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.no_validation = True
        return tags
