"""Learn genres from a folder of clips, and make more of a genre, with the recipe `style_codes`.

    python examples/genre_codes.py [--gtzan FOLDER] [--folder generated/genre_codes]

The folder has GTZAN's layout, ``genres/jazz/jazz.00001.wav``. Without it the library makes clips
of three genres, so that the example runs by itself. The last fifth of the clips of each genre is
held out.

Then clips of each genre are asked for, without guidance and with it: at 3, what the genre changes
is exaggerated. A classifier that has learnt the same real clips tells which genre it hears in 3 s
at a time. How often it is right for held-out clips is in the first line, and for the same clips
written as codes and read in the second: what is lost there is lost by the codes, not by what draws
them.
"""

import argparse
import pathlib
import tempfile

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from audiogen import make_clip, write_clip
from audiogen.datasets import load_recordings
from audiogen.display import NoteDisplay
from audiogen.recipes import style_codes
from audiogen.signal import mfcc

RATE = 22050
GENRES = {"lofi": "lofi", "funk": "funk", "jig": "jig with flute and guitar"}
N_CLIPS, SECONDS = 5, 16  # of each genre, where the library makes them
EPOCHS = 40  # the 200 of the recipe take longer than an example may
GUIDANCE = (1.0, 3.0)
N_MADE, MADE = 4, 9.0  # of each genre, and seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gtzan", type=pathlib.Path, help="a folder of clips in GTZAN's layout")
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/genre_codes")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    if arguments.gtzan:
        data = load_recordings(arguments.gtzan, sample_rate=RATE, trim=-40, errors="warn")
    else:
        with tempfile.TemporaryDirectory() as folder:
            make_folder(pathlib.Path(folder))
            data = load_recordings(folder, sample_rate=RATE, trim=-40)
    clips, genres = data.data, data.frame.folder.to_numpy()
    place = data.frame.groupby("folder").cumcount() / data.frame.groupby(
        "folder"
    ).folder.transform("size")
    held_out = (place >= 0.8).to_numpy()
    train, unseen = (
        [c for c, h in zip(clips, held_out, strict=True) if h == side] for side in (0, 1)
    )
    classifier = fit_classifier(train, genres[~held_out])
    y = pd.DataFrame({"genre": genres[~held_out]})
    model = style_codes(epochs=EPOCHS, random_state=arguments.seed, verbose=1).fit(train, y)
    right = np.mean([tell(classifier, clip) for clip in unseen] == genres[held_out])
    print(f"\nreal clips held out: {right:.2f} told")
    decoded = model[0].inverse_transform(model[0].transform(unseen), random_state=arguments.seed)
    right = np.mean([tell(classifier, clip) for clip in decoded] == genres[held_out])
    print(f"the same, as codes and back: {right:.2f} told")
    names = sorted(set(genres))
    print(f"\n{'asked for':<16}" + "".join(f"{'guidance ' + str(g):>14}" for g in GUIDANCE))
    told = {name: [] for name in names}
    for guidance in GUIDANCE:
        for name in names:
            made = model.sample(
                N_MADE, y=name, guidance=guidance, duration=MADE, random_state=arguments.seed
            )
            told[name].append(np.mean([tell(classifier, clip) == name for clip in made]))
            write(arguments.folder / f"{name}_{guidance:g}", made[0])
    for name, shares in told.items():
        print(f"{name:<16}" + "".join(f"{share:14.2f}" for share in shares))
    print(f"\nListen to {arguments.folder}, and look at the pictures there.")


def make_folder(folder):
    """Write clips of genres, as GTZAN has them: excerpts, without how the music ends."""
    for genre, words in GENRES.items():
        for seed in range(N_CLIPS):
            clip = make_clip(words, seconds=SECONDS + 4, sample_rate=RATE, random_state=seed)
            path = folder / genre / f"{genre}.{seed:05d}.wav"
            write_clip(path, clip.audio.mean(axis=1)[: SECONDS * RATE], RATE)


def fit_classifier(clips, genres):
    features = [pieces_of(clip) for clip in clips]
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    return classifier.fit(np.concatenate(features), np.repeat(genres, [len(f) for f in features]))


def pieces_of(clip):
    """Return the MFCCs of each 3 s, their means and how much they change."""
    pieces = np.stack(
        [clip[i : i + 3 * RATE] for i in range(0, len(clip) - 3 * RATE + 1, 3 * RATE)]
    )
    frames = mfcc(pieces, RATE, 20)[:, :, 1:]
    return np.hstack([frames.mean(axis=1), np.abs(np.diff(frames, axis=1)).mean(axis=1)])


def tell(classifier, clip):
    """Return the genre that is heard, each 3 s having a say."""
    says = classifier.predict_log_proba(pieces_of(clip)).sum(axis=0)
    return classifier.classes_[np.argmax(says)]


def write(path, sound):
    path = write_clip(path.with_suffix(".wav"), sound, RATE)
    NoteDisplay(sound, sample_rate=RATE, name=path.stem).save(path.with_suffix(".png"))


if __name__ == "__main__":
    main()
