"""Save and load fitted estimators without pickle."""

import functools
import json
import numbers
import os
import pathlib
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from inspect import isabstract
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from audiogen.utils.archives import (
    check_archive,
    check_arrays,
    check_seal,
    renumbered_archive,
    seal_archive,
)
from audiogen.utils.files import atomic_path
from audiogen.utils.schemas import check_schema

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

__all__ = ["load", "save"]

_MT19937_WORDS = 624  # numbers in the state of a RandomState
_OLD_STATE = b'"_model_state":'  # networks as Keras describes them
# Estimators of packages above this one, which it may not import.
_HIGHER = frozenset({"audiogen.evaluation._note_classifier.NoteClassifier"})
_CONSTRAINTS = {"_constraints", "_parameter_constraints"}


def save(estimator: "BaseEstimator", path: str | os.PathLike) -> None:
    """Save a fitted generator or pipeline to one file.

    The file holds parameters, numbers, text and arrays, in the format of skops; it holds no
    code. Whoever has it can read all of what the estimator learnt. The same estimator makes
    the same bytes, in whichever process.

    Parameters
    ----------
    estimator : estimator
        An estimator of audiogen or scikit-learn that holds, beside parameters and arrays,
        only such estimators.
    path : str or path-like
        The file to write; ".skops" is its usual suffix. An existing file is replaced only
        when the new one is complete.

    Raises
    ------
    TypeError
        If `estimator` is something else than an estimator.
    ValueError
        If the estimator holds types that `load` refuses, such as functions or classes of
        your own, or parameters that its `fit` would refuse.

    See Also
    --------
    load : Load an estimator from such a file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import audiogen
    >>> from audiogen.generators import ConditionalGaussianMixture
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> mixture = ConditionalGaussianMixture(n_components=1, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     audiogen.save(mixture, pathlib.Path(folder) / "mixture.skops")
    ...     again = audiogen.load(pathlib.Path(folder) / "mixture.skops")
    >>> (again.sample(5) == mixture.sample(5)).all()
    np.True_
    """
    import skops.io
    from sklearn.base import BaseEstimator

    name = type(estimator).__name__
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"save takes an estimator of audiogen or scikit-learn. Got a {name}.")
    _check_state(estimator)
    with atomic_path(path) as temporary:
        try:
            with tempfile.TemporaryFile(dir=temporary.parent) as dumped:
                skops.io.dump(estimator, dumped)
                renumbered_archive(dumped, temporary)
            seal_archive(temporary)
            with open(temporary, "rb") as file:
                foreign, _ = _inspect(file)
        except OSError:
            raise
        except Exception as error:
            raise ValueError(
                f"The {name} cannot be saved: {_reason(error)}. Keep it with joblib.dump."
            ) from error
        if foreign:
            raise ValueError(
                f"The {name} holds types that load would refuse: {', '.join(sorted(foreign))}. "
                "Keep it with joblib.dump, or without those types."
            )


def load(path: str | os.PathLike) -> "BaseEstimator":
    """Load an estimator that `save` wrote.

    Parameters
    ----------
    path : str or path-like
        The file to read.

    Returns
    -------
    estimator : estimator
        The estimator as it was saved.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, was not written by `save`, was written by a release that
        described networks in the file, or holds other types. The message names the file.

    Warns
    -----
    sklearn.exceptions.InconsistentVersionWarning
        If another release of scikit-learn wrote the file.

    See Also
    --------
    save : Save an estimator to a file.

    Notes
    -----
    No code is in the file, and none is run while it is loaded, whoever wrote it. Before any
    object is made, the types that the file names are compared with a list: audiogen's public
    estimators, scikit-learn's estimators, NumPy's arrays, numbers and ufuncs, and Python's
    dicts, lists, tuples, sets, numbers and text. Arrays and descriptions that would take far
    more memory than the file has bytes are refused, and so are files whose parts do not
    belong together.

    What a stranger's file can still do is to generate other sounds than it promises, to fail
    when it samples, or to take much time or memory over it; and `fit` of a loaded pipeline
    uses the folder that the file names as its `memory`. Files of pickle and joblib, in
    contrast, run code of whoever wrote them: load those only from people you trust.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with open(path, "rb") as file:
        try:
            return _read(file)
        except _RefusedError as error:
            raise ValueError(f"{path} {error}") from error
        except Exception as error:  # whatever reading raises, the file is what caused it
            raise ValueError(
                f"{path} cannot be read as a model: {_reason(error)}. It is damaged, or "
                "another release wrote it; give a file that audiogen.save wrote."
            ) from error


class _RefusedError(ValueError):
    """Why a readable file is not loaded, as a sentence that goes on from its name."""


def _read(file: BinaryIO) -> "BaseEstimator":
    """Return the estimator in an open file."""
    import skops.io

    foreign, schema = _inspect(file)
    if foreign:
        raise _RefusedError(
            f"holds types that audiogen does not trust: {', '.join(sorted(foreign))}. "
            "Only its own, scikit-learn's and NumPy's estimators and arrays are loaded."
        )
    root = f"{schema['__module__']}.{schema['__class__']}"
    if root not in _own_estimators() | _sklearn_estimators():
        raise _RefusedError(
            f"holds no estimator but an object of the type {root}. Load it with skops.io.load."
        )
    with zipfile.ZipFile(file) as archive:
        check_seal(archive)
    trusted = _own_estimators() | _own_parts() | _ufuncs()
    estimator = skops.io.load(file, trusted=sorted(trusted))
    _check_state(estimator)
    return estimator


def _inspect(file: BinaryIO) -> tuple[set[str], dict[str, Any]]:
    """Return the names in a file that are not allowed, and its description of the object."""
    with zipfile.ZipFile(file) as archive:
        check_archive(archive, file)
        text = archive.read("schema.json")
        if _OLD_STATE in text:
            raise _RefusedError(
                "was written by an earlier release of audiogen, whose files describe networks "
                "in a way that can name code to run. Train the model again and save it."
            )
        schema = json.loads(text)
        foreign = check_schema(schema, _allowed(), set(archive.namelist()))
        if not foreign:
            check_arrays(archive)
    return foreign, schema


def _reason(error: Exception) -> str:
    """Return the message of an error, short and on one line."""
    text = " ".join(str(error).split())[:200].rstrip(".")
    plain = type(error) in (ValueError, zipfile.BadZipFile) and text
    return text if plain else f"{type(error).__name__} {text}".rstrip()


@functools.cache
def _allowed() -> dict[str, frozenset[str]]:
    """Return the types that a file may name, by skops' name of the loader that makes them."""
    scalars = {t for t in np.sctypeDict.values() if issubclass(t, np.number | np.bool_ | np.str_)}
    numpy_scalars = {f"numpy.{t.__name__}" for t in scalars}
    return {
        "DictNode": frozenset({"builtins.dict"}),
        "FunctionNode": _ufuncs(),
        "JsonNode": frozenset({"builtins.str"}),
        "ListNode": frozenset({"builtins.list"}),
        "NdArrayNode": frozenset({"numpy.ndarray", *numpy_scalars}),
        "ObjectNode": _own_estimators() | _own_parts() | _sklearn_estimators(),
        "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
        "SetNode": frozenset({"builtins.set"}),
        "SliceNode": frozenset({"builtins.slice"}),
        "TupleNode": frozenset({"builtins.tuple"}),
        "TypeNode": frozenset({f"builtins.{t}" for t in ("bool", "float", "int", "str")})
        | numpy_scalars,
    }


@functools.cache
def _ufuncs() -> frozenset[str]:
    """Return the names of NumPy's ufuncs: their public ones, and those before NumPy 2.2."""
    names = [name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)]
    modules = ("numpy", "numpy._core._multiarray_umath")
    return frozenset(f"{module}.{name}" for module in modules for name in names)


@functools.cache
def _own_estimators() -> frozenset[str]:
    """Return the names of audiogen's public estimators.

    Classes one by one, not all of a package: making some object out of a file calls it by
    name, and a package's functions may do anything.
    """
    from sklearn.base import BaseEstimator

    from audiogen import generators, pipeline, preprocessing

    public = (
        getattr(package, name)
        for package in (generators, pipeline, preprocessing)
        for name in package.__all__
    )
    classes = [thing for thing in public if isinstance(thing, type) and not isabstract(thing)]
    return _HIGHER | {_name(kind) for kind in classes if issubclass(kind, BaseEstimator)}


@functools.cache
def _own_parts() -> frozenset[str]:
    """Return the names of audiogen's other classes that a fitted estimator holds."""
    from audiogen.generators import ConditionEncoder, FrameScaling, Scaling

    return frozenset(_name(part) for part in (ConditionEncoder, FrameScaling, Scaling))


@functools.cache
def _sklearn_estimators() -> frozenset[str]:
    """Return the names of scikit-learn's estimators."""
    from sklearn.utils import all_estimators

    names = (_name(estimator) for _, estimator in all_estimators())
    return frozenset(name for name in names if name.startswith("sklearn."))


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _check_state(estimator: "BaseEstimator") -> None:
    """Refuse an estimator whose attributes do not belong together, and those within it."""
    from sklearn.base import BaseEstimator

    for thing in _objects(estimator):
        if isinstance(thing, np.random.RandomState | np.ndarray):
            _check_values(thing)
            continue
        _check_names(thing)
        if isinstance(thing, BaseEstimator):
            _check_parameters(thing)
        if hasattr(thing, "_check_state"):
            thing._check_state()


def _objects(thing: Any) -> Iterator[Any]:
    """Yield an array, a RandomState or an object with attributes, and all of those within it."""
    if isinstance(thing, np.random.RandomState | np.ndarray):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from _objects(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _objects(value)
    elif _name(type(thing)) in _allowed()["ObjectNode"]:
        yield thing
        yield from _objects(vars(thing))


def _check_values(thing: Any) -> None:
    """Refuse a RandomState or an array of text whose use would crash."""
    if isinstance(thing, np.random.RandomState):
        if not 0 <= thing.get_state(legacy=False)["state"]["pos"] <= _MT19937_WORDS:
            raise ValueError("a RandomState is at a place that it does not have")
    elif thing.dtype.kind == "U" and thing.size:
        codes = np.ascontiguousarray(thing).view(thing.dtype.byteorder.replace("|", "=") + "u4")
        if codes.max() > sys.maxunicode:
            raise ValueError("an array of text holds numbers that are no characters")


def _check_names(thing: Any) -> None:
    """Refuse attributes that hide methods, or what parameters are checked against."""
    for name in vars(thing):
        known = getattr(type(thing), name, None)
        if name in _CONSTRAINTS or name.startswith("__") or callable(known):
            raise ValueError(f"an attribute {name!a} hides one of {type(thing).__name__}")


def _check_parameters(estimator: Any) -> None:
    """Refuse an estimator without all its parameters, or with others than it takes."""
    from sklearn import __version__

    from audiogen.utils.validation import check_parameters

    if vars(estimator).get("_sklearn_version", __version__) != __version__:
        return  # its parameters may have been others
    estimator.get_params()
    if hasattr(estimator, "_constraints"):
        check_parameters(estimator, estimator._constraints)
    elif hasattr(estimator, "_parameter_constraints"):
        estimator._validate_params()
    width = getattr(estimator, "n_features_in_", 1)
    if not isinstance(width, numbers.Integral) or width < 1:
        raise ValueError(f"n_features_in_ of {type(estimator).__name__} must be an int above 0")
