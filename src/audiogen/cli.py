"""The command line: a thin layer over the same objects that Python code uses."""

import itertools
import logging
import sys
import time
import warnings

import numpy as np

from audiogen._options import parser
from audiogen.utils.seeds import make_rng

__all__ = ["main"]

_SAMPLE_RATE = 16000
_CLIP_EPOCHS = 300
_TEMPO = 112
# General MIDI programs, and the families that play them.
_PARTS = {
    "melody": ((73, "flute"), (11, "mallet"), (68, "reed"), (0, "keyboard"), (56, "brass")),
    "chords": ((24, "guitar"), (48, "string"), (19, "organ")),
    "bass": ((32, "bass"),),
}
_LEGEND = """
frechet_audio_distance  from the real notes; less is nearer (compare the training notes')
kl_divergence           KL(real || these), an estimate that may be below 0; less is nearer
pitch_accuracy          share of notes within 50 cents of the pitch asked for
pitch_entropy           bits; how many pitches a note mixes
n_pitches, pitch_range  spectral peaks of all notes together, and how far apart in Hz
silent                  share of notes that are silent"""


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        The words of the command; None takes the program's own.

    Returns
    -------
    status : int
        0 if all went well, 2 if the input was at fault.
    """
    arguments = parser().parse_args(argv)
    _speak_plainly(arguments.quiet)
    try:
        _COMMANDS[arguments.command](arguments)
    except (ValueError, TypeError, OSError) as error:
        print(f"audiogen: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("audiogen: stopped.", file=sys.stderr)
        return 130
    return 0


def _speak_plainly(quiet):
    """Show log lines and warnings as plain sentences on the standard error stream."""
    logger = logging.getLogger("audiogen")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers = [handler]
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    warnings.showwarning = lambda message, *_, **__: logger.warning("warning: %s", message)


# ------------------------------------------------------------------------ commands


def _demo(arguments):
    from audiogen import datasets
    from audiogen.persistence import save

    started = time.monotonic()
    folder = _new_folder(arguments.out)
    train, held_out = datasets.load_notes("train"), datasets.load_notes("valid")
    print(
        f"Training on {len(train.data)} notes of {train.frame.instrument.nunique()} instruments."
    )
    model = _trained(train.data, train.frame[["pitch", "instrument_family"]], arguments)
    save(model, folder / "model.skops")
    wanted = held_out.frame[["pitch", "instrument_family"]]
    print(f"Making {len(wanted)} new notes, at the pitch and family of the held-out real ones.")
    notes = model.sample(y=wanted, random_state=arguments.seed)
    _write(folder / "generated", notes, wanted, arguments)
    datasets.save_nsynth(folder / "real", held_out.data, held_out.frame)
    print(f"\nMeasured against the {len(held_out.data)} held-out real notes:\n")
    print(_table({"generated": (notes, wanted), "training": _as_many(train, len(notes))},
                 held_out.data, held_out.frame, "held-out"))  # fmt: skip
    print(_LEGEND)
    generated = folder / "generated"
    print(
        f"\nDone in {time.monotonic() - started:.0f} s. Listen to {generated / 'audio'}, look at "
        f"{generated / 'pictures'},\nand make more: "
        f"audiogen sample {folder / 'model.skops'} --pitch 60 64 67 --family organ"
    )


def _fit(arguments):
    from audiogen.persistence import save

    if arguments.out.exists():
        raise FileExistsError(f"{arguments.out} is there already; give another --out.")
    X, frame = _read(arguments.data, arguments.split, arguments.max_notes, arguments.seed)
    frame = _with_pitch(X, frame)
    X, frame = X[frame.index], frame.reset_index(drop=True)
    print(f"Training on {len(X)} notes of {frame.instrument_family.nunique()} families, "
          f"pitches {frame.pitch.min():g} to {frame.pitch.max():g}.")  # fmt: skip
    model = _trained(X, frame[["pitch", "instrument_family"]], arguments)
    save(model, arguments.out)
    print(f"Wrote {arguments.out}. Next: audiogen sample {arguments.out}")


def _sample(arguments):
    model = _loaded(arguments.model)
    drawn = model[-1].conditions_.draw(arguments.number, make_rng(arguments.seed))
    wanted = _asked(drawn, arguments.pitch, arguments.family)
    folder = _new_folder(arguments.out)
    notes = model.sample(y=wanted, random_state=arguments.seed)
    rates = [step.sample_rate for _, step in model.steps if hasattr(step, "sample_rate")]
    _write(folder, notes, wanted, arguments, *rates[:1])
    print(f"Wrote {len(notes)} notes to {folder / 'audio'}, pictures to {folder / 'pictures'}.")


def _loaded(path):
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


def _asked(drawn, pitches, families):
    """Return the conditions asked for: every family at every pitch, the rest as drawn."""
    import pandas as pd

    if pitches and families:
        rows = [(pitch, family) for family in families for pitch in pitches]
    elif pitches:
        rows = list(zip(pitches, itertools.cycle(drawn["instrument_family"]), strict=False))
    elif families:
        rows = list(zip(drawn["pitch"], itertools.cycle(families), strict=False))
    else:
        return drawn
    return pd.DataFrame(rows, columns=["pitch", "instrument_family"])


def _evaluate(arguments):
    real, real_frame = _read(arguments.real, "test", None, 0)
    generated, frame = _read(arguments.generated, "test", None, 0)
    print(_table({"generated": (generated, frame)}, real, real_frame, "real"))
    print(_LEGEND)


def _clip(arguments):
    from audiogen import datasets
    from audiogen._render import render
    from audiogen.display import NoteDisplay
    from audiogen.utils.clips import write_clip
    from audiogen.utils.files import atomic_path
    from audiogen.utils.midi import read_midi

    tune = None if arguments.midi is None else read_midi(arguments.midi)
    model = None if arguments.model is None else _loaded(arguments.model)
    folder = _new_folder(arguments.out)
    composed, seconds, programs = tune is None, arguments.seconds, {}
    if tune is None:
        seconds = 15.0 if seconds is None else seconds
        tune, programs = _composed(seconds if arguments.loop else seconds - 1, arguments)
    if model is None:
        notes = datasets.load_notes("train")
        arguments.epochs = _CLIP_EPOCHS
        model = _trained(notes.data, notes.frame[["pitch", "instrument_family"]], arguments)
    if composed:
        tune, programs = _suited(tune, programs, model[-1])
    fade_out = arguments.fade_out
    if fade_out is None:
        fade_out = 0.0 if arguments.loop else 0.5
    clip = render(
        model, tune, sample_rate=arguments.sample_rate, seconds=seconds, loop=arguments.loop,
        fade_in=arguments.fade_in, fade_out=fade_out, loudness=arguments.loudness,
        programs={**programs, **dict(arguments.programs)}, random_state=arguments.seed,
    )  # fmt: skip
    path = folder / f"clip.{arguments.format}"
    write_clip(path, clip, arguments.sample_rate, bit_depth=arguments.bit_depth)
    if composed:
        with atomic_path(folder / "clip.mid") as temporary:
            tune.write(str(temporary))
    NoteDisplay(clip, sample_rate=arguments.sample_rate, name=path.name).save(folder / "clip.png")
    print(f"Wrote {path}, {len(clip) / arguments.sample_rate:.1f} s, and beside it "
          f"{'clip.mid and clip.png' if composed else 'clip.png'}.")  # fmt: skip


def _recipes(arguments):
    from audiogen._recipe_results import format_results

    print(format_results())


def _composed(seconds, arguments):
    """Return a new tune with chords and a bass, and the families that are to play it."""
    from audiogen import datasets
    from audiogen._arrange import arrange
    from audiogen._compose import compose
    from audiogen.generators import LSTMSequencer
    from audiogen.pipeline import make_generative_pipeline
    from audiogen.preprocessing import PianoRoll, SlidingWindow

    n_bars = max(1, round(seconds / 60 * _TEMPO / 4))
    lstm = LSTMSequencer(
        1, units=64, n_layers=1, epochs=40, learning_rate=4e-3, validation_fraction=0.0,
        random_state=arguments.seed, verbose=0 if arguments.quiet else 1,
    )  # fmt: skip
    roll = PianoRoll(steps_per_beat=2, tempo=n_bars * 4 * 60 / seconds)
    pipe = make_generative_pipeline(roll, SlidingWindow(), lstm)
    pipe.fit(datasets.load_tunes().data)
    tune = compose(pipe, 8 * n_bars, random_state=arguments.seed)
    rng = make_rng(arguments.seed, 1)
    programs = {part: choices[rng.integers(len(choices))] for part, choices in _PARTS.items()}
    families: dict[int, str] = dict(programs.values())
    return arrange(tune, seconds / n_bars, [program for program, _ in programs.values()]), families


def _suited(tune, programs, generator):
    """Return a new tune and its families as a generator can play them."""
    from audiogen._arrange import within_reach

    known = generator.categories_["instrument_family"].tolist()
    programs = {p: f if f in known else known[0] for p, f in programs.items()}
    return within_reach(tune, *generator.conditions_.ranges_["pitch"]), programs


_COMMANDS = {
    "demo": _demo,
    "fit": _fit,
    "sample": _sample,
    "evaluate": _evaluate,
    "clip": _clip,
    "recipes": _recipes,
}


# -------------------------------------------------------------------------- pieces


def _trained(X, y, arguments):
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


def _read(root, split, max_notes, seed):
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


def _with_pitch(X, frame):
    """Fill in missing pitches by tracking; drop, and name, notes without any."""
    from audiogen.signal import track_pitch

    frame = frame.copy()
    missing = frame.index[frame.pitch.isna()]
    if len(missing):
        frame["pitch"] = frame.pitch.astype(float)
        frame.loc[missing, "pitch"] = track_pitch(X[missing]).round()
    lost = frame.index[frame.pitch.isna()]
    if len(lost):
        names = ", ".join(map(str, frame.note[lost[:5]]))
        warnings.warn(f"{len(lost)} note(s) have no pitch that could be found, and are left out: "
                      f"{names}{', ...' if len(lost) > 5 else ''}", stacklevel=2)  # fmt: skip
        frame = frame.drop(lost)
    if frame.empty:
        raise ValueError("No note is left to train on: none has a pitch.")
    return frame


def _new_folder(folder):
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give another with --out, or remove it.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(folder, notes, wanted, arguments, sample_rate=_SAMPLE_RATE):
    """Write notes as an NSynth corpus, with a picture of each."""
    from audiogen import datasets, display
    from audiogen.utils.progress import Progress

    paths = datasets.save_nsynth(folder, notes, wanted, sample_rate=sample_rate)
    with Progress(len(notes), "pictures", verbose=not arguments.quiet) as progress:
        for note, path in zip(notes, paths, strict=True):
            picture = display.NoteDisplay(note, sample_rate=sample_rate, name=path.stem)
            picture.save(folder / "pictures" / f"{path.stem}.png")
            progress.step()


def _as_many(bunch, n_notes):
    """Return so many notes, for figures that depend on the number to compare."""
    rows = make_rng(0).permutation(len(bunch.data))[:n_notes]
    return bunch.data[rows], bunch.frame.iloc[rows]


def _table(sets, real, real_frame, real_name):
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
