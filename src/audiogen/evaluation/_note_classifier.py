"""A classifier of notes, whose features are an embedding too."""

import numbers
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.base import ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.evaluation._classifier_weights import digest_of, features_of, logits_of
from audiogen.evaluation._labels import classes_of, encoded, labels_of, share_right
from audiogen.evaluation._note_spectra import NoteSpectra, hear, teeth_of, with_noise
from audiogen.training import FitData, TrainedEstimator
from audiogen.utils.columns import is_named, validated_conditions
from audiogen.utils.large import validate_rows
from audiogen.utils.validation import Instance, Interval, as_floating_point

__all__ = ["NoteClassifier"]

_LEAST_DEVIATION = 0.01  # of what is heard, so that bands that are always silent stay so


class _Given(NamedTuple):
    """Labels, and the classes that there may be in later calls."""

    y: Any
    classes: Any


class NoteClassifier(
    ClassNamePrefixFeaturesOutMixin, ClassifierMixin, TransformerMixin, TrainedEstimator
):
    """Classifier of notes by pitch, instrument family or any other labels.

    Spectra of notes go through one hidden layer, whose outputs are the features that `transform`
    returns, to the classes of each label. GANSynth was evaluated by such a classifier of pitch
    and by its features [1]_: see `gansynth_figures`.

    Parameters
    ----------
    sample_rate : float, default=16000
        Sampling rate of the audio, in Hz, from 1,000.
    pitch_column : str, default="pitch"
        Name of the label that is a MIDI pitch. For it spectra are looked at from each pitch in
        turn, with the same weights for all: so it is learnt from few notes.
    units : int, default=64
        Number of features.
    comb_units : int, default=16
        Number of units of the layer that all pitches share.
    dropout : float, default=0.3
        Share of the spectrum, and of the features, that is dropped while training.
    epochs : int, default=100
        Largest number of passes over the data.
    batch_size : int, default=32
        Number of samples in a batch.
    learning_rate : float, default=2e-3
        Learning rate of the Adam optimizer.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the samples that are used, drawn at random; None
        uses all.
    validation_fraction : float, default=0.0
        Share of the samples that are held out to measure "val_loss" and "val_accuracy".
    patience : int or None, default=None
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.99
        Decay, for each step, of the exponential moving average of the weights that predictions
        are made with; 0 uses the weights themselves.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in while training; predictions are in float32.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, split and noise. The same int gives the same bits on the same
        machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,), or list of them
        The classes; a list with those of each label where y has several columns.
    label_names_ : list
        Names of the labels; numbers where y has no names.
    network_ : keras.Model
        The network from spectra to logits.
    history_ : dict of str to list of float
        "loss", the sum over labels of the mean negative log-likelihood in nats, and "accuracy",
        the share of notes of which all labels are right, one value an epoch; those of held-out
        samples begin with "val_".
    n_iter_ : int
        Number of epochs trained.
    n_features_in_ : int
        Number of time steps of a note.
    version : str
        Eight digits that tell one fitted classifier from another, for records of what a figure
        was measured with.

    See Also
    --------
    gansynth_figures : What it says of generated notes.
    audiogen.metrics.frechet_audio_distance : A distance that takes it as `embedding`.

    Notes
    -----
    Notes are scaled to a peak of 1, so that their level tells nothing. While training, white noise
    is put under each, from 80 to 20 dB below its loudest band. Notes have the length of those in
    `fit`. With several labels give scikit-learn's searches ``cv=KFold(5)``, for an int asks them
    for folds with equal shares of the classes of one.

    Trained on the 148 notes of `audiogen.datasets.load_notes`, it knows the pitch of all of the
    38 others whose pitch is among those it was taught (35), and the family of half of them:
    ``python -m benchmarks.judge``. A pitch that it was not taught it cannot name.

    References
    ----------
    .. [1] J. Engel, K. K. Agrawal, S. Chen, I. Gulrajani, C. Donahue and A. Roberts, "GANSynth:
       Adversarial Neural Audio Synthesis", ICLR 2019.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import NoteClassifier
    >>> notes = make_notes(24, duration=0.5, random_state=0)
    >>> classifier = NoteClassifier(epochs=2, random_state=0)
    >>> classifier.fit(notes.data, notes.frame[["pitch", "instrument_family"]]).label_names_
    ['pitch', 'instrument_family']
    >>> classifier.predict(notes.data).shape, classifier.transform(notes.data).shape
    ((24, 2), (24, 64))
    """

    name = "NoteClassifier"
    _constraints = {
        **TrainedEstimator._constraints,
        "sample_rate": Interval(numbers.Real, 1000, None),
        "pitch_column": Instance(str, "the name of a column"),
        "units": Interval(numbers.Integral, 1, None),
        "comb_units": Interval(numbers.Integral, 1, None),
        "dropout": Interval(numbers.Real, 0, 1),
    }

    def __init__(
        self,
        sample_rate: float = 16000,
        *,
        pitch_column: str = "pitch",
        units: int = 64,
        comb_units: int = 16,
        dropout: float = 0.3,
        epochs: int = 100,
        batch_size: int = 32,
        learning_rate: float = 2e-3,
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
        self.sample_rate = sample_rate
        self.pitch_column = pitch_column
        self.units = units
        self.comb_units = comb_units
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
        """The network from spectra to logits."""
        return self._network("network")

    @property
    def classes_(self) -> Any:
        """The classes; a list with those of each label where there are several."""
        if "_classes" not in vars(self):
            raise AttributeError(f"This {type(self).__name__} is not fitted yet; call fit first.")
        return self._classes[0] if len(self._classes) == 1 else self._classes

    @property
    def version(self) -> str:
        """Eight digits that tell one fitted classifier from another."""
        check_is_fitted(self)
        return digest_of(self._weights["network"])

    def partial_fit(self, X: Any, y: Any = None, classes: Any = None) -> Self:
        """Train for one more epoch on the same networks.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : DataFrame or array-like with n_samples rows
            Labels.
        classes : array-like of shape (n_classes,) or list of them, default=None
            All classes that later calls may have, of each label where there are several; only
            the first call uses it. None takes those of y.

        Returns
        -------
        self : NoteClassifier
        """
        return super().partial_fit(X, _Given(y, classes))

    def predict(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the most probable labels of notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Of objects where labels are of several types.
        """
        found = self._logits(X)
        columns = [
            classes[logits.argmax(axis=1)]
            for classes, logits in zip(self._classes, found, strict=True)
        ]
        if len(columns) == 1:
            return columns[0]
        alike = len({column.dtype.kind for column in columns}) == 1
        return np.stack(columns if alike else [c.astype(object) for c in columns], axis=1)

    def predict_proba(self, X: npt.ArrayLike) -> Any:
        """Return the probabilities of classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), or list of them
            In the order of `classes_`; a list with those of each label where there are several.
        """
        found = [softmax(logits.astype(np.float64), axis=1) for logits in self._logits(X)]
        return found[0] if len(found) == 1 else found

    def score(self, X: npt.ArrayLike, y: Any) -> float:
        """Return the share of notes of which all labels are predicted right.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : DataFrame or array-like with n_samples rows
            Labels.

        Returns
        -------
        score : float
        """
        return share_right(self.predict(X), y, self.label_names_)

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the features of notes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        features : ndarray of shape (n_samples, units), float32
        """
        return self._features(X)[0]

    def __call__(self, audio: npt.ArrayLike) -> np.ndarray:
        """Return the features of notes, as metrics ask an embedding for them.

        Parameters
        ----------
        audio : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        features : ndarray of shape (n_samples, units), float32
        """
        return self.transform(audio)

    # ------------------------------------------------------------------ pieces

    @property
    def _n_features_out(self) -> int:
        return int(self._arguments["units"])

    def _features(self, X: Any) -> tuple[np.ndarray, Any]:
        """Return features, and the logits of the pitch, None where no label is one."""
        check_is_fitted(self)
        inputs = self._inputs(hear(self._audio(X, reset=False), self.sample_rate))
        return features_of(self._weights["network"], inputs)

    def _logits(self, X: Any) -> list[np.ndarray]:
        """Return the logits of each label."""
        features, salience = self._features(X)
        found = logits_of(self._weights["network"], features, len(self._classes))
        if self._pitch_label is not None:
            found[self._pitch_label] = salience
        return found

    def _audio(self, X: Any, *, reset: bool) -> np.ndarray:
        return as_floating_point(validate_rows(self, X, reset=reset, dtype="numeric"))

    def _inputs(self, spectra: NoteSpectra) -> tuple[np.ndarray, ...]:
        """Return what the network sees of notes."""
        seen = (spectra.timbre - self._mean) * self._scale
        if self._pitch_label is None:
            return (seen,)
        return seen, teeth_of(spectra.fine, self._classes[self._pitch_label])

    # ------------------------------------------------------------------- hooks

    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        y, classes = y if isinstance(y, _Given) else (y, None)
        if not is_named(y):
            X, y = validate_data(
                self, X, y, reset=fresh, skip_check_array=False, multi_output=True, dtype="numeric"
            )
        audio = self._audio(X, reset=fresh)
        labels = labels_of(validated_conditions(audio, y))
        if fresh:
            self.label_names_ = labels.names
            self._classes = classes_of(labels, classes)
            self._pitch_label = labels.find_numbers(self.pitch_column)
        codes = encoded(labels, self.label_names_, self._classes)
        rows, held_out = self._split(len(audio), seed)
        spectra = hear(audio, self.sample_rate)
        if fresh:
            self._mean = spectra.timbre[rows].mean(axis=0)
            deviation = spectra.timbre[rows].std(axis=0)
            self._scale = 1 / np.maximum(deviation, np.float32(_LEAST_DEVIATION))
        return FitData(
            X=audio,
            rows=rows,
            held_out=held_out,
            read=lambda few: NoteSpectra(*(part[few] for part in spectra)),
            content=(audio, np.concatenate([rows, held_out])),
            seed=seed,
            codes=codes,
        )

    def _architecture(self, data: FitData) -> dict[str, Any]:
        inputs = self._inputs(data.read(data.rows[:1]))
        comb = None if len(inputs) == 1 else (self._pitch_label, *inputs[1].shape[1:])
        return {
            "n_seen": inputs[0].shape[1],
            "n_classes": tuple(map(len, self._classes)),
            "comb": comb,
            "units": self.units,
            "comb_units": self.comb_units,
            "dropout": self.dropout,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_classifier

        return build_classifier(**architecture)

    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        return self._inputs(x._replace(fine=with_noise(x.fine, rng))), condition

    def _samples_so_far(self, data: FitData, n_samples: int) -> Any:
        raise ValueError("NoteClassifier has no samples to preview: leave preview out of fit.")

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that there may be several labels, and that X is sound."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.classifier_tags.poor_score = True  # on what is no sound
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
