"""How good generated notes are: python -m benchmarks.notes [TRAIN HELDOUT] [options].

TRAIN and HELDOUT are folders in NSynth's layout, with no instrument in both; without them it is
the notes that come with audiogen. Each recipe learns the first and is asked for the pitch and
family of each note of the second. The tables:

representation
    Held-out notes analysed and resynthesised by `HarmonicPlusNoise`: Fréchet audio
    distance over that of as many training notes, AUC of a classifier between the two sets, the
    distance of log spectra in dB, and how many onsets move by less than 5 ms, by family: of all
    notes; beside it, between two draws of the noise in the same features, for slow attacks have
    no moment that is sharper; and of notes whose level rises from a tenth of its largest to a
    half within 20 ms.
recipes
    Seconds of loading, analysis and training, then for each seed: notes in tune, periodicity and
    diversity over those of the held-out notes; `FAD`, over that of as many training notes (1: as
    near as real notes of other instruments); novelty, the distance of timbre to the nearest
    training note over that of held-out ones (near 0: copies); AUC, and that of training notes.
families
    The same for one family after the other, for the first seed.
levels
    Of 2,000 notes drawn from each recipe as the training notes are, by family: the least and the
    largest level of real notes in dB, the share of drawn ones within, the highest peak of both,
    the shares of drawn ones that are silent (below -60 dB) and at full scale, and of those that
    sound for less time than any real one.
velocity
    Each recipe told instrument and velocity, where an instrument has notes of three velocities or
    more: rank correlations of velocity with level and with spectral centroid, of its real notes
    (pitch regressed out), and of those generated at one pitch.
interpolation
    From a note of each family to one of each other in eight steps at C4: by how many cents the
    pitch is off at most; on how many of the ways each step's timbre (mean log-mel spectrum of
    the first second, at equal power) is farther from the first and nearer to the last; and the
    longest step back, over the whole way.
"""

import argparse
import itertools
import pathlib
import time

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from audiogen import recipes
from audiogen.datasets import load_notes, load_nsynth
from audiogen.metrics import classifier_two_sample_test, frechet_audio_distance, pitch_accuracy
from audiogen.preprocessing import HarmonicPlusNoise, PeakNormalizer
from audiogen.signal import track_pitch
from benchmarks import _notes
from benchmarks._data import SAMPLE_RATE

CONDITIONS = ["pitch", "instrument_family"]
TABLES = "representation", "recipes", "families", "levels", "velocity", "interpolation"
N_LEVELS = 2000
N_DRAWS = 10
N_LATENTS = 8
N_VELOCITIES = 6
N_STEPS, PITCH = 8, 60
NEAR, SHARP = 0.005, 0.02  # seconds, of onsets and of attacks


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.notes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="TRAIN and HELDOUT")
    parser.add_argument("--recipes", nargs="+", default=["harmonic_gmm", "harmonic_cvae"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--pictures", type=pathlib.Path, help="folder for one of each family")
    arguments = parser.parse_args()
    if len(arguments.folders) not in (0, 2):
        parser.error(f"give TRAIN and HELDOUT, or neither. Got {' '.join(arguments.folders)}.")
    judge = Judge(*loaded(arguments.folders))
    if "representation" in arguments.tables:
        show("representation", representation(judge))
    for name in arguments.recipes:
        if {"recipes", "families"} & {*arguments.tables} or arguments.pictures is not None:
            compare(name, judge, arguments)
        if "levels" in arguments.tables:
            show(f"{name}, levels", levels(name, judge.train, arguments.seeds[0]))
        if "velocity" in arguments.tables:
            show(f"{name}, velocity", velocity(name, judge.train, arguments.seeds[0]))
        if "interpolation" in arguments.tables:
            show(f"{name}, interpolation", interpolation(name, judge.train, arguments.seeds[0]))


def compare(name, judge, arguments):
    """Show what a recipe makes for the held-out notes beside them."""
    rows = {}
    for seed in arguments.seeds if "recipes" in arguments.tables else arguments.seeds[:1]:
        notes, seconds = generated(name, arguments.folders, judge.wanted, seed)
        rows[f"seed {seed}"] = {"seconds": seconds, **judge.figures(notes)}
        if seed == arguments.seeds[0]:
            first = notes
    if "recipes" in arguments.tables:
        show(name, pd.DataFrame(rows).T)
    if "families" in arguments.tables:
        show(f"{name}, by family", judge.by_family(first))
    if arguments.pictures is not None:
        draw(judge, first, arguments.pictures / name)


def loaded(folders):
    """Return training and held-out notes."""
    if folders:
        return [load_nsynth(folder, n_jobs=2) for folder in folders]
    return [load_notes(split) for split in ("train", "valid")]


def generated(name, folders, wanted, seed):
    """Return notes of a recipe, and the seconds from the files to the trained model."""
    start = time.perf_counter()
    train = loaded(folders)[0]
    model = getattr(recipes, name)(random_state=seed)
    model.set_params(harmonics__n_jobs=2)
    model.fit(train.data, train.frame[CONDITIONS])
    seconds = time.perf_counter() - start
    return model.sample(y=wanted, random_state=seed), seconds


class Judge:
    """Measure notes beside those held out and those trained on, all at one peak."""

    def __init__(self, train, held_out):
        self.train, self.held_out = train, held_out
        self.wanted = held_out.frame[CONDITIONS]
        self.real, self.known = map(PeakNormalizer().fit_transform, (held_out.data, train.data))

    def figures(self, notes):
        """Return the figures of notes made for the held-out ones, one each."""
        notes, pitch = PeakNormalizer().fit_transform(notes), self.wanted.pitch
        self.rng = np.random.default_rng(0)  # each time against the same training notes
        return {
            "in tune": self.in_tune(notes, pitch) / self.in_tune(self.real, pitch),
            "FAD": self.distance(notes, slice(None)),
            "periodicity": _notes.periodicity(notes, pitch) / _notes.periodicity(self.real, pitch),
            "diversity": _notes.diversity(notes) / _notes.diversity(self.real),
            "novelty": _notes.novelty(notes, self.known) / _notes.novelty(self.real, self.known),
            "AUC": self.auc(notes),
            "of training": self.auc(self.drawn(self.known, len(self.real))),
        }

    def by_family(self, notes):
        """Return the figures that few notes allow, family by family."""
        notes, rows = PeakNormalizer().fit_transform(notes), {}
        self.rng = np.random.default_rng(0)
        for family in sorted(self.wanted.instrument_family.unique()):
            own = (self.wanted.instrument_family == family).to_numpy()
            pitch = self.wanted.pitch[own]
            rows[family] = {
                "notes": own.sum(),
                "in tune": self.in_tune(notes[own], pitch) / self.in_tune(self.real[own], pitch),
                "FAD": self.distance(notes[own], own, family),
                "periodicity": _notes.periodicity(notes[own], pitch)
                / _notes.periodicity(self.real[own], pitch),
                "diversity": _notes.diversity(notes[own]) / _notes.diversity(self.real[own]),
            }
        return pd.DataFrame(rows).T

    def in_tune(self, notes, pitch):
        """Return the share of notes within 50 cents of a pitch."""
        return pitch_accuracy(notes, pitch, sample_rate=SAMPLE_RATE)

    def distance(self, notes, rows, family=None):
        """Return the distance from held-out notes, over that of training notes of the family."""
        known = self.known
        if family is not None:
            known = known[(self.train.frame.instrument_family == family).to_numpy()]
        real = self.real[rows]
        draws = [self.drawn(known, min(len(real), len(known))) for _ in range(N_DRAWS)]
        own, *others = (
            frechet_audio_distance(real, some, sample_rate=SAMPLE_RATE) for some in (notes, *draws)
        )
        return own / np.mean(others)

    def drawn(self, notes, n_notes):
        """Return as many notes as asked for, drawn at random."""
        return notes[self.rng.choice(len(notes), n_notes, replace=False)]

    def auc(self, notes):
        """Return how well notes are told from the held-out ones."""
        return classifier_two_sample_test(self.real, notes, sample_rate=SAMPLE_RATE).auc


def representation(judge):
    """Return what is left of held-out notes that were analysed and resynthesised."""
    y, families = judge.wanted, judge.wanted.instrument_family
    harmonics = HarmonicPlusNoise(n_jobs=2)
    features = harmonics.fit_transform(judge.held_out.data, y)
    made = harmonics.inverse_transform(features, y)
    again = harmonics.set_params(random_state=1).inverse_transform(features, y)
    real, first, second = map(_notes.onsets, (judge.held_out.data, made, again))
    near = abs(first - real) < NEAR
    each = pd.DataFrame(
        {
            "LSD dB": _notes.log_spectral_distances(judge.held_out.data, made),
            "onsets": near,
            "two draws": abs(first - second) < NEAR,
            "sharp onsets": np.where(_notes.attacks(judge.held_out.data) < SHARP, near, np.nan),
        }
    )
    table = each.groupby(families.to_numpy()).mean()
    table.loc["all"] = each.mean()
    figures = judge.figures(made)
    for name in ("in tune", "FAD", "AUC"):
        table.loc["all", name] = figures[name]
    return table


def levels(name, train, seed):
    """Return how levels, peaks and durations of drawn notes compare with those learnt."""
    model = getattr(recipes, name)(random_state=seed).fit(train.data, train.frame[CONDITIONS])
    rows = np.random.default_rng(seed).integers(len(train.frame), size=N_LEVELS)
    wanted = train.frame[CONDITIONS].iloc[rows]
    made = model.sample(y=wanted, random_state=seed)
    table = {}
    for family in sorted(train.frame.instrument_family.unique()):
        real = train.data[(train.frame.instrument_family == family).to_numpy()]
        drawn = made[(wanted.instrument_family == family).to_numpy()]
        low, high = (extreme(_notes.decibels(real)) for extreme in (np.min, np.max))
        found = _notes.decibels(drawn)
        table[family] = {
            "drawn": len(drawn),
            "least": low,
            "largest": high,
            "within": np.mean((found > low - 0.01) & (found < high + 0.01)),
            "real peak": np.abs(real).max(),
            "peak": np.abs(drawn).max(),
            "silent": np.mean(found < -60),
            "full scale": np.mean(np.abs(drawn).max(axis=1) > 0.999),
            "short": np.mean(_notes.durations(drawn) < _notes.durations(real).min()),
        }
    return pd.DataFrame(table).T


def velocity(name, train, seed):
    """Return how level and brightness follow the velocity, of real and generated notes."""
    y = train.frame[["pitch", "instrument", "velocity"]]
    steps = y.groupby("instrument").velocity.nunique()
    model = getattr(recipes, name)(random_state=seed).fit(train.data, y)
    rows = {}
    for instrument in steps.index[steps >= 3]:
        own = (y.instrument == instrument).to_numpy()
        rows[instrument] = {
            **correlations("real", train.data[own], y.velocity[own], y.pitch[own]),
            **asked_in_steps(model, y[own], seed),
        }
    return pd.DataFrame(rows).T


def asked_in_steps(model, y, seed):
    """Return correlations of notes asked for at one pitch, the means of the same latents."""
    asked = np.linspace(y.velocity.min(), y.velocity.max(), N_VELOCITIES)
    pitch, measured = float(y.pitch.median()), []
    for value in asked:
        wanted = {"pitch": pitch, "instrument": y.instrument.iloc[0], "velocity": value}
        notes = model.sample(N_LATENTS, y=wanted, random_state=seed)
        measured.append([_notes.decibels(notes).mean(), _notes.centroids(notes).mean()])
    found = (spearmanr(asked, values).statistic for values in np.transpose(measured))
    return dict(zip(("level", "centroid"), found, strict=True))


def correlations(name, notes, values, pitch):
    """Return rank correlations of values with level and centroid, pitch regressed out."""
    found = {}
    for label, measure in (("level", _notes.decibels), ("centroid", _notes.centroids)):
        measured = measure(notes)
        rest = measured - np.polyval(np.polyfit(pitch, measured, 1), pitch)
        found[f"{name} {label}"] = spearmanr(values, rest).statistic
    return found


def interpolation(name, train, seed):
    """Return how the pitch stays and the timbre goes between families, over a family's ways."""
    y = train.frame[CONDITIONS]
    model = getattr(recipes, name)(random_state=seed).fit(train.data, y)
    nearest = (y.pitch - PITCH).abs().groupby(y.instrument_family).idxmin()
    ways = []
    for pair in itertools.combinations(nearest.index, 2):
        ends = y.loc[nearest[list(pair)]]
        latents = model.encode(train.data[ends.index], ends)
        steps = model.interpolate(latents, ends.assign(pitch=PITCH), N_STEPS)
        cents = 100 * np.abs(track_pitch(steps, SAMPLE_RATE) - PITCH).max()
        heard = steps[:, :SAMPLE_RATE]
        back = step_back(_notes.timbres(heard / heard.std(axis=1, keepdims=True)))
        ways += [(family, cents, back == 0, back) for family in pair]
    by_family = pd.DataFrame(ways, columns=["family", "cents", "monotonic", "back"])
    kinds = {"cents": "max", "monotonic": "mean", "back": "max"}
    table = by_family.groupby("family").agg(kinds)
    table.loc["all"] = by_family.agg(kinds)
    return table


def step_back(timbres):
    """Return the longest step towards the first or away from the last, over the whole way."""
    first, last = (np.linalg.norm(timbres - timbres[end], axis=1) for end in (0, -1))
    return max(-np.diff(first).min(), np.diff(last).max(), 0) / first[-1]


def draw(judge, notes, folder):
    """Write a picture of each family: real notes above, generated ones below."""
    import librosa
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    families = judge.wanted.instrument_family.to_numpy()
    for family in sorted(set(families)):
        rows = np.flatnonzero(families == family)
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, 4).astype(int))]
        figure, axes = plt.subplots(2, 4, figsize=(16, 7), squeeze=False)
        for column, row in enumerate(rows):
            for axis, note in zip(axes[:, column], (judge.real[row], notes[row]), strict=True):
                spectrum = np.abs(librosa.stft(note / np.abs(note).max(), n_fft=1024))
                decibels = librosa.amplitude_to_db(spectrum, ref=np.max)
                axis.imshow(decibels, origin="lower", aspect="auto", vmin=-80, vmax=0)
            axes[0, column].set_title(f"pitch {judge.wanted.pitch.iloc[row]}")
        figure.suptitle(f"{family}: real above, generated below")
        figure.tight_layout()
        figure.savefig(folder / f"{family}.png", dpi=60)
        plt.close(figure)


def show(title, table):
    print(f"\n{title}\n{table.round(3).to_string(na_rep='')}", flush=True)


if __name__ == "__main__":
    main()
