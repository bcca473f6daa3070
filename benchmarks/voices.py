"""How near learnt voices and drums are: python -m benchmarks.voices --notes FOLDER --drums FOLDER.

The folder of notes has `train` and `valid` in NSynth's layout, at 44.1 kHz; that of drums has
`index.csv` with the columns file, class, kit and velocity. Without them: those of the package.

Voices: mean absolute difference, in dB, of 64-band log-mel spectra from held-out notes of the same
instruments, over frames within 40 dB of the loudest, with a floor 80 dB below the loudest band and
the level removed. "spectrum" compares the means over the frames, with one level for the note, as
an instrument is compared with an instrument; "frames" compares frame by frame, with the level of
each frame removed: of two recordings of an instrument no two moments are alike.

Drums: "bands" is the mean absolute difference of 64-band log-mel spectra (means over time, floor
60 dB below the loudest band, level removed), "attack" the time from a tenth to nine tenths of the
highest level of 1 ms, "told" how often a classifier trained on real hits of the other kits tells
the drum, over drums that three or more kits have.
"""

import argparse
import json
import pathlib
import tempfile
import time
import warnings

import librosa
import numpy as np
import pandas as pd
import soundfile
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import audiogen
from audiogen import recipes
from audiogen.datasets import load_drums, load_notes
from audiogen.metrics import pitch_accuracy
from audiogen.signal import resample

RATE = 44_100
CONDITIONS = ["instrument", "pitch", "velocity"]
TEMPERATURES = 0.0, None, 1.0  # None is the recipe's own


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.voices")
    parser.add_argument("--notes", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--drums", metavar="FOLDER", type=pathlib.Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", audiogen.exceptions.ExtrapolationWarning)
    show_voices(*(notes_of(arguments.notes, split) for split in ("train", "valid")))
    show_drums(*hits_of(arguments.drums))


# ---------------------------------------------------------------------- voices


def notes_of(folder, split):
    """Return notes and their conditions."""
    if folder is None:
        return load_notes(split, sample_rate=RATE, return_X_y=True, conditions=CONDITIONS)
    examples = json.loads((folder / split / "examples.json").read_text())
    names = {"instrument_str": "instrument", "pitch": "pitch", "velocity": "velocity"}
    y = pd.DataFrame(examples.values())[list(names)].rename(columns=names)
    paths = [next((folder / split / "audio").glob(f"{note}.*")) for note in examples]
    return np.stack([soundfile.read(path, dtype="float32")[0] for path in paths]), y


def show_voices(train, held_out):
    """Print how near voices are, and return their distances at the recipe's own temperature."""
    X, y = train
    known = held_out[1].instrument.isin(y.instrument).to_numpy()
    real, wanted = held_out[0][known], held_out[1][known].reset_index(drop=True)
    print(f"voices: {len(X)} notes to learn from, {len(real)} held out")
    started = time.process_time()
    model = recipes.voices(random_state=0).fit(X, y)
    print(f"fit in {time.process_time() - started:.1f} s; {megabytes(model):.2f} MB")
    print(f"{'':34}spectrum frames  in tune")
    onset, harmonics = model[0], model[1]
    real = onset.transform(real)
    again = harmonics.inverse_transform(harmonics.transform(real, wanted), wanted)
    show_notes("harmonics and noise of the note", real, again, wanted)
    show_notes("nearest note, transposed", real, transposed(onset.transform(X), y, wanted), wanted)
    found = {}
    for temperature in TEMPERATURES:
        if temperature is not None:
            model[-1].set_params(temperature=temperature)
        else:
            model[-1].set_params(temperature=recipes.voices()[-1].temperature)
        made = model.sample(y=wanted, random_state=1)
        off = show_notes(f"voices, temperature {model[-1].temperature:g}", real, made, wanted)
        found[temperature] = off
    show_times(model, wanted)
    return dict(zip(("spectrum", "frames"), found[None], strict=True))


def show_notes(name, real, made, wanted):
    distances = np.mean([mel_distances(a, b) for a, b in zip(real, made, strict=True)], axis=0)
    share = pitch_accuracy(made, wanted.pitch, sample_rate=RATE)
    print(f"{name:34}{distances[0]:8.2f}{distances[1]:7.2f}{share:9.2f}", flush=True)
    return distances


def mel_distances(real, made):
    """Return the distance of mean spectra, and that of frames."""
    A, B = (mel_levels(note) for note in (real, made))
    energy = 10 * np.log10((10 ** (A / 10)).sum(axis=0))
    off = (A - B)[:, energy > energy.max() - 40]
    return np.abs((off - off.mean()).mean(axis=1)).mean(), np.abs(off - off.mean(axis=0)).mean()


def mel_levels(note):
    mel = librosa.feature.melspectrogram(y=note, sr=RATE, n_mels=64)
    levels = 10 * np.log10(np.maximum(mel, 1e-20))
    return np.maximum(levels - levels.max(), -80)


def transposed(X, y, wanted):
    """Return for each note the nearest one of its instrument, played faster or slower."""
    notes = np.zeros((len(wanted), X.shape[1]), np.float32)
    for note, row in zip(notes, wanted.itertuples(), strict=True):
        own = y[y.instrument == row.instrument]
        order = np.lexsort([(own.velocity - row.velocity).abs(), (own.pitch - row.pitch).abs()])
        nearest = own.index[order[0]]
        ratio = 2 ** ((row.pitch - y.pitch[nearest]) / 12)
        played = resample(X[nearest], round(RATE * ratio), RATE)[: len(note)]
        note[: len(played)] = played
    return notes


def show_times(model, wanted):
    """Tell milliseconds a note, of the features and of sounds of two lengths."""
    y = pd.concat([wanted] * 3, ignore_index=True)[:60]
    started = time.process_time()
    features = model[-1].sample(y=y, random_state=0)
    for _, step in reversed(model.steps[2:-1]):
        features = step.inverse_transform(features)
    spent = [time.process_time() - started]
    for seconds in (1, 2, 4):
        started = time.process_time()
        model[1].inverse_transform(features, y, n_timesteps=seconds * RATE)
        spent.append(time.process_time() - started)
    each = [f"{1000 * t / len(y):.1f}" for t in spent]
    print(f"ms a note: features {each[0]}; sound of 1, 2 and 4 s {', '.join(each[1:])}\n")


def megabytes(model):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.skops"
        audiogen.save(model, path)
        return path.stat().st_size / 1e6


# ----------------------------------------------------------------------- drums


def hits_of(folder):
    """Return hits of 3 s and their drum, kit and velocity."""
    if folder is None:
        return load_drums(return_X_y=True)
    index = pd.read_csv(folder / "index.csv")
    X = np.zeros((len(index), 3 * RATE), np.float32)
    for row, name in zip(X, index.file, strict=True):
        audio = soundfile.read(folder / name, dtype="float32")[0][: len(row)]
        row[: len(audio)] = audio
    return X, index[["class", "kit", "velocity"]].rename(columns={"class": "drum"})


def show_drums(X, y):
    """Print how near drums are, and return the figures of those generated as trained on."""
    print(f"drums: {len(X)} hits of {y.drum.nunique()} drums and {y.kit.nunique()} kits")
    started = time.process_time()
    model = recipes.drum_kit(random_state=0).fit(X, y)
    print(f"fit in {time.process_time() - started:.1f} s; {megabytes(model):.2f} MB")
    started = time.process_time()
    made = model.sample(y=y, random_state=1)
    print(f"{1000 * (time.process_time() - started) / len(y):.0f} ms a hit")
    found = show_hits("generated, as trained on", X, made)
    # Every second hit of a drum of a kit is held out where there are three or more.
    number = y.groupby(["drum", "kit"]).cumcount()
    size = y.groupby(["drum", "kit"]).drum.transform("size")
    held = ((number % 2 == 1) & (size > 2)).to_numpy()
    part = recipes.drum_kit(random_state=0).fit(X[~held], y[~held])
    show_hits(f"generated, {held.sum()} held out", X[held], part.sample(y=y[held], random_state=1))
    show_hits("the nearest real hit", X[held], X[~held][nearest_hits(y[~held], y[held])])
    return found | {"told": show_told(X, made, y)}


def show_hits(name, real, made):
    off = [bands(a) - bands(b) for a, b in zip(real, made, strict=True)]
    error = np.mean([np.abs(d - d.mean()).mean() for d in off])
    a, b = (np.array([attack(hit) for hit in hits]) for hits in (real, made))
    print(
        f"{name:34}bands {error:.2f} dB, attack {np.median(b):.1f} ms (real {np.median(a):.1f}), "
        f"apart {np.median(np.abs(a - b)):.1f}",
        flush=True,
    )
    return {"bands": error, "attack": abs(np.median(b) - np.median(a))}


def bands(hit):
    mel = librosa.feature.melspectrogram(y=hit, sr=RATE, n_mels=64).mean(axis=1)
    levels = 10 * np.log10(np.maximum(mel, 1e-12))
    return np.maximum(levels, levels.max() - 60)


def attack(hit):
    """Return the milliseconds from a tenth to nine tenths of the highest level of 1 ms."""
    level = np.sqrt(np.convolve(hit**2, np.ones(44) / 44))
    top = level.max()
    return (np.argmax(level > 0.9 * top) - np.argmax(level > 0.1 * top)) / RATE * 1000


def nearest_hits(known, wanted):
    """Return the places of the hits of the same drum and kit that are nearest in velocity."""
    found = []
    for row in wanted.itertuples():
        same = np.flatnonzero((known.drum == row.drum) & (known.kit == row.kit))
        found.append(same[np.argmin(np.abs(known.velocity.to_numpy()[same] - row.velocity))])
    return found


def show_told(real, made, y):
    """Tell how often a classifier of the other kits' hits knows the drum of a kit's hits."""
    drum = y.drum.str.replace(r"tom_\w+", "tom", regex=True)
    kits = y.kit.groupby(drum).nunique()
    rows = drum.isin(kits.index[kits >= 3]).to_numpy()
    features = {name: np.stack([timbre(x) for x in X[rows]]) for name, X in
                (("real", real), ("made", made))}  # fmt: skip
    drum, kit = drum[rows].to_numpy(), y.kit[rows].to_numpy()
    right = {"real": np.zeros(len(drum)), "made": np.zeros(len(drum))}
    for one in np.unique(kit):
        own = kit == one
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
        classifier.fit(features["real"][~own], drum[~own])
        for name, X in features.items():
            right[name][own] = classifier.predict(X[own]) == drum[own]
    a, b = (right[name].mean() for name in ("real", "made"))
    print(f"{'told by hits of other kits':34}real {a:.2f}, generated {b:.2f}, ratio {b / a:.2f}")
    return b / a


def timbre(hit):
    """Return the spectrum, and how it fades, of a hit at one level."""
    mel = librosa.feature.melspectrogram(y=hit[:RATE], sr=RATE, n_mels=32, n_fft=1024)
    levels = 10 * np.log10(np.maximum(mel, 1e-10))
    levels = np.maximum(levels - levels.max(), -70)
    return np.r_[levels[:, :4].max(axis=1), levels[:, 4:40].mean(axis=1), levels.mean(axis=0)[::6]]


if __name__ == "__main__":
    main()
