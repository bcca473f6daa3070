"""A folder of clips in styles: bits, and whether the style asked for is told in what is made."""

import time

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from audiogen import write_clip
from audiogen.generators import NgramSequencer
from audiogen.recipes import style_codes
from audiogen.signal import mfcc
from benchmarks._recordings_table import head, line

PIECE = 3.0  # seconds of sound that the classifier hears at a time
N_EACH = 8  # clips that are made of each style
GUIDANCE = 0.0, 1.0, 3.0


def show(data, *, seconds, seed, out):
    """Print the table of a folder."""
    X, y, rate = data.data, data.frame.folder.to_numpy(), data.sample_rate
    held = data.frame.groupby("folder").cumcount().to_numpy() % 5 == 4
    names = sorted(set(y))
    train, unseen = ([x for x, h in zip(X, held, strict=True) if h == side] for side in (0, 1))
    y_train, y_unseen = y[~held], y[held]
    print(head(f"{', '.join(names)}, style_codes: {len(train)} clips, {held.sum()} held out"))
    started = time.perf_counter()
    model = style_codes(random_state=seed).fit(train, pd.DataFrame({"style": y_train}))
    minutes = sum(map(len, train)) / rate / 60
    print(line(f"fit of {minutes:.1f} min, seconds", time.perf_counter() - started))
    bit_rows(model, train, y_train, unseen, y_unseen)
    classifier = Classifier(rate).fit(train, y_train)
    print(line("style told, held-out clips", np.mean(classifier.predict(unseen) == y_unseen)))
    asked = np.repeat(names, N_EACH)
    for guidance in GUIDANCE:
        made = model.sample(
            y=pd.DataFrame({"style": asked}), guidance=guidance, duration=seconds,
            random_state=seed,
        )  # fmt: skip
        told = np.mean(classifier.predict(made) == asked)
        bar = 0.8 if guidance == GUIDANCE[-1] else None
        print(line(f"style told, made, guidance {guidance:g}", told, low=bar))
    for number, (style, sound) in enumerate(zip(asked, made, strict=True)) if out else ():
        write_clip(out / f"{style}_{number % N_EACH}.wav", sound, rate)


def bit_rows(model, train, y_train, unseen, y_unseen):
    codec = model[0]
    codes, held = (list(codec.transform(parts)) for parts in (train, unseen))
    for name, order in {"unigram": 1, "3-gram": 3}.items():
        ngram = NgramSequencer(order=order).fit(codes, y_train, codec=codec)
        print(line(f"bits a code: {name}", -ngram.score(held, y_unseen)))
    told = pd.DataFrame({"style": y_unseen})
    print(line("bits a code: the recipe's", -model[-1].score(held, told)))


class Classifier:
    """Tells the style of clips by the MFCCs of their pieces, each having a say.

    Parameters
    ----------
    rate : int
        Sampling rate, in Hz.
    """

    def __init__(self, rate):
        self.rate = rate

    def fit(self, clips, y):
        features = [self.features(clip) for clip in clips]
        self.model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        self.model.fit(np.concatenate(features), np.repeat(y, [len(f) for f in features]))
        return self

    def predict(self, clips):
        says = [self.model.predict_log_proba(self.features(clip)).sum(axis=0) for clip in clips]
        return self.model.classes_[np.argmax(says, axis=1)]

    def features(self, clip):
        n = round(PIECE * self.rate)
        pieces = np.stack([clip[i : i + n] for i in range(0, len(clip) - n + 1, n)])
        frames = mfcc(pieces, self.rate)[:, :, 1:20]  # without the level
        changes = np.abs(np.diff(frames, axis=1)).mean(axis=1)
        return np.concatenate([frames.mean(axis=1), frames.std(axis=1), changes], axis=1)
