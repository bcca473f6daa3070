"""Recipes, epochs and shares of the sounds, searched together by scikit-learn."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["FIGURES", "candidates", "search", "tabulate"]

FIGURES = ("fad", "kl", "pitch_entropy")


def candidates(
    recipes: dict[str, Any], epochs: list[int], sizes: list[float]
) -> list[dict[str, list[Any]]]:
    """Return a grid of parameters for each recipe.

    Parameters
    ----------
    recipes : dict of str to GenerativePipeline
        What may learn. Generators without `epochs` or `max_samples` have no such axis.
    epochs : list of int
        Numbers of epochs.
    sizes : list of float
        Shares of the sounds.

    Returns
    -------
    grids : list of dict
        Of parameters of a pipeline whose last step is called "generator".
    """
    grids = []
    for pipe in recipes.values():
        generator = pipe[-1]
        grid: dict[str, list[Any]] = {"steps": [[*pipe.steps[:-1], ("generator", generator)]]}
        for name, values in (("epochs", epochs), ("max_samples", sizes)):
            if values and hasattr(generator, name):
                grid[f"generator__{name}"] = values
        grids.append(grid)
    return grids


def search(
    grids: list[dict[str, list[Any]]],
    X: Any,
    y: Any,
    *,
    folds: list[tuple[np.ndarray, np.ndarray]],
    longest: int | None,
    sample_rate: int,
    random_state: int,
    judged: Callable[[], None],
) -> Any:
    """Search for the best recipe, and how to train it.

    Parameters
    ----------
    grids : list of dict
        As `candidates` returns them.
    X, y : ndarray, DataFrame or None
        Sounds and their conditions.
    folds : list of pairs of ndarray
        Rows to train on and to judge by.
    longest : int or None
        Epochs that the last round of halving trains for; None searches the whole grid.
    sample_rate : int
        Sampling rate of the sounds, in Hz.
    random_state : int
        Seed of what candidates are judged by, the same for all.
    judged : callable
        Called when a candidate has been judged on a fold.

    Returns
    -------
    found : GridSearchCV or HalvingGridSearchCV
        Fitted. Its best estimator learnt all sounds.
    """
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV

    from audiogen.pipeline import GenerativePipeline
    from audiogen.scoring import MetricScorer, MultimetricScorer

    base = GenerativePipeline(grids[0]["steps"][0], sample_rate=sample_rate)
    given: dict[str, Any] = {"sample_rate": sample_rate, "random_state": random_state}
    scorer: Any = MultimetricScorer(FIGURES, **given)
    if longest is not None:  # it takes a single figure
        scorer = MetricScorer("fad", **given)

    def scoring(estimator: Any, X: Any, y: Any = None) -> Any:
        scores = scorer(estimator, X, y)
        judged()
        return scores

    settings = {"scoring": scoring, "cv": folds, "error_score": "raise"}
    if longest is None:
        return GridSearchCV(base, grids, refit="fad", **settings).fit(X, y)
    halving = HalvingGridSearchCV(
        base, grids, factor=2, resource="generator__epochs", max_resources=longest,
        min_resources="exhaust", return_train_score=False, random_state=random_state, **settings,
    )  # fmt: skip
    return halving.fit(X, y)


def tabulate(found: Any, recipes: dict[str, Any]) -> pd.DataFrame:
    """Return a row for each candidate, the best first.

    Parameters
    ----------
    found : GridSearchCV or HalvingGridSearchCV
        The search, fitted.
    recipes : dict of str to GenerativePipeline
        The recipes by name.

    Returns
    -------
    table : DataFrame
        Recipe, epochs, share of the sounds, figures in the mean over folds, of which less is
        better, the deviation of the first, and seconds of training in the mean.
    """
    results = found.cv_results_
    names = {id(pipe[-1]): name for name, pipe in recipes.items()}
    rows = [
        {
            "recipe": names[id(params["steps"][-1][1])],
            "epochs": params.get("generator__epochs"),
            "size": params.get("generator__max_samples"),
        }
        for params in results["params"]
    ]
    table = pd.DataFrame(rows)
    table["epochs"] = table["epochs"].astype("Int64")
    table["size"] = table["size"].astype(float)
    if "mean_test_score" in results:
        scores = {"fad": "score"}
    else:
        scores = {name: name for name in FIGURES}
    for name, key in scores.items():
        table[name] = -results[f"mean_test_{key}"]
    table["fad_std"] = results[f"std_test_{scores['fad']}"]
    table["seconds"] = results["mean_fit_time"]
    last_first = -np.asarray(results.get("iter", np.zeros(len(table))))  # rounds of halving
    order = np.lexsort([table["fad"].to_numpy(dtype=float), last_first])
    return table.iloc[order].reset_index(drop=True)
