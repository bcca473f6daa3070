"""The recurrent network that continues runs of frames."""

import numbers
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._forward import continue_frames
from audiogen.generators._frames import FrameScaling
from audiogen.generators._trained import TrainedGenerator
from audiogen.training import FitData
from audiogen.utils.blocks import blocks_of
from audiogen.utils.seeds import Stream, make_rng
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["LSTMSequencer"]

_SEED_BYTES = 2**26


class LSTMSequencer(TrainedGenerator):
    """Recurrent network that learns which frame follows a run of frames.

    A frame is anything: a spectrogram of a note, a column of a spectrogram, a
    chord, one audio sample. `SlidingWindow` makes the rows that it learns from, runs of
    frames whose last is to be predicted from those before it. New frames are
    predicted one after the other, each from the frames before it, those
    predicted already among them.

    Parameters
    ----------
    extra_frames : int, default=5
        Number of frames that `sample` generates.
    horizon : int, default=1
        Frames at the end of each row that are predicted from the others, all at once; that
        of the `SlidingWindow` before it.
    units : int, default=128
        Units of each LSTM, in each of its two directions.
    n_layers : int, default=5
        Bidirectional LSTMs.
    dropout : float, default=0.2
        Share of the outputs of each LSTM that is dropped while training.
    frame_components : int or None, default=None
        None gives the network whole frames, flattened. An int gives it their principal
        components, at most so many, from an orthonormal basis fitted to the distinct frames:
        n frames lie in n - 1 dimensions, so n lose nothing. For large frames it is
        faster by orders of magnitude.
    epochs : int, default=50
        Largest number of passes over the data.
    batch_size : int, default=32
        Number of windows in a batch.
    learning_rate : float, default=1e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the windows that are used, drawn at random; None uses
        all.
    validation_fraction : float, default=0.1
        Share of the windows, the last ones, that are held out to measure "val_loss": each ends
        in a frame that no other has, so that with ``horizon=1`` no frame is predicted that was
        trained on. Where that is less than one window, none is held out.
    patience : int or None, default=None
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.0
        Decay, for each step, of the exponential moving average of the weights that samples
        are made with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in; weights, losses and outputs stay float32. The lower
        one is faster on processors that multiply bfloat16, for convolutions above all.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, dropout and the frames that samples begin with. The same int
        gives the same bits on the same machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    network_ : keras.Model
        The network.
    history_ : dict of str to list of float
        "loss" (mean squared error of a frame's numbers, scaled as the network sees them),
        "mae" (mean absolute error; only without `frame_components`), and those of the
        held-out windows, with "val_" before; one value an epoch.
    n_iter_ : int
        Number of epochs trained.
    n_features_in_ : int
        Frames in a window.
    sample_shape_ : tuple of int
        Shape of one window.
    condition_names_, categories_ : list, dict
        Empty: there are no conditions.

    See Also
    --------
    audiogen.preprocessing.SlidingWindow : Makes windows rows, without a copy.
    audiogen.generate : Joins the frames and turns them into audio.

    Notes
    -----
    The defaults are the architecture and the training of the report that inspired
    audiogen: flattened frames, five bidirectional LSTMs [1]_ [2]_ of 128 units with dropout
    after each, a dense layer, mean squared error, Adam. On frames of 256 x 512 x 2 that
    network has 337 million weights and needs 10 GB.

    The windows are never made: what `SlidingWindow` returns is a view, of which only
    the windows of one batch are copied (or, with `frame_components`, the
    components of each frame are computed once). Scaling and basis are learnt from the
    distinct frames. The ends of training windows, of which `sample` draws its seeds, are kept
    up to 64 MB, those of the last call of `fit` or `partial_fit`.

    X within [-1, 1] gets an output clipped to that range; any other X is centred and
    scaled. An array (n_samples, n) holds runs of n numbers: frames are scalars.

    References
    ----------
    .. [1] S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9,
       1997.
    .. [2] M. Schuster, K. K. Paliwal, "Bidirectional Recurrent Neural Networks", IEEE
       Transactions on Signal Processing 45, 1997.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators import LSTMSequencer
    >>> from audiogen.preprocessing import SlidingWindow
    >>> frames = np.sin(np.arange(40))[:, np.newaxis] * np.ones(3)
    >>> windows = SlidingWindow(length=4).fit_transform(frames)
    >>> lstm = LSTMSequencer(units=4, n_layers=1, epochs=1, random_state=0).fit(windows)
    >>> lstm.sample(2).shape
    (2, 5, 3)
    >>> lstm.sample(seed_frames=frames[np.newaxis, -4:]).shape
    (1, 5, 3)
    """

    generates_frames = True
    _constraints = {
        **TrainedGenerator._constraints,
        "extra_frames": Interval(numbers.Integral, 1, None),
        "horizon": Interval(numbers.Integral, 1, None),
        "units": Interval(numbers.Integral, 1, None),
        "n_layers": Interval(numbers.Integral, 1, None),
        "dropout": Interval(numbers.Real, 0, 1),
        "frame_components": (Options(None), Interval(numbers.Integral, 1, None)),
    }

    def __init__(
        self,
        extra_frames: int = 5,
        *,
        horizon: int = 1,
        units: int = 128,
        n_layers: int = 5,
        dropout: float = 0.2,
        frame_components: int | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        max_samples: float | None = None,
        validation_fraction: float = 0.1,
        patience: int | None = None,
        plateau_patience: int | None = None,
        ema: float = 0.0,
        precision: str = "float32",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.extra_frames = extra_frames
        self.horizon = horizon
        self.units = units
        self.n_layers = n_layers
        self.dropout = dropout
        self.frame_components = frame_components
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

    # ------------------------------------------------------------- generating

    @property
    def network_(self) -> Any:
        """The network from the frames before to those that follow."""
        return self._network("network")

    def sample(
        self,
        n_samples: int | None = None,
        y: Any = None,
        *,
        seed_frames: npt.ArrayLike | None = None,
        return_y: bool = False,
        random_state: Any = None,
    ) -> Any:
        """Generate the frames that follow seeds.

        Parameters
        ----------
        n_samples : int, default=None
            How many runs of frames; None takes as many as there are seeds, or 1.
        y : None
            There are no conditions.
        seed_frames : array-like of shape (n_samples, n_frames, *frame_shape), default=None
            What to go on from: at least as many frames as the network sees, of which the
            last count. None draws from the ends of training windows, none twice while there
            are others.
        return_y : bool, default=False
            Whether None is returned as well, as a generator with conditions returns them.
        random_state : int, RandomState or None, default=None
            Decides which seeds are drawn; None takes the estimator's own `random_state`.

        Returns
        -------
        X : ndarray of shape (n_samples, extra_frames, *frame_shape), float32
            The new frames, without the seeds.
        y : None
            Only if `return_y` is True.

        Raises
        ------
        ValueError
            Where `y` is given, or seeds have another shape or are not finite.
        """
        if y is not None:
            raise ValueError(
                "y was given, but LSTMSequencer knows no conditions: the frames before decide "
                "what follows. Leave y out, or give seed_frames."
            )
        if seed_frames is None:
            return super().sample(n_samples, y, return_y=return_y, random_state=random_state)
        check_is_fitted(self)
        seeds = self._checked_seeds(seed_frames, n_samples)
        X = self._scaling.inverse(self._continued(self._scaling.forward(seeds)))
        return (X, None) if return_y else X

    def _checked_seeds(self, seed_frames: npt.ArrayLike, n_samples: int | None) -> np.ndarray:
        """Return the frames that the network sees of seeds."""
        seeds = np.asarray(seed_frames, dtype=np.float32)
        length, frame_shape = self._arguments["length"], self.sample_shape_[1:]
        if seeds.ndim < 2 or seeds.shape[2:] != frame_shape or seeds.shape[1] < length:
            wanted = ", ".join(map(str, ("n_samples", f"at least {length}", *frame_shape)))
            raise ValueError(f"seed_frames must have the shape ({wanted}). Got {seeds.shape}.")
        if n_samples not in (None, len(seeds)) or len(seeds) == 0:
            raise ValueError(
                f"n_samples is {n_samples}, but there are seed_frames for {len(seeds)}. "
                "Give one seed for each sample, and leave n_samples out."
            )
        if not np.isfinite(seeds).all():
            raise ValueError("seed_frames holds NaN or infinite values; remove or repair them.")
        return seeds[:, -length:]

    def _continued(self, frames: np.ndarray) -> np.ndarray:
        """Return the frames that follow, as the network gives them."""
        check_parameters(self, {"extra_frames": self._constraints["extra_frames"]})
        weights, horizon = self._weights["network"], self._arguments["horizon"]
        return np.concatenate(
            [
                continue_frames(weights, frames[rows], int(self.extra_frames), horizon=horizon)
                for rows in blocks_of(np.arange(len(frames)), frames)
            ]
        )

    # --------------------------------------------------------------------- hooks

    def _learn(self, X: Any, y: Any, *args: Any, **kwargs: Any) -> Self:
        return super()._learn(X, None, *args, **kwargs)  # y is there for scikit-learn's sake

    def _validated(self, X: Any, *, reset: bool) -> Any:
        X = super()._validated(X, reset=reset)
        if X.shape[1] <= self.horizon:
            raise ValueError(
                f"X has windows of {X.shape[1]} frame(s), that is {X.shape[1]} feature(s), but "
                f"LSTMSequencer needs more than horizon={self.horizon}: those to predict and at "
                "least one before them."
            )
        return X

    def _split(self, n_samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Hold out the last windows: they end in frames that no other window has."""
        rows = np.sort(np.concatenate(super()._split(n_samples, seed)))
        n_training = len(rows) - int(self.validation_fraction * len(rows))
        return rows[:n_training], rows[n_training:]

    def _new_scaling(self) -> FrameScaling:
        return FrameScaling(self.frame_components)

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        data = super()._prepare(X, y, fresh=fresh, seed=seed)
        read, horizon = data.read, int(self.horizon)
        seen, ahead = slice(-horizon), slice(-horizon, None)
        data.read = lambda rows: (self._without_rest(read(rows, seen)), read(rows, ahead))
        return data

    def _without_rest(self, x: np.ndarray) -> np.ndarray:
        """Return components without the length of what they leave out."""
        return x if self._scaling.axes_ is None else x[..., :-1]

    def _architecture(self, data: FitData) -> dict[str, Any]:
        return {
            "frame_shape": self._scaling.network_shape_,
            "length": self.sample_shape_[0] - self.horizon,
            "horizon": self.horizon,
            "units": self.units,
            "n_layers": self.n_layers,
            "dropout": self.dropout,
            "error_scale": self._scaling.error_scale_,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_sequencer

        return build_sequencer(**architecture)

    def _batch(self, x: Any, condition: np.ndarray | None, rng: Any) -> Any:
        frames, ahead = x
        return (frames,), ahead

    def _finish(self, data: FitData) -> None:
        frame_bytes = 4 * int(np.prod(self._scaling.network_shape_))
        most = max(1, _SEED_BYTES // (self._arguments["length"] * frame_bytes))
        rows = data.rows
        if len(rows) > most:
            rows = make_rng(data.seed, Stream.PREVIOUS).choice(rows, most, replace=False)
        frames, ahead = data.read(rows)
        ends = np.concatenate([frames, self._without_rest(ahead)], axis=1)
        self._seeds = ends[:, self._arguments["horizon"] :]

    def _generate(
        self, n_samples: int, condition: np.ndarray | None, rng: np.random.Generator
    ) -> np.ndarray:
        n_seeds = len(self._seeds)
        rounds = [rng.permutation(n_seeds) for _ in range(-(-n_samples // n_seeds))]
        return self._continued(self._seeds[np.concatenate(rounds)[:n_samples]])
