"""Whether a coarse level of codes is worth it: python -m benchmarks.coarse PATH ...

Coarse codes, at a quarter of the rate, stand for the means of four patches. A transformer of their
own learns them; another one learns the fine codes and is told which coarse code holds now and
which is next (coarse). Beside it stands the transformer of the recipe `continuation` (plain).
Both have their memory, and both ways train about as long. Every fifth block of 6 s is held out, as
in `benchmarks.recordings`.

Bits are those that a fine code of held-out blocks takes, with those of the coarse level shared
out: a coarse code follows from the fine ones, so that both ways send the same. Seconds are those
of the processor.

Sounds are of 60 s. Of these, the table tells how often the coarse code came about that was
planned, and how long coarse codes are those of a stretch of the recording. Rhythm is how alike
onsets are at lags of 0.2 to 2.5 s, and repeats how alike moments are that are 2 to 16 s apart,
both as a correlation with the whole recording's; form is how far the similarities of such moments
are from the recording's, less is better. Half is what the halves of the recording have, and quilt
pieces of half a second put together, all in the mean.
"""

import argparse
import copy
import pathlib
import time
from typing import Any

import numpy as np

from audiogen import recipes
from audiogen.datasets import load_recordings
from audiogen.generators import TransformerSequencer
from audiogen.metrics import rhythm_likeness
from benchmarks._coarse_plan import GROUP, Codec, Plan, PlannedSequencer
from benchmarks._form import Form
from benchmarks._recordings_baselines import quilted
from benchmarks.recordings import OFFSETS, RATE, save, sounds_of, split

N_SOUNDS = 4
PLAIN: dict[str, Any] = {"epochs": 80}
# Of the coarse level, 20 epochs take as long as 20 of the others.
COARSE: dict[str, Any] = {"epochs": 20, "context": 64}
FINE: dict[str, Any] = {"epochs": 60}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.coarse",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=pathlib.Path, metavar="PATH")
    parser.add_argument("--seconds", type=float, default=60.0, help="of sound that is made")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=pathlib.Path, help="folder for all sounds")
    given = parser.parse_args()
    for path in given.paths:
        data = load_recordings(path, sample_rate=RATE, trim=-40)
        for name, sound in zip(data.frame.file, data.data, strict=True):
            show(pathlib.Path(name).stem, sound, given)


def show(name, sound, given):
    """Print the table of a recording."""
    train, held_out = split(sound)
    print(f"\n{name}, {len(sound) / RATE:.0f} s, seed {given.seed}", flush=True)
    codec = recipes.continuation(random_state=given.seed)[0].fit(train)
    copies = [list(codec.transform([part[n:] for part in train])) for n in (0, *OFFSETS)]
    plan = Plan([row for rows in copies for row in rows], codec.codebooks_, given.seed)
    fine = Codec(codec.codebooks_, copies)
    plain = fitted(TransformerSequencer(**PLAIN), fine, given.seed)
    own = fitted(TransformerSequencer(**COARSE), plan.codec_of(copies), given.seed)
    told = fitted(PlannedSequencer(**FINE).planned(plan), fine, given.seed)
    row("", "plain", "coarse")
    row("seconds of training", plain.seconds, own.seconds + told.seconds)
    bit_rows(plain, own, told, list(codec.transform(held_out)))
    n_steps = round(given.seconds * RATE / codec.patch_length_)
    plans = own.sample(N_SOUNDS, n_steps=-(-n_steps // GROUP) + 1, random_state=given.seed)
    drawn = {
        "plain": plain.sample(N_SOUNDS, n_steps=n_steps, random_state=given.seed),
        "coarse": told.sample_planned(plans, n_steps, given.seed),
    }
    plan_rows(plan, plans, drawn, plan.codec_of(copies), codec.patch_length_ * GROUP / RATE)
    made = {kind: sounds_of(codec, codes, given.seed) for kind, codes in drawn.items()}
    sound_rows(made, sound, train, given)
    save(given.out, name, made)


def fitted(sequencer, codec, seed):
    """Return a sequencer that has learnt the codes of a codec, as the recipe would."""
    sequencer.set_params(memory=True, clock="auto", patience=None, random_state=seed)
    started = time.process_time()
    sequencer.fit(codec.codes, codec=codec)
    sequencer.seconds = time.process_time() - started
    return sequencer


def bit_rows(plain, own, told, unseen):
    """Print the bits that a code of held-out blocks takes, with and without memory."""
    coarse = [told.plan.codes_of(codes) for codes in unseen]
    share = sum(map(len, coarse)) / sum(codes.size for codes in unseen)
    for title, models in (
        ("bits a code", (plain, own, told)),
        ("bits a code, no memory", map(without_memory, (plain, own, told))),
    ):
        one, two, three = models
        of_coarse, of_fine = -two.score(coarse), -three.score(unseen)
        row(title, -one.score(unseen), of_fine + share * of_coarse)
        row("  of a fine code, told the coarse", None, of_fine)
        row("  of a coarse code", None, of_coarse)


def without_memory(sequencer):
    forgetful = copy.copy(sequencer)
    forgetful.codes_ = None
    return forgetful


def plan_rows(plan, plans, drawn, codec, step):
    """Print how far what is drawn keeps to its plan, and either follows the recording."""
    coarse = {kind: [plan.codes_of(codes.astype(int)) for codes in drawn[kind]] for kind in drawn}
    kept = [np.mean(a == b[: len(a)]) for a, b in zip(coarse["coarse"], plans, strict=True)]
    row("share of the plan kept", None, np.mean(kept))
    runs = [
        step * np.mean([longest_copied(codes, codec.copies) for codes in each])
        for each in (*coarse.values(), plans)
    ]
    row("longest run as in the recording, s", *runs[:2])
    row("  of the plan, s", None, runs[2])


def longest_copied(codes, copies):
    """Return the most coarse codes in a row that some copy of the recording has in a row."""
    longest = 0
    for known in (known[:, 0] for rows in copies for known in rows):
        run = np.zeros(len(known) + 1, int)
        for code in codes[:, 0]:
            run[1:] = np.where(known == code, 1 + run[:-1], 0)
            longest = max(longest, run.max())
    return longest


def sound_rows(made, sound, train, given):
    """Print how like the recording's the rhythm and form of sounds are."""
    rng = np.random.default_rng(given.seed)
    n, whole = made["plain"].shape[1], np.concatenate(train)
    halves = [sound[: len(sound) // 2], sound[len(sound) // 2 :]]
    quilts = [quilted(whole, n, RATE, rng) for _ in range(N_SOUNDS)]
    columns = {**made, "half": halves, "quilt": quilts}
    form = Form(sound, RATE)
    row("", *columns)
    for title, measure in (
        ("rhythm", lambda x: rhythm_likeness(sound, x, sample_rate=RATE)),
        ("repeats", form.repeats),
        ("form", form.distance),
    ):
        found = [[measure(x) for x in sounds] for sounds in columns.values()]
        row(title, *map(np.mean, found))
        row("  standard deviation", *map(np.std, found))


def row(title, *cells):
    texts = ["" if c is None else c if isinstance(c, str) else f"{c:.2f}" for c in cells]
    print(f"{title:34}" + "".join(f"{text:>10}" for text in texts), flush=True)


if __name__ == "__main__":
    main()
