"""Products of matrices whose rows depend on nothing but themselves, to the last bit."""

import numpy as np

__all__ = ["affine"]


def affine(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """Multiply the last axis with a kernel and add a bias.

    BLAS sums in an order that depends on the sizes of its matrices. Here ``numpy.einsum``
    multiplies: without BLAS, it adds the products of each output one after the other, so that a
    row comes out the same however many there are, and on however many threads.

    Parameters
    ----------
    x : ndarray of shape (..., n_inputs)
        Rows.
    kernel : ndarray of shape (n_inputs, n_outputs)
        What they are multiplied with.
    bias : ndarray of shape (n_outputs,), default=None
        What is added.

    Returns
    -------
    out : ndarray of shape (..., n_outputs)

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.products import affine
    >>> affine(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([5.0]))
    array([[16.]])
    """
    # Strides decide the order of summation, and so must not depend on where arrays come from.
    x, kernel = np.ascontiguousarray(x), np.ascontiguousarray(kernel)
    out = np.einsum("...i,io->...o", x, kernel)
    if bias is not None:
        out += bias
    return out
