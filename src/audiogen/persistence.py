"""Save and load fitted estimators without pickle."""

import pathlib

from audiogen.utils.files import atomic_path

__all__ = ["load", "save"]

_TRUSTED = ("audiogen.", "sklearn.", "numpy.")


def save(estimator, path):
    """Save a fitted generator or pipeline to one file.

    Parameters
    ----------
    estimator : estimator
        Of audiogen's and scikit-learn's own types.
    path : str or path-like
        The file; ".skops" is its usual suffix. It is replaced only when the new one is
        complete.

    See Also
    --------
    load : The way back.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import audiogen
    >>> from audiogen.generators import ConditionalVAE
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=1, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     audiogen.save(vae, pathlib.Path(folder) / "vae.skops")
    ...     again = audiogen.load(pathlib.Path(folder) / "vae.skops")
    >>> (again.sample(5) == vae.sample(5)).all()
    np.True_
    """
    import skops.io

    with atomic_path(path) as temporary:
        skops.io.dump(estimator, temporary)


def load(path):
    """Load what `save` wrote.

    Nothing in the file is executed: it is read by skops, and only audiogen's,
    scikit-learn's and NumPy's own types are made from it. (Files of pickle and joblib
    run code of whoever wrote them; load those only from people you trust.)

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    estimator : estimator

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        Where the file is damaged, none of `save`, or holds other types.
    """
    import skops.io

    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        types = skops.io.get_untrusted_types(file=path)
    except Exception as error:  # zip, JSON and key errors alike mean a file of another kind
        raise ValueError(
            f"{path} cannot be read as a model: {error}. Give a file that audiogen.save wrote."
        ) from error
    foreign = [name for name in types if not name.startswith(_TRUSTED)]
    if foreign:
        raise ValueError(
            f"{path} holds types that audiogen does not trust: {', '.join(foreign)}. "
            "Only audiogen's, scikit-learn's and NumPy's own are loaded."
        )
    return skops.io.load(path, trusted=types)
