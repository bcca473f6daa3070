"""Losses of the adversarial pair, and what tells how far they have come."""

from collections.abc import Callable, Sequence
from typing import Any

from keras import ops, random

from audiogen.networks._tensorflow import input_gradients

__all__ = [
    "adversarial_loss",
    "condition_loss",
    "critic_loss",
    "energy_distance",
    "gradient_penalty",
]

_REAL_LABEL = 0.9  # one-sided smoothing: the discriminator must not be all too sure
_LABEL_NOISE = 0.05
_SAFE = 1e-12  # under the root, whose gradient at zero is infinite


def critic_loss(kind: str, real: Any, generated: Any, draws: Any = None) -> Any:
    """Return the loss of the discriminator.

    Parameters
    ----------
    kind : {"bce", "wasserstein", "hinge"}
        "bce" is the binary cross-entropy [1]_ with labels 0.9 for real and 0 for
        generated samples, both plus uniform noise up to 0.05.
    real, generated : tensors of shape (n, 1)
        The discriminator's scores (logits).
    draws : SeedGenerator or None
        Where the noise of the labels comes from; None leaves it out.

    Returns
    -------
    loss : scalar tensor

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014.
    """
    if kind == "wasserstein":
        return ops.mean(generated) - ops.mean(real)
    if kind == "hinge":
        return ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + generated))
    return _cross_entropy(real, _REAL_LABEL, draws) + _cross_entropy(generated, 0.0, draws)


def adversarial_loss(kind: str, generated: Any) -> Any:
    """Return the loss of the generator: low where the discriminator is fooled.

    Parameters
    ----------
    kind : {"bce", "wasserstein", "hinge"}
        As in `critic_loss`.
    generated : tensor of shape (n, 1)
        The discriminator's scores (logits).

    Returns
    -------
    loss : scalar tensor
    """
    return ops.mean(ops.softplus(-generated) if kind == "bce" else -generated)


def gradient_penalty(critic: Callable[[Any], Any], real: Any, generated: Any, draws: Any) -> Any:
    """Return how far a critic's gradients are from length 1 between real and generated samples.

    Parameters
    ----------
    critic : callable
        From samples to scores of shape (n, 1).
    real, generated : tensors of shape (n, ...), float32
        Each pair is mixed by a share of its own, which is uniform in [0, 1] [1]_.
    draws : SeedGenerator or int
        Where the shares come from.

    Returns
    -------
    penalty : scalar tensor
        Mean squared difference of the gradients' lengths from 1.

    References
    ----------
    .. [1] I. Gulrajani et al., "Improved Training of Wasserstein GANs", NeurIPS 2017.
    """
    shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
    share = random.uniform(shape, dtype="float32", seed=draws)
    slopes = input_gradients(critic, share * real + (1 - share) * generated)
    slopes = ops.reshape(slopes, (ops.shape(real)[0], -1))
    norms = ops.sqrt(ops.sum(ops.square(slopes), axis=1) + _SAFE)
    return ops.mean(ops.square(norms - 1))


def condition_loss(predicted: Any, codes: Any, widths: Sequence[tuple[int, bool]]) -> Any:
    """Return how far predicted conditions are from encoded ones.

    Parameters
    ----------
    predicted : tensor of shape (n, width)
        Logits of categories; quantities as they are encoded.
    codes : tensor of shape (n, width)
        The encoded conditions.
    widths : sequence of (int, bool)
        Of each condition, how many numbers encode it, and whether it is a category.

    Returns
    -------
    loss : scalar tensor
        Cross-entropy of categories and mean squared error of quantities, summed up.
    """
    loss: Any = 0.0
    start = 0
    for width, category in widths:
        part = slice(start, start + width)
        start += width
        if category:
            # That of keras.losses warns of a single category.
            loss += ops.mean(
                ops.categorical_crossentropy(codes[:, part], predicted[:, part], from_logits=True)
            )
        else:
            loss += ops.mean(ops.square(codes[:, part] - predicted[:, part]))
    return loss


def energy_distance(real: Any, generated: Any) -> tuple[Any, Any, Any]:
    """Return how far two sets of samples are from each other, and how varied each is.

    Parameters
    ----------
    real, generated : tensors of shape (n, ...)
        As many of both.

    Returns
    -------
    distance : scalar tensor
        The energy distance [1]_ over the root of the sample size: 0 where both come from one
        distribution. An unbiased estimate, which may be negative.
    real_spread, generated_spread : scalar tensors
        Mean distances between two of one set, 0 for sets of one.

    References
    ----------
    .. [1] G. J. Szekely, M. L. Rizzo, "Energy statistics", Journal of Statistical Planning
       and Inference 143, 2013.
    """
    both = ops.cast(ops.concatenate([real, generated]), "float32")
    both = ops.reshape(both, (ops.shape(both)[0], -1))
    both = both - ops.mean(both, axis=0)  # else large means would cost digits
    size = ops.shape(real)[0]
    n = ops.cast(size, "float32")
    pairs = ops.maximum(n * (n - 1), 1.0)
    distances = _distances(both) * (1 - ops.eye(2 * size, dtype="float32"))
    real_spread = ops.sum(distances[:size, :size]) / pairs
    generated_spread = ops.sum(distances[size:, size:]) / pairs
    across = ops.mean(distances[:size, size:])
    return 2 * across - real_spread - generated_spread, real_spread, generated_spread


def _cross_entropy(logits: Any, label: Any, draws: Any) -> Any:
    if draws is not None:
        label = label + _LABEL_NOISE * random.uniform(
            ops.shape(logits), dtype="float32", seed=draws
        )
    return ops.mean(ops.softplus(logits) - label * logits)


def _distances(x: Any) -> Any:
    """Return the root mean squared difference of each two rows."""
    squares = ops.sum(ops.square(x), axis=1)
    squares = squares[:, None] + squares - 2 * ops.matmul(x, ops.transpose(x))
    return ops.sqrt(ops.maximum(squares, 0.0) / ops.cast(ops.shape(x)[1], "float32"))
