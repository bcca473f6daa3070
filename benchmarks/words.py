"""Whether notes that words ask for are like that: python -m benchmarks.words [--notes FOLDER].

`captioned_notes` learns the 148 notes that come with the package, or the folder's `train`, each
with four captions, and is asked for the pitch and family of the held-out notes, once with each
word: "a dark flute". An attribute is right where

family: a linear discriminant analysis of the components of the real notes, which are heard as they
are and as `HarmonicPlusNoise` plays them, holds the family for likelier than each other one: the
share of the ten others is counted ("first" is how often it beats all of them at once, and the last
column the same of real held-out notes);

brightness, length, level: the note asked for with the word is on its side of the note that is
asked for with its opposite, at the same pitch, family and seed: by the power above 2 kHz, the time
in which nine tenths of the energy have sounded, the root mean square of the first second;

percussive: the level of the first 0.3 s over that of what follows is higher than without the word;

register: of two pitches drawn for "low" and for "high", as `audiogen sample --words` draws them,
the first is lower.

Unknown words are those of UNSEEN that no caption has: General MIDI's names of instruments, and
adjectives of a thesaurus. A word that is taken for something else is judged by what it should be,
one that is ignored is wrong.
"""

import argparse
import functools
import pathlib
import warnings

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

import audiogen
from audiogen.cli._captions import nearest_conditions, with_captions
from audiogen.datasets import load_notes, load_nsynth
from audiogen.recipes import captioned_notes

OPPOSITES = {"bright": "dark", "long": "short", "loud": "soft", "low": "high"}
OPPOSITES |= {other: one for one, other in OPPOSITES.items()}
FAMILIES = {
    "bass": "bass", "brass": "brass instrument", "flute": "flute", "guitar": "guitar",
    "keyboard": "keyboard", "mallet": "mallet percussion", "organ": "organ",
    "reed": "reed instrument", "string": "bowed string", "synth_lead": "synth lead",
    "vocal": "voice",
}  # fmt: skip
UNSEEN = {
    "keyboard": "piano harpsichord clavichord clavinet",
    "mallet": "celesta glockenspiel vibraphone marimba xylophone bells dulcimer",
    "organ": "harmonium concertina",
    "guitar": "banjo ukulele",
    "string": "violin viola cello contrabass fiddle",
    "vocal": "choir singing vocals",
    "brass": "trumpet trombone tuba horn cornet",
    "reed": "saxophone oboe bassoon clarinet",
    "flute": "piccolo fife",
    "synth_lead": "synthesizer",
    "bright": "brilliant shining shiny vivid radiant glowing gleaming sparkling luminous",
    "dark": "gloomy dim dusky sombre murky black obscure shadowy",
    "long": "lengthy lasting prolonged extended enduring sustained lingering endless",
    "short": "brief abrupt sudden clipped quick shortened",
    "loud": "noisy thunderous deafening blaring booming roaring forte loudly",
    "soft": "quiet gentle faint hushed muted subdued delicate mild softly mellow",
    "percussive": "struck plucked beaten drummed",
    "low": "deep lowest bottom grave",
    "high": "shrill treble squeaky highest tall",
}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.words")
    parser.add_argument("--notes", metavar="FOLDER", type=pathlib.Path)
    arguments = parser.parse_args()
    for category in ("ExtrapolationWarning", "UnknownWordsWarning"):
        warnings.simplefilter("ignore", getattr(audiogen.exceptions, category))
    load = functools.partial(load_nsynth, arguments.notes) if arguments.notes else load_notes
    train, held_out = load("train"), load("valid")
    X, frame = with_captions(train.data, train.frame, 0)
    model = captioned_notes(random_state=0).fit(X, frame[["pitch", "caption"]])
    judge = Judge(model, train, held_out)
    print(f"{'attribute':<12}{'asked with':<42}{'right':>7}{'first':>7}{'real':>14}")
    seen = [show(judge, kind, FAMILIES.get(kind, kind)) for kind in {**FAMILIES, **UNSEEN}]
    unseen = [show(judge, kind, word) for kind, words in UNSEEN.items() for word in words.split()]
    print(f"\nseen words    {np.mean(seen):.3f} of {len(seen)}")
    print(f"unseen words  {np.mean(unseen):.3f} of {len(unseen)}")


def show(judge, kind, words):
    """Print and return how often an attribute is right where it is asked for with a word."""
    understood = judge.encoder.understand([words])[0]
    taken = " ".join(dict.fromkeys(filter(None, understood.values()))) or "-"
    right, first, real = judge.right(kind, taken)
    asked = words if taken == words else f"{words} -> {taken}"
    print(f"{kind:<12}{asked:<42}{right:>7.2f}{first:>7}{real:>14}")
    return right


class Judge:
    """What tells whether sounds have an attribute."""

    def __init__(self, model, train, held_out):
        self.model, self.frame = model, held_out.frame.reset_index(drop=True)
        self.rate = held_out.sample_rate
        self.encoder = model[-1].conditions_.text_encoder_
        heard, families = [], []
        for notes in (train, held_out):
            own = self.features(notes.data, notes.frame)
            played = self.model[:-1].inverse_transform(own, notes.frame[["pitch"]])
            heard.append(np.concatenate([own, self.features(played, notes.frame)]))
            families.append(np.tile(notes.frame.instrument_family, 2))
        trained = new_discriminant().fit(heard[0], families[0])
        self.real = compared(trained, heard[1], families[1])
        self.families = new_discriminant().fit(np.concatenate(heard), np.concatenate(families))
        self.sounds = functools.lru_cache(maxsize=None)(self.made)

    def features(self, audio, frame):
        """Return the components of notes, as the model has them."""
        return self.model[:-1].transform(audio, frame[["pitch"]])

    def made(self, before, kind=None):
        """Return the notes of all held-out pitches asked for with a word before the family."""
        kinds = self.frame.instrument_family.map(FAMILIES) if kind is None else kind
        y = self.frame[["pitch"]].assign(caption=f"a {before} " + kinds)
        return self.model.sample(y=y, random_state=0)

    def right(self, kind, taken):
        """Return the share of notes that are right, and further columns of the table."""
        if taken == "-":
            return 0.0, "", ""
        if kind in FAMILIES:
            return self.right_family(kind, taken)
        if kind in ("low", "high"):
            return self.right_register(kind, taken), "", ""
        sounds = self.sounds(taken)
        if kind == "percussive":
            return (
                float(np.mean(onset(sounds, self.rate) > onset(self.sounds(""), self.rate))),
                "",
                "",
            )
        measure, sign = MEASURES[kind]
        other = measure(self.sounds(OPPOSITES[kind]), self.rate)
        return float(np.mean(sign * (measure(sounds, self.rate) - other) > 0)), "", ""

    def right_family(self, family, taken):
        """Return how often a family beats another one and all others, and that of real notes."""
        rows = self.frame.instrument_family == family
        sounds = self.sounds("", taken)[rows]
        found = self.features(sounds, self.frame[rows])
        right, first = compared(self.families, found, [family] * len(found))
        real = "{:.2f}, {:.2f}".format(*self.real)
        return right, f"{first:.2f}", real

    def right_register(self, kind, taken):
        """Return how often a pitch drawn for a word is below, or above, that for its opposite."""
        conditions = self.model[-1].conditions_
        drawn = conditions.draw(1000, np.random.default_rng(0))
        own, other = (
            nearest_conditions(drawn, f"a {word} sound", conditions).pitch.to_numpy()
            for word in (taken, OPPOSITES[kind])
        )
        below = np.mean(own[:, np.newaxis] < other)
        return float(below if kind == "low" else 1 - below)


def new_discriminant():
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")


def compared(judge, features, families):
    """Return how often a family beats another one, and how often all of them."""
    scores, names = judge.decision_function(features), judge.classes_.tolist()
    own = scores[np.arange(len(scores)), [names.index(family) for family in families]]
    beaten = (scores < own[:, np.newaxis]).sum(axis=1)
    return float(np.mean(beaten / (len(names) - 1))), float(np.mean(beaten == len(names) - 1))


def brightness(audio, rate):
    """Return the power above 2 kHz as a share."""
    power = np.abs(np.fft.rfft(audio[:, : 2 * rate])) ** 2
    high = np.fft.rfftfreq(min(2 * rate, audio.shape[1]), 1 / rate) > 2000
    return power[:, high].sum(axis=1) / power.sum(axis=1)


def length(audio, rate):
    """Return the seconds in which nine tenths of the energy have sounded."""
    energy = np.cumsum(audio.astype(float) ** 2, axis=1)
    return (energy < 0.9 * energy[:, -1:]).sum(axis=1) / rate


def level(audio, rate):
    """Return the root mean square of the first second."""
    return np.sqrt(np.mean(audio[:, :rate] ** 2, axis=1))


def onset(audio, rate):
    """Return the level of the first 0.3 s over that of the next second."""
    turn, end = int(0.3 * rate), int(1.3 * rate)
    first, then = (np.mean(part**2, axis=1) for part in (audio[:, :turn], audio[:, turn:end]))
    return first / (then + 1e-9)


MEASURES = {
    "bright": (brightness, 1), "dark": (brightness, -1), "long": (length, 1),
    "short": (length, -1), "loud": (level, 1), "soft": (level, -1),
}  # fmt: skip


if __name__ == "__main__":
    main()
