"""Save and load fitted estimators without pickle."""

import pathlib

from audiogen.utils.files import atomic_path

__all__ = ["load", "save"]


def save(estimator, path):
    """Save a fitted generator or pipeline to one file.

    Parameters
    ----------
    estimator : estimator
        Of audiogen's and scikit-learn's own types.
    path : str or path-like
        The file; ".skops" is its usual suffix. It is replaced only when the new one is
        complete.

    Raises
    ------
    ValueError
        Where the estimator holds other types, which `load` would refuse.

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
        foreign = set(skops.io.get_untrusted_types(file=temporary)) - _own_types()
        if foreign:
            raise ValueError(
                f"The estimator holds types that load would refuse: {', '.join(sorted(foreign))}. "
                "Keep it with joblib.dump, or without those types."
            )


def load(path):
    """Load what `save` wrote.

    Nothing in the file is executed: it is read by skops, and only audiogen's own
    estimators, and what skops trusts of scikit-learn and NumPy, are made from it. (Files
    of pickle and joblib run code of whoever wrote them; load those only from people you
    trust.)

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
    foreign = set(types) - _own_types()
    if foreign:
        raise ValueError(
            f"{path} holds types that audiogen does not trust: {', '.join(sorted(foreign))}. "
            "Only its own, scikit-learn's and NumPy's estimators and arrays are loaded."
        )
    return skops.io.load(path, trusted=types)


def _own_types():
    """Return the names of audiogen's classes that a fitted estimator may hold.

    Classes one by one, not all of a package: making some object out of a file calls it by
    name, and a package's functions may do anything.
    """
    from audiogen import generators, pipeline, preprocessing
    from audiogen.generators._conditions import ConditionEncoder
    from audiogen.generators._frames import FrameScaling
    from audiogen.generators._scaling import Scaling

    public = (
        getattr(package, name)
        for package in (generators, pipeline, preprocessing)
        for name in package.__all__
    )
    classes = [thing for thing in public if isinstance(thing, type)]
    classes += [ConditionEncoder, FrameScaling, Scaling]
    return {f"{one.__module__}.{one.__qualname__}" for one in classes}
