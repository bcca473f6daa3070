"""Models of recordings beside what costs nothing: python -m benchmarks.recordings PATH ...

Silence at the ends of a recording is left out, and every fifth block of 6 s held out. The recipe
learns the rest; what it makes is compared with the held-out blocks, and stands beside what needs
no model: pieces of half a second put together (quilt), an infinite-jukebox walk (walk), codes
drawn at random (untrained) and the recording's own other half (half), which is judged as if
the first were all that is known.
Each of these passes some rows. A row has the bar that the model is meant to pass, and whether
it does. Figures of sounds are means of three, that of the longest run is the largest.

The Fréchet audio distance is over that of the recording's own stretches; level (of 30 bands, in
windows of 4 s), rhythm (how alike onsets are at lags up to 2.5 s), tonality (the height of
peaks in the spectrum) and the distance of the nearest frame are over those of held-out sound,
level over that of one half from the other where that is larger; the longest run is the time that
a sound follows the recording. Bits are those of a code of held-out sound, of 2 levels of 64; all
sequencers have learnt the same codes. Seconds count only where nothing else runs.

A folder with folders of clips is learnt by `style_codes`: every fifth clip of each is held out,
and a classifier of pieces of real clips tells what was made.
"""

import argparse
import pathlib
import time

import numpy as np

from audiogen import recipes, write_clip
from audiogen.datasets import load_recordings
from audiogen.generators import KernelSequencer, NgramSequencer
from audiogen.metrics import log_spectral_distance, spectral_convergence
from audiogen.preprocessing import SpectralCodes
from benchmarks import _recordings_styles as styles
from benchmarks._recordings_baselines import quilted, untrained, walked
from benchmarks._recordings_measures import Recording, spread
from benchmarks._recordings_table import head, line

RATE = 22050
BLOCK = 6 * RATE
N_SOUNDS = 3
OFFSETS = 256, 512, 768  # samples, at which patches begin as well
BARS: dict[str, dict] = {
    "continuation": {
        "FAD": (None, None), "level": (None, None), "rhythm": (0.9, None),
        "tonality": (0.9, 1.1), "nearest": (0.8, 1.3), "run": (None, 0.3),
    },
    "texture": {
        "FAD": (None, 1.1), "level": (None, 1.0), "tonality": (0.9, 1.1),
        "nearest": (0.8, 1.3), "run": (None, 0.3),
    },
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recordings",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", type=pathlib.Path, metavar="PATH")
    parser.add_argument("--recipe", choices=list(BARS), default="continuation")
    parser.add_argument("--seconds", type=float, default=20.0, help="of sound that is made")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=pathlib.Path, help="folder for all sounds")
    given = parser.parse_args()
    for path in given.paths:
        data = load_recordings(path, sample_rate=RATE, trim=-40)
        if data.frame.folder.nunique() > 1:
            styles.show(data, seconds=given.seconds, seed=given.seed, out=given.out)
            continue
        for name, sound in zip(data.frame.file, data.data, strict=True):
            show(pathlib.Path(name).stem, sound, given)


def show(name, sound, given):
    """Print the table of a recording."""
    train, held_out = split(sound)
    held = sum(map(len, held_out)) / RATE
    print(head(f"{name}, {given.recipe}: {len(sound) / RATE:.0f} s, {held:.0f} s held out"))
    if given.recipe == "continuation":
        codec_rows(train, held_out, given.seed)
    recipe = getattr(recipes, given.recipe)
    started = time.perf_counter()
    model = recipe(decoder="grains", random_state=given.seed).fit(train)
    fitted = (time.perf_counter() - started) * 120 * RATE / sum(map(len, train))
    bit_rows(model, train, held_out, given)
    print(line("fit, seconds for 2 min of sound", fitted, high=180))
    sound_rows(name, model, train, held_out, given)


def split(sound):
    """Return the recording without every fifth block, as a list of stretches, and those blocks."""
    blocks = [sound[i : i + BLOCK] for i in range(0, len(sound), BLOCK)]
    if len(blocks) < 5:
        raise SystemExit("A recording must be of 30 s at least: every fifth 6 s are held out.")
    train = [np.concatenate(blocks[i : i + 4]) for i in range(0, len(blocks), 5)]
    return train, blocks[4::5]


def codec_rows(train, held_out, seed):
    """Print how near held-out blocks are when written as codes of the usual codec, and read."""
    codec = SpectralCodes(decoder="mean", random_state=seed).fit(train)
    found = []
    for block in held_out:
        decoded = codec.inverse_transform(codec.transform([block]))[0][: len(block)]
        found.append([measure(block, decoded) for measure in CODEC])
    n_levels, n_codes, _ = codec.codebooks_.shape
    rate = n_levels * np.log2(n_codes) * RATE / codec.patch_length_
    distance, convergence = np.mean(found, axis=0)
    print(line("codec: bit/s", rate, high=700))
    print(line("codec: log-spectral distance, dB", distance, high=4.3))
    print(line("codec: spectral convergence", convergence, high=0.42))


CODEC = log_spectral_distance, spectral_convergence


def bit_rows(model, train, held_out, given):
    """Print how many bits a code of held-out blocks takes."""
    codec, sequencer = model[0], model[-1]
    codes, unseen = (list(codec.transform(parts)) for parts in (train, held_out))
    later = [list(codec.transform([part[n:] for part in train])) for n in OFFSETS]
    every = [*codes, *(part for parts in later for part in parts)]
    bits = {
        name: -ngram_or_kernel.fit(X, codec=codec).score(unseen)
        for name, ngram_or_kernel, X in (
            ("unigram", NgramSequencer(order=1), codes),
            ("3-gram", NgramSequencer(order=3), codes),
            ("3-gram, four offsets", NgramSequencer(order=3), every),
            ("kernel", KernelSequencer(), codes),
            ("kernel, clock", KernelSequencer(clock="auto"), codes),
        )
    }
    if given.recipe == "continuation":
        alone = recipes.continuation(memory=False, random_state=given.seed).fit(train)
        bits["transformer"] = -alone[-1].score(unseen)
    ours = -sequencer.score(unseen)
    used = [len(np.unique(np.concatenate(codes)[:, level])) for level in range(2)]
    print(line(f"codes used, of {codec.codebooks_.shape[1]}: fewest of a level", min(used)))
    for name, value in bits.items():
        print(line(f"bits a code: {name}", value))
    print(line("bits a code: the recipe's", ours))
    if given.recipe == "continuation":
        print(line("  below the 3-gram, four offsets", bits["3-gram, four offsets"] - ours, 1.3))
        print(line("  below the kernel, clock", bits["kernel, clock"] - ours, 0.4))
    else:
        print(line("  above the unigram", ours - bits["unigram"], high=0.02))


def sound_rows(name, model, train, held_out, given):
    """Print how like the recording the sounds of all systems are."""
    codec, sequencer = model[0], model[-1]
    started = time.perf_counter()
    n_steps = round(given.seconds * RATE / codec.patch_length_)
    codes = sequencer.sample(N_SOUNDS, n_steps=n_steps, random_state=given.seed)
    made = {"noise": sounds_of(codec.set_params(decoder="noise"), codes, given.seed)}
    sampled = (time.perf_counter() - started) * 20 / given.seconds / N_SOUNDS
    print(line("20 s of sound, seconds", sampled, high=4))
    made["grains"] = sounds_of(codec.set_params(decoder="grains"), codes, given.seed)
    grains = codec.find_grains(codes)
    print(line("grains: longest in one piece, s", max(g.longest_run for g in grains), high=0.95))
    print(line("grains: share in pieces over 0.3 s", np.mean([g.copied_share for g in grains])))
    codec.set_params(decoder="noise")
    whole, n, rng = (
        np.concatenate(train),
        made["noise"].shape[1],
        np.random.default_rng(given.seed),
    )
    made["quilt"] = [quilted(whole, n, RATE, rng) for _ in codes]
    made["walk"] = [walked(whole, n, RATE, rng) for _ in codes]
    made["untrained"] = [untrained(codec, n, rng) for _ in codes]
    known = Recording(train, held_out, RATE)
    figures = {kind: known.figures(sounds) for kind, sounds in made.items()}
    halves = whole[: len(whole) // 2], whole[len(whole) // 2 :]
    known = Recording([halves[0]], held_out, RATE)
    figures["half"] = known.figures(spread(halves[1], len(known.held_out), N_SOUNDS))
    print(f"{'':34}" + "".join(f"{kind:>10}" for kind in figures))
    for row, bar in BARS[given.recipe].items():
        print(line(ROWS[row], [values[row] for values in figures.values()], *bar))
    save(given.out, name, {"train": [whole], "held_out": [np.concatenate(held_out)], **made})


def sounds_of(codec, codes, seed):
    return codec.inverse_transform(codes, random_state=seed)


ROWS = {
    "FAD": "FAD over that of the recording",
    "level": "level over held-out's",
    "rhythm": "rhythm over held-out's",
    "tonality": "tonality over held-out's",
    "nearest": "nearest frame over held-out's",
    "run": "longest run, s",
}


def save(out, name, made):
    """Write sounds as WAV files."""
    for kind, sounds in made.items() if out else ():
        for number, sound in enumerate(sounds):
            write_clip(out / f"{name}_{kind}_{number}.wav", sound, RATE, bit_depth=32)


if __name__ == "__main__":
    main()
