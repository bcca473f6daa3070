"""Notes and models in and out, as several commands need them."""

import numpy as np

from audiogen.utils.seeds import make_rng

__all__ = [
    "LEGEND",
    "as_many",
    "format_figures",
    "load_note_model",
    "new_folder",
    "read_notes",
    "train_on_notes",
    "write_notes",
]

_SAMPLE_RATE = 16000
LEGEND = """
frechet_audio_distance  from the real notes; less is nearer (compare the training notes')
kl_divergence           KL(real || these), an estimate that may be below 0; less is nearer
pitch_accuracy          share of notes within 50 cents of the pitch asked for
pitch_entropy           bits; how many pitches a note mixes
n_pitches, pitch_range  spectral peaks of all notes together, and how far apart in Hz
silent                  share of notes that are silent"""


def train_on_notes(X, y, arguments):
    from audiogen.recipes import harmonic_cvae

    parameters = {}
    if getattr(arguments, "epochs", None) is not None:
        parameters["epochs"] = arguments.epochs
    model = harmonic_cvae(
        n_components=min(64, len(X)),
        random_state=arguments.seed,
        verbose=0 if arguments.quiet else 1,
        **parameters,
    )
    return model.fit(X, y)


def load_note_model(path):
    """Return a model that can be asked for pitches of instrument families."""
    from sklearn.pipeline import Pipeline

    from audiogen.persistence import load

    model = load(path)
    generator = model[-1] if isinstance(model, Pipeline) else None
    if {"pitch", "instrument_family"} != set(getattr(generator, "condition_names_", [])):
        raise ValueError(
            f"{path} is no pipeline trained on pitch and instrument_family, as fit "
            "trains it. Use it in Python: audiogen.generate(audiogen.load(...))."
        )
    return model


def read_notes(root, split, max_notes, seed):
    """Return the notes of a folder in NSynth's layout, or of any other."""
    from audiogen import datasets

    if not root.is_dir():
        raise FileNotFoundError(f"There is no folder {root}.")
    nsynth = any((root / name / "examples.json").is_file() for name in (".", f"nsynth-{split}"))
    if nsynth:
        bunch = datasets.load_nsynth(
            root, split, max_notes=max_notes, random_state=seed, errors="warn"
        )
        if bunch.sample_rate != _SAMPLE_RATE:
            raise ValueError(
                f"{root} is at {bunch.sample_rate} Hz; the command line takes NSynth's layout at "
                f"{_SAMPLE_RATE} Hz. Give its audio folder, whose files are resampled."
            )
        return bunch.data, bunch.frame
    bunch = datasets.load_audio_folder(root, errors="warn")
    rows = np.sort(make_rng(seed).permutation(len(bunch.data))[:max_notes])
    return bunch.data[rows], bunch.frame.iloc[rows].reset_index(drop=True)


def new_folder(folder):
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give another with --out, or remove it.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_notes(folder, notes, wanted, arguments, sample_rate=_SAMPLE_RATE):
    """Write notes as an NSynth corpus, with a picture of each."""
    from audiogen import datasets, display
    from audiogen.utils.progress import Progress

    paths = datasets.save_nsynth(folder, notes, wanted, sample_rate=sample_rate)
    with Progress(len(notes), "pictures", verbose=not arguments.quiet) as progress:
        for note, path in zip(notes, paths, strict=True):
            picture = display.NoteDisplay(note, sample_rate=sample_rate, name=path.stem)
            picture.save(folder / "pictures" / f"{path.stem}.png")
            progress.step()


def as_many(bunch, n_notes):
    """Return so many notes, for figures that depend on the number to compare."""
    rows = make_rng(0).permutation(len(bunch.data))[:n_notes]
    return bunch.data[rows], bunch.frame.iloc[rows]


def format_figures(sets, real, real_frame, real_name):
    """Return a table of what notes measure, beside the real ones themselves."""
    from audiogen import metrics

    columns = {}
    for name, (notes, frame) in {**sets, real_name: (real, real_frame)}.items():
        known = frame["pitch"].notna().all()
        columns[name] = metrics.summarize(
            real, notes, sample_rate=_SAMPLE_RATE, pitch=frame["pitch"] if known else None
        )
    for figure in ("frechet_audio_distance", "kl_divergence"):
        del columns[real_name][figure]  # a distance from itself
    rows = [["", *columns]]
    for figure in next(iter(columns.values())):
        cells = [column.get(figure) for column in columns.values()]
        rows.append([figure, *("-" if cell is None else f"{cell:.3f}" for cell in cells)])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(cells, widths):
    first, *others = zip(cells, widths, strict=True)
    return first[0].ljust(first[1]) + "".join(f"  {cell:>{width}}" for cell, width in others)
