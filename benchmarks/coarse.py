"""Whether a coarse level of codes is worth it: python -m benchmarks.coarse PATH ...

Coarse codes, at a quarter of the rate, stand for the means of four patches. A transformer of their
own learns them; another one learns the fine codes and is told which coarse code holds now and
which is next (coarse). Beside it stands the transformer of the recipe `continuation` (plain).
Every fifth block of 6 s is held out, as in `benchmarks.recordings`.

Bits are those that a fine code of held-out blocks takes, with those of the coarse level shared
out: a coarse code follows from the fine ones, so that both ways send the same. Training ends
where held-out pieces gain no more, as in the recipe, and the coarse way trains longer: for its
coarse level. Seconds are those of the processor.

Sounds are of 60 s. Rhythm is how alike onsets repeat at lags of 0.2 to 2.5 s, repeats how alike
moments do that are 2 to 16 s apart, both as a correlation with the recording's; form is how far
the similarities of such moments are from the recording's, less is better. Half is what the
halves of the recording have, in the mean, and quilt its pieces of half a second put together.
"""

import argparse
import pathlib
import time

import numpy as np

from audiogen import recipes, write_clip
from audiogen.datasets import load_recordings
from audiogen.generators import TransformerSequencer
from benchmarks._coarse_plan import GROUP, Codec, Plan, PlannedSequencer
from benchmarks._form import Form
from benchmarks._recordings_baselines import quilted
from benchmarks._recordings_measures import onset_repeats
from benchmarks._recordings_table import head, line
from benchmarks.recordings import OFFSETS, RATE, sounds_of, split

N_SOUNDS = 4
COARSE = {"context": 64, "epochs": 60}  # of the coarse transformer


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
    print(head(f"{name}, seed {given.seed}: {len(sound) / RATE:.0f} s"), flush=True)
    codec = recipes.continuation(random_state=given.seed)[0].fit(train)
    codes, unseen = (list(codec.transform(parts)) for parts in (train, held_out))
    later = [list(codec.transform([part[n:] for part in train])) for n in OFFSETS]
    fine = Codec(codec.codebooks_, later)
    plain = fitted(TransformerSequencer, fine, codes, given.seed)
    plan = Plan([row for rows in (codes, *later) for row in rows], codec.codebooks_, given.seed)
    coarse_codes, more = coarse_rows(plan, [codes, *later])
    coarse = fitted(
        TransformerSequencer, Codec(plan.codebooks, more), coarse_codes, given.seed, **COARSE
    )
    planned = fitted(
        lambda **options: PlannedSequencer(**options).planned(plan), fine, codes, given.seed
    )
    bit_rows(plain, coarse, planned, plan, unseen)
    n_steps = round(given.seconds * RATE / codec.patch_length_)
    plans = coarse.sample(N_SOUNDS, n_steps=-(-n_steps // GROUP) + 1, random_state=given.seed)
    drawn = [
        plain.sample(N_SOUNDS, n_steps=n_steps, random_state=given.seed),
        planned.sample_planned(plans, n_steps, given.seed),
    ]
    kept = [np.mean(plan_of(plan, row) == wanted[: len(plan_of(plan, row))])
            for row, wanted in zip(drawn[1], plans, strict=True)]
    print(line("share of the plan kept", [np.nan, np.mean(kept)]))
    made = {kind: sounds_of(codec, rows, given.seed)
            for kind, rows in zip(("plain", "coarse"), drawn, strict=True)}
    sound_rows(made, sound, train, given)
    save(given.out, name, made)


def plan_of(plan, row):
    return plan.codes_of(row.astype(int))


def fitted(sequencer, codec, codes, seed, **options):
    """Return a fitted sequencer, its options those of the recipe unless given."""
    options = {"memory": True, "clock": "auto", "random_state": seed, **options}
    started = time.process_time()
    model = sequencer(**options).fit(codes, codec=codec)
    model.seconds = time.process_time() - started
    return model


def coarse_rows(plan, copies):
    """Return the coarse codes of rows, and of the copies each of which begins a bit later."""
    found = [
        [plan.codes_of(row[patch:]) for row in rows] for patch in range(GROUP) for rows in copies
    ]
    return found[0], found[1:]


def bit_rows(plain, coarse, planned, plan, unseen):
    """Print the bits that a code of held-out blocks takes, with and without memory."""
    coarse_unseen = [plan.codes_of(row) for row in unseen]
    n_coarse, n_fine = sum(map(len, coarse_unseen)), sum(row.size for row in unseen)
    for title, memory in (("bits a code, with memory", True), ("bits a code", False)):
        if not memory:
            for model in (plain, coarse, planned):
                model.kept, model.codes_ = model.codes_, None
        own = -coarse.score(coarse_unseen)
        told = -planned.score(unseen)
        both = told + own * n_coarse / n_fine
        print(line(title, [-plain.score(unseen), both]))
        print(line("  of the fine ones, told the coarse", [np.nan, told]))
        print(line("  of the coarse, each", [np.nan, own]))
    for model in (plain, coarse, planned):
        model.codes_ = model.kept
    print(line("epochs", [plain.n_iter_, planned.n_iter_]))
    print(line("seconds of training", [plain.seconds, planned.seconds + coarse.seconds]))


def sound_rows(made, sound, train, given):
    """Print how like the recording's the rhythm and form of sounds are."""
    rng = np.random.default_rng(given.seed)
    n = made["plain"].shape[1]
    halves = [sound[: len(sound) // 2], sound[len(sound) // 2 :]]
    whole = np.concatenate(train)
    quilts = [quilted(whole, n, RATE, rng) for _ in range(N_SOUNDS)]
    columns = {**made, "half": halves, "quilt": quilts}
    form, beats = Form(sound, RATE), onset_repeats(sound, RATE)
    print(f"{'':34}" + "".join(f"{kind:>10}" for kind in columns))
    for title, measure in (
        ("rhythm", lambda x: np.corrcoef(onset_repeats(x, RATE), beats)[0, 1]),
        ("repeats", form.repeats),
        ("form", form.distance),
    ):
        found = [[measure(x) for x in sounds] for sounds in columns.values()]
        print(line(title, [np.mean(values) for values in found]))
        print(line("  standard deviation", [np.std(values) for values in found]), flush=True)


def save(out, name, made):
    """Write sounds as WAV files."""
    for kind, sounds in made.items() if out else ():
        for number, sound in enumerate(sounds):
            write_clip(out / f"{name}_{kind}_{number}.wav", sound, RATE, bit_depth=32)


if __name__ == "__main__":
    main()
