"""A transformer over sequences of codes."""

import numbers
from typing import Any, NamedTuple, Self

import numpy as np

from audiogen.generators._clock import CLOCK_PERIODS, beats_of
from audiogen.generators._clocked import ClockedSequencer
from audiogen.generators._code_windows import CodeWindows, told_condition
from audiogen.generators._sequence_draw import MixedPredictor, SequencePredictor
from audiogen.generators._sequences import CodeSequences, checked_sequences, codebooks_of
from audiogen.generators._trained import TrainedGenerator
from audiogen.generators._transformer_steps import TransformerPredictor
from audiogen.training import FitData
from audiogen.utils.columns import validated_conditions
from audiogen.utils.validation import Instance, Interval, plain

__all__ = ["TransformerSequencer"]

_KERNEL = {"decay": 0.8, "bandwidth": 0.2}  # of the memory, as of KernelSequencer
_LEAST = 1e-6
_READ_AT_FIRST = ("context", "clock")  # what goes on has windows and beats of the first fit
_MOST_NAMES = 4096  # codes of all levels together, where each is a component of its own


class _Given(NamedTuple):
    """What fit was given."""

    X: Any
    codec: Any


class TransformerSequencer(ClockedSequencer, TrainedGenerator):
    """Transformer that goes on with codes, such as those of recordings.

    It hears what the codes before stand for, the sums of their centroids, and draws those of the
    next step, level after level; a code is the likelier the more its centroid is like what the
    network predicts [1]_ [2]_. So it learns from minutes of sound what a network of codes as mere
    names does not. With `memory` it is mixed with what followed the most similar contexts of
    training, which `KernelSequencer` draws from.

    Parameters
    ----------
    units : int, default=96
        Width of the network, a multiple of twice `n_heads`.
    n_layers : int, default=2
        Number of layers.
    n_heads : int, default=4
        Number of heads of attention in a layer.
    context : int, default=128
        Number of steps that attention reaches back.
    dropout : float, default=0.3
        Share of numbers that are set to zero in training.
    memory : bool, default=False
        Whether training is kept, and looked up while codes are drawn: what `KernelSequencer`
        finds likely is mixed with what the network does. Training leaves it out.
    clock : float, "auto" or None, default=None
        Steps of a beat, for music with a beat that stays the same: the network is told where in a
        beat, and in groups of up to four beats, each step is. "auto" finds the length of a
        beat in the codes; None has no clock.
    epochs : int, default=200
        Largest number of passes over the data.
    batch_size : int, default=16
        Number of windows of `context` steps in a batch.
    learning_rate : float, default=1e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the pieces of sequences that are used, drawn at random;
        None uses all. A piece is a window, or a quarter of one where there are fewer than 50.
    validation_fraction : float, default=0.1
        Share of the pieces that are held out to measure "val_loss". Where that is less than
        one, none is held out.
    patience : int or None, default=30
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.0
        Decay, for each step, of the exponential moving average of the weights that samples
        are made with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in while training; weights and samples are float32.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, split and draws. The same int gives the same bits on the same
        machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    network_ : keras.Model
        The network, from windows of codes to logits of each level.
    history_ : dict of str to list of float
        One value an epoch: "loss", the bits a code takes, and "val_loss", those in held-out
        pieces, both without `memory`.
    n_iter_ : int
        Number of epochs trained.
    codes_, lengths_ : ndarray or None
        All codes of training, one sequence after the other, and the lengths of the sequences;
        None without `memory`.
    beat_lengths_ : ndarray of shape (n_beats,) or None
        Steps of a beat, of each beat that some sequences share; None without a clock.
    n_codes_ : int
        Number of codes of a level.
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components) or None
        What each code stands for. Without a codec it is None, and no code is like another.
    sample_shape_ : tuple of int
        Shape of a sequence in `fit`, the longest where they differ.
    n_features_in_ : int
        Number of steps of a sequence in `fit`, the largest where they differ.
    condition_names_, categories_ : list, dict
        Names of the conditions, and the categories of each, None for a quantity.

    Notes
    -----
    Training takes windows anywhere in the sequences. In a `GenerativePipeline` they are cut from
    the sounds as codes have them, and from the same sounds cut into patches some frames later,
    where the step before can do so: more of them to learn from.

    The mixture with the memory begins half and half. Then, for each level of codes, the one counts
    more that found the codes of the last ten steps or so likelier.

    Of 10 % of the windows conditions are not told in training, so that `guidance` in `sample`
    can tell what they change [3]_. Sampling needs no Keras: NumPy goes on step by step, with the
    keys and values of the last `context` steps.

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762, 2017.
    .. [2] O. Press, L. Wolf, "Using the Output Embedding to Improve Language Models",
       arXiv:1608.05859, 2016.
    .. [3] J. Ho, T. Salimans, "Classifier-Free Diffusion Guidance", arXiv:2207.12598, 2022.

    Examples
    --------
    >>> from audiogen.generators import TransformerSequencer
    >>> transformer = TransformerSequencer(units=8, n_heads=2, epochs=1, random_state=0)
    >>> transformer.fit([[0, 1, 2] * 10]).sample(prompt=[0, 1], n_steps=4).shape
    (1, 4)
    """

    _constraints = {
        **TrainedGenerator._constraints,
        **ClockedSequencer._constraints,
        "units": Interval(numbers.Integral, 4, None),
        "n_layers": Interval(numbers.Integral, 1, None),
        "n_heads": Interval(numbers.Integral, 1, None),
        "context": Interval(numbers.Integral, 2, None),
        "dropout": Interval(numbers.Real, 0, 1),
        "memory": Instance((bool, np.bool_), "a bool"),
    }

    def __init__(
        self,
        units: int = 96,
        *,
        n_layers: int = 2,
        n_heads: int = 4,
        context: int = 128,
        dropout: float = 0.3,
        memory: bool = False,
        clock: float | str | None = None,
        epochs: int = 200,
        batch_size: int = 16,
        learning_rate: float = 1e-3,
        max_samples: float | None = None,
        validation_fraction: float = 0.1,
        patience: int | None = 30,
        plateau_patience: int | None = None,
        ema: float = 0.0,
        precision: str = "float32",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.units = units
        self.n_layers = n_layers
        self.n_heads = n_heads
        self.context = context
        self.dropout = dropout
        self.memory = memory
        self.clock = clock
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
        """The network from codes to the logits of those that follow."""
        return self._network("network")

    def fit(self, X: Any, y: Any = None, *, codec: Any = None, **parameters: Any) -> Self:
        """Learn how codes follow each other.

        Parameters
        ----------
        X : array-like of shape (n_sequences, length) or (n_sequences, length, n_levels), or list
            Codes, integers of 0 and above. A list holds an array of shape (length, n_levels) for
            each sequence, and their lengths may differ.
        y : array-like or DataFrame with n_sequences rows, default=None
            The conditions. Number columns of a DataFrame are quantities, everything
            else is a category.
        codec : fitted SpectralCodes or ResidualVectorQuantizer, default=None
            What made the codes; only its ``codebooks_`` are read. `GenerativePipeline` hands
            on the step before. None takes codes for names: none is nearer to another.
        **parameters : dict
            Callbacks and the like, as of `audiogen.training.TrainedEstimator.fit`.

        Returns
        -------
        self : TransformerSequencer

        Raises
        ------
        ValueError
            Where X holds anything but codes, or others than the codec has.
        """
        return TrainedGenerator.fit(self, _Given(X, codec), y, **parameters)

    def partial_fit(self, X: Any, y: Any = None, *, codec: Any = None) -> Self:
        """Train for one more epoch on the same network.

        Parameters
        ----------
        X : array-like or list
            Codes, as in `fit`. `memory` keeps those of the last call.
        y : array-like or DataFrame, default=None
            As in `fit`; it may hold no category that the first call did not.
        codec : fitted SpectralCodes or ResidualVectorQuantizer, default=None
            The codec of the first call, or None.

        Returns
        -------
        self : TransformerSequencer
        """
        return TrainedGenerator.partial_fit(self, _Given(X, codec), y)

    # ------------------------------------------------------------------- hooks

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        given = X
        sequences = checked_sequences(self, given.X, reset=fresh)
        y = validated_conditions(sequences, y)
        if fresh:
            self._set_up_codes(sequences, self._fitted_conditions(y), given.codec)
        else:
            self._refuse_to_change(sequences, y, given.codec)
        condition = None if self.conditions_ is None else self.conditions_.encode(y)
        sequences, every = self._with_shifted(sequences, condition, given.codec)
        self._learn_clock(sequences, every, fresh=fresh)
        if fresh:
            latents = self._latents(sequences.codes)
            self._scale = max(float(np.sqrt(latents.var(axis=0).mean())), _LEAST)
            self._n_steps = min(int(self.context), self.sample_shape_[0])
            self._unchanged = plain({name: getattr(self, name) for name in _READ_AT_FIRST})
        self.codes_, self.lengths_ = None, None
        if self.memory:
            self.codes_, self.lengths_ = sequences.codes, sequences.lengths
        windows = CodeWindows(sequences, self._n_steps, self._hands(sequences.lengths))
        pieces, held_out = self._split(windows.n_pieces, seed)
        return FitData(
            X=sequences,
            rows=windows.rows_of(pieces),
            held_out=windows.hold_out(held_out),
            read=lambda rows: (windows, rows),
            content=(sequences.codes, np.arange(len(sequences.codes))),
            seed=seed,
            codes=None if every is None else every[windows.sequence_of_rows],
        )

    def _refuse_to_change(self, sequences: CodeSequences, y: Any, codec: Any) -> None:
        """Refuse codes, conditions, a codec or parameters that the first fit did not have."""
        for name, first in self._unchanged.items():
            if getattr(self, name) != first:
                raise self._changed(name, first, getattr(self, name))
        if (y is None) != (self.conditions_ is None):
            raise ValueError("y must be given now if, and only if, it was given at first.")
        self._refuse_other_codes(sequences.codes, sequences.shape[1:])
        books, known = codebooks_of(codec), self.codebooks_
        if books is not None and (known is None or not np.array_equal(books, known)):
            raise ValueError("codec has other codebooks than in the first fit; fit anew.")

    def _architecture(self, data: FitData) -> dict[str, Any]:
        if self.units % (2 * self.n_heads):
            raise ValueError(
                f"The 'units' parameter of {type(self).__name__} must be a multiple of twice "
                f"n_heads={self.n_heads}. Got {self.units} instead."
            )
        width = self._condition_width()
        return {
            "n_levels": self._n_levels,
            "n_codes": self.n_codes_,
            "n_components": self._books().shape[2],
            "n_steps": self._n_steps,
            "clock_width": 0 if self.beat_lengths_ is None else len(CLOCK_PERIODS),
            "condition_width": width + 1 if width else 0,
            "units": self.units,
            "n_layers": self.n_layers,
            "n_heads": self.n_heads,
            "dropout": self.dropout,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_transformer

        return build_transformer(**architecture)

    def _rebuilt(self) -> Any:
        """Build the network, and set what codes stand for, which no seed decides."""
        model, books = super()._rebuilt(), self._books()
        sizes = np.sqrt(np.square(books).mean(axis=(1, 2), keepdims=True))
        model.set_books(books / self._scale, books / np.maximum(sizes, _LEAST))
        return model

    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        windows, rows = x
        return windows.batch(rows, condition, rng)

    def _predictor(
        self, condition: np.ndarray | None, clock: np.ndarray | None, n_rows: int
    ) -> SequencePredictor:
        told = None
        if self.conditions_ is not None:
            given = np.zeros((n_rows, self._condition_width())) if condition is None else condition
            told = told_condition(given, np.full(n_rows, condition is None))
        network = TransformerPredictor(
            self._weights["network"],
            n_rows,
            n_heads=self._arguments["n_heads"],
            n_steps=self._arguments["n_steps"],
            clock=None if clock is None else beats_of(clock),
            condition=told,
        )
        if self.codes_ is None:
            return network
        heard = self._memory_predictor(condition, clock, n_rows, **_KERNEL)
        return MixedPredictor(network, heard, n_rows, self._n_levels)

    # ------------------------------------------------------------------ pieces

    def _books(self) -> np.ndarray:
        """Return codebooks; of codes that are names, each has a component of its own."""
        if self.codebooks_ is not None:
            return self.codebooks_
        n_names = self._n_levels * self.n_codes_
        if n_names > _MOST_NAMES:
            raise ValueError(
                f"X has codes up to {self.n_codes_ - 1} in {self._n_levels} level(s). Without a "
                f"codec there may be {_MOST_NAMES} in all: give the codec that made them."
            )
        return np.eye(n_names, dtype=np.float32).reshape(self._n_levels, self.n_codes_, n_names)
