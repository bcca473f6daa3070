"""The command ``sweep``: which recipe, trained how long on how much, is best on a folder."""

import argparse
import json
import math
import pathlib
import warnings
from typing import Any

from audiogen.cli._options import add_out, add_seed, count, within
from audiogen.cli._training_sets import CONDITIONS, add_reading, read_training_set

__all__ = ["add_parser", "run"]

_RECIPES = [name for name in CONDITIONS if name != "captioned_notes"]  # whose words are drawn
_FEWEST = 6  # held-out sounds that the divergence needs
_LEGEND = """
fad            Fréchet audio distance from held-out sounds, in the mean over folds
kl             KL(real || generated), an estimate that may be below 0
pitch_entropy  bits; how many pitches a note mixes
Less is better in all three. size is the share of the sounds that the generator learns."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "sweep",
        help="search for the recipe, the epochs and the number of notes that do best",
        description="Train recipes on a folder of notes, for several numbers of epochs and on "
        "several shares of the notes; judge each on notes held out; write a table, a heat "
        "map, and the best by the Fréchet audio distance, trained again on all.",
    )
    command.add_argument("data", type=pathlib.Path, metavar="DATA", help="the folder, as of fit")
    add_out(command, "audiogen-sweep")
    command.add_argument(
        "--recipe", nargs="+", choices=_RECIPES, default=["harmonic_cvae"], metavar="NAME",
        help="what learns, learnt by the same conditions all of them (%(default)s)",
    )  # fmt: skip
    command.add_argument("--epochs", nargs="+", type=count, default=[10, 40, 120],
                         help="numbers of epochs (10 40 120)")  # fmt: skip
    command.add_argument("--sizes", nargs="+", type=within(0.001, 1), default=[0.25, 1.0],
                         help="shares of the notes (0.25 1.0)")  # fmt: skip
    command.add_argument("--folds", type=int, choices=range(2, 11), default=2, metavar="N",
                         help="folds of cross-validation, 2 to 10 (%(default)s)")  # fmt: skip
    command.add_argument(
        "--halving", action="store_true",
        help="train all for few epochs, the better half for twice as many, and so on to the "
        "largest of --epochs; measures the Fréchet audio distance alone",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="print the table as JSON")
    add_reading(command)
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Search, and write a table, a picture and the best model."""
    from audiogen.cli._notes import refuse_full
    from audiogen.cli._search import tabulate

    _refuse(arguments)
    refuse_full(arguments.out)
    X, frame, sample_rate = read_training_set(arguments)
    X, y, families = _conditions(X, frame, sample_rate, arguments)
    folds = _folds(X, families, arguments)
    recipes = {name: _make(name, sample_rate, arguments.seed) for name in arguments.recipe}
    found = _search(recipes, X, y, sample_rate, folds, arguments)
    table = tabulate(found, recipes)
    shown = table.astype({"epochs": object, "size": object})
    shown = shown.where(shown.notna(), "-")
    text = shown.to_string(index=False, float_format="{:.3f}".format)
    _write(arguments.out, table, text, found.best_estimator_)
    if arguments.json:
        print(json.dumps(json.loads(table.to_json(orient="records")), indent=2))
        return
    print(f"{text}\n{_LEGEND}\n")
    model = arguments.out / "best.skops"
    print(f"Wrote {model}, the first row's trained on all; sweep.csv, sweep.txt and sweep.png.")
    print(f"Next: audiogen sample {model}")


def _make(name: str, sample_rate: int = 16000, seed: int = 0) -> Any:
    """Return the pipeline of a recipe."""
    from audiogen import recipes

    return getattr(recipes, name)(sample_rate=sample_rate, random_state=seed)


def _refuse(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be searched together, before anything is read."""
    first, *others = arguments.recipe
    for name in others:
        if CONDITIONS[name] != CONDITIONS[first]:
            raise ValueError(
                f"{first} is learnt by {', '.join(CONDITIONS[first]) or 'nothing'}, and {name} by "
                f"{', '.join(CONDITIONS[name]) or 'nothing'}: sweep them one by one."
            )
    if len({*arguments.recipe}) < len(arguments.recipe):
        raise ValueError("--recipe names one twice.")
    if not arguments.halving:
        return
    for name in arguments.recipe:
        if not hasattr(_make(name)[-1], "epochs"):
            raise ValueError(f"{name} is not trained in epochs: leave it or --halving out.")
    if len(arguments.recipe) * len({*arguments.sizes}) < 2:
        raise ValueError("--halving needs several candidates: give more --recipe or --sizes.")


def _conditions(
    X: Any, frame: Any, sample_rate: int, arguments: argparse.Namespace
) -> tuple[Any, Any, Any]:
    """Return the sounds, what they are learnt by, and their families."""
    from audiogen.cli._notes import family_column, known_conditions
    from audiogen.datasets import track_missing_pitch

    columns = CONDITIONS[arguments.recipe[0]]
    if "pitch" in columns:
        X, frame = track_missing_pitch(X, frame, sample_rate)
    frame = known_conditions(frame, arguments.data)
    family = family_column(columns)
    return X, frame[columns] if columns else None, frame[family] if family else None


def _folds(X: Any, families: Any, arguments: argparse.Namespace) -> list[Any]:
    """Return folds, with equal shares of the families where each has enough sounds."""
    from sklearn.model_selection import KFold, StratifiedKFold

    n, seed = arguments.folds, arguments.seed
    if len(X) < n * _FEWEST:
        raise ValueError(
            f"{arguments.data} holds {len(X)} sounds, and {n} folds need {n * _FEWEST} at least: "
            "give more sounds."
        )
    if families is not None and families.value_counts().min() >= n:
        return list(StratifiedKFold(n, shuffle=True, random_state=seed).split(X, families))
    return list(KFold(n, shuffle=True, random_state=seed).split(X))


def _search(
    recipes: dict[str, Any], X: Any, y: Any, sample_rate: int, folds: list[Any],
    arguments: argparse.Namespace,
) -> Any:  # fmt: skip
    """Return the fitted search."""
    from sklearn.model_selection import ParameterGrid

    from audiogen.cli._interrupts import stopped_by_interrupts
    from audiogen.cli._search import candidates, search
    from audiogen.exceptions import ExtrapolationWarning
    from audiogen.utils.progress import Progress

    longest = max(arguments.epochs) if arguments.halving else None
    epochs = [] if arguments.halving else sorted({*arguments.epochs})
    grids = candidates(recipes, epochs, sorted({*arguments.sizes}))
    n_candidates = len(ParameterGrid(grids))
    n_rounds = min(n_candidates.bit_length(), longest.bit_length()) if longest else 1
    n_fits = len(folds) * sum(math.ceil(n_candidates / 2**i) for i in range(n_rounds))
    with (
        Progress(n_fits, "trained and judged", not arguments.quiet) as progress,
        stopped_by_interrupts() as interrupts,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("once")  # rather than for each candidate
        # A fold may hold a pitch a little outside those of the others.
        warnings.simplefilter("ignore", ExtrapolationWarning)

        def judged() -> None:
            progress.step()
            if interrupts:  # which end the training of one candidate only
                raise KeyboardInterrupt

        return search(
            grids, X, y, folds=folds, longest=longest, sample_rate=sample_rate,
            random_state=arguments.seed, judged=judged,
        )  # fmt: skip


def _write(out: pathlib.Path, table: Any, text: str, model: Any) -> None:
    """Write all or nothing into the folder."""
    from audiogen.cli._heat_map import heat_map
    from audiogen.cli._search import FIGURES
    from audiogen.persistence import save
    from audiogen.utils.files import atomic_folder

    with atomic_folder(out) as folder:
        table.to_csv(folder / "sweep.csv", index=False)
        (folder / "sweep.txt").write_text(f"{text}\n{_LEGEND}\n", encoding="utf-8")
        picture = heat_map(table, [name for name in FIGURES if name in table])
        picture.savefig(folder / "sweep.png", dpi=150)
        save(model, folder / "best.skops")
