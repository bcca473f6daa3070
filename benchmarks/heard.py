"""Clips heard back: ``python -m benchmarks.heard [--clips N] [--seeds K ...] [--out FOLDER]``.

Clips are made from `PROMPTS` and listened to by means that have no part in making them: the tempo
is heard by librosa in onsets with its own prior, the key in a constant-Q chroma by the profiles
of C. Krumhansl and E. Kessler, "Tracing the dynamic changes in perceived tonal organization",
Psychological Review 89, 1982. Such hearing errs on music of people, too: read shares, not one
clip, and shares of several seeds, for those of one are some .03 off. `REFUSED` are prompts that
cannot be met and must be refused. `--out` saves the clips, for another judge.
"""

import argparse
import itertools
import math
import pathlib
import time

import numpy as np
from scipy.signal import resample_poly

from audiogen import make_clip
from audiogen.io import chord_name
from audiogen.music import parse_prompt

PROMPTS = (
    "upbeat jig with flute and guitar, 16 seconds",
    "jig in E dorian for a short video, 14 s",
    "gentle jig in A minor, whistle and harp, 15 seconds",
    "jig in G major, loop of 16 seconds",
    "fast reel in D major on fiddle, 15 seconds",
    "dark reel in A dorian, 18 seconds",
    "energetic reel with banjo and accordion, 14 s, cold ending",
    "reel in E minor, 16 s, hit at 8 s",
    "hornpipe in G, accordion and guitar, 15 seconds",
    "playful hornpipe in Bb major, 16 s",
    "hornpipe for a travel vlog, 18 seconds, with drums",
    "happy waltz in F major, 16 seconds",
    "sad waltz in A minor with violin and piano, 18 s",
    "romantic waltz in 3/4 at 140 bpm, 16 s",
    "waltz in D, looping, 16 seconds",
    "heroic march in Eb major with trumpet, 16 s",
    "march in 6/8, proud, 15 seconds",
    "march in C at 112 bpm, 18 seconds",
    "slow air in G major with harp, 18 s",
    "sad air in D minor, cello and strings, 20 seconds",
    "dreamy air in 3/4 in C, 18 seconds",
    "peaceful air in F, flute, 20 s",
    "jazz swing in F major, 16 seconds",
    "relaxed jazz in C minor with saxophone, 18 s",
    "fast jazz in Bb at 176 bpm, 14 seconds, trumpet",
    "smooth jazz loop in G major, 16 s",
    "pop ballad in G major with piano, 18 seconds",
    "tender pop ballad in A minor, 20 s, fade out",
    "hopeful pop in C major, 16 s, for a travel video",
    "pop ballad in D at 72 bpm, strings, 20 seconds",
    "gentle pop ballad in Eb, 18 s, with drums",
    "rock in E minor, powerful, 15 seconds",
    "driving rock in A major at 132 bpm, 16 s",
    "rock in G mixolydian, 16 seconds, cold ending",
    "aggressive rock with electric guitar, 14 s, hit at 6.5 seconds",
    "uplifting rock in D major, 18 s",
    "rock loop in C, 15 seconds",
    "funk in E dorian, 14 seconds",
    "funky groove at 104 bpm in A minor, 16 s",
    "happy funk in C with electric piano, 16 seconds",
    "funk in D mixolydian with trumpet, 15 s",
    "energetic funk loop in G, 12 s",
    "latin in A minor, 16 seconds",
    "sunny bossa nova in C major with guitar, 18 s",
    "energetic latin in D minor with trumpet, 15 seconds",
    "latin at 120 bpm in F, 16 s, fade out",
    "lo-fi hip hop in D dorian, 18 seconds",
    "chill lofi beat in C minor with electric piano, 20 s",
    "lofi in F major at 80 bpm, loop, 18 seconds",
    "calm lo-fi in A minor for studying, no drums, 18 s",
)
REFUSED = (
    "a pop song with vocals",
    "rock like Freddie Mercury sings it",
    "dubstep with a wobble bass, 15 seconds",
    "a 7 hour waltz",
    "jig in 5/4",
    "no drums, with a drum solo, rock",
    "jazz and funk at once",
    "reel, 0.2 seconds",
    "rap over lofi",
    "gregorian chant",
)
# Krumhansl and Kessler's ratings of how well tones fit a key, from its tonic up.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
LIKE_MINOR = ("minor", "dorian", "phrygian")
RATIOS = (1 / 2, 2 / 3, 1, 3 / 2, 2, 3)
NEAR = 0.02
RATE, HOP = 22050, 128
RHYTHMIC = ("drums", "chords")


def tempo_heard(mono):
    """Return the tempo that librosa hears, made finer by the onsets' spectrum around it."""
    import librosa

    onsets = librosa.onset.onset_strength(y=mono, sr=RATE, hop_length=HOP)
    first = librosa.feature.tempo(onset_envelope=onsets, sr=RATE, hop_length=HOP)[0]
    around = first * np.linspace(0.96, 1.04, 321)
    beats = np.arange(len(onsets)) * HOP / RATE / 60 * around[:, np.newaxis]
    swell = onsets - onsets.mean()
    comb = sum(np.abs(np.exp(-2j * np.pi * k * beats) @ swell) for k in (1, 2, 4))
    return float(around[np.argmax(comb)])


def key_heard(mono):
    """Return the tonic and whether the key is minor, whose profile is most like the chroma."""
    import librosa

    harmonic = librosa.effects.harmonic(mono, margin=2.0)
    chroma = librosa.feature.chroma_cqt(y=harmonic, sr=RATE).mean(axis=1)
    fits = {
        (tonic, profile is MINOR): np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
        for tonic in range(12)
        for profile in (MAJOR, MINOR)
    }
    return max(fits, key=fits.__getitem__)


def relative(tonic, is_minor):
    return (tonic + (3 if is_minor else 9)) % 12, not is_minor


def decibels(part, whole):
    return 10 * math.log10(max(part, 1e-20) / max(whole, 1e-20))


def figures(clip):
    """Return what is measured in a clip."""
    import librosa
    import pyloudnorm

    audio, info = clip.audio.astype(float), clip.info
    mono = audio.mean(axis=1)
    heard = librosa.resample(mono, orig_sr=clip.sample_rate, target_sr=RATE)
    power = np.abs(np.fft.rfft(mono)) ** 2
    band = np.fft.rfftfreq(len(mono), 1 / clip.sample_rate)
    middle, side = audio.sum(axis=1), audio[:, 0] - audio[:, 1]
    tempo, key = tempo_heard(heard), key_heard(heard)
    asked = clip.score.tonic, clip.score.mode in LIKE_MINOR
    ratio = tempo / info["bpm"]
    return {
        "has rhythm": any(part in clip.stems for part in RHYTHMIC),
        "has drums": "drums" in clip.stems,
        "ratio": ratio,
        "tempo": any(abs(ratio / each - 1) <= NEAR for each in RATIOS),
        "heard": key,
        "key": key == asked,
        "key or relative": key in (asked, relative(*asked)),
        "high": decibels(power[(band >= 8000) & (band < 16000)].sum(), power.sum()),
        "side": decibels((side**2).sum(), (middle**2).sum()),
        "loudness": pyloudnorm.Meter(clip.sample_rate).integrated_loudness(audio),
        "peak": 20 * math.log10(np.abs(resample_poly(audio, 4, 1, axis=0)).max()),
        "exact": len(audio) == round(info["seconds"] * clip.sample_rate),
    }


def show(number, clip, row):
    """Print what was heard in a clip."""
    tonic, is_minor = row["heard"]
    heard = chord_name(tonic, "m" if is_minor else "")
    key = "" if row["key"] else "relative" if row["key or relative"] else "WRONG"
    print(
        f"{number:>2} {clip.info['key']:<14} heard {heard:<4}{key:<9}{clip.info['bpm']:>6.1f} bpm"
        f" x {row['ratio']:.3f} {'' if row['tempo'] else 'WRONG':<6}{PROMPTS[number]}",
        flush=True,
    )


def refused(prompt):
    try:
        parse_prompt(prompt).complete(0)
    except ValueError:
        return True
    return False


def report(rows, seconds):
    """Print the shares over all clips, and those of each seed."""
    seeds = dict.fromkeys(row["seed"] for row in rows)
    rhythmic = [row for row in rows if row["has rhythm"]]
    high = [row["high"] for row in rows if row["has drums"]]
    side = [row["side"] for row in rows]
    loudness, peaks = [row["loudness"] for row in rows], [row["peak"] for row in rows]
    said = [
        ("tempo within 2 % up to a ratio", "tempo", rhythmic),
        ("key exact", "key", rows),
        ("key or its relative", "key or relative", rows),
        ("exact samples", "exact", rows),
    ]
    for title, name, counted in said:
        by_seed = {seed: [row[name] for row in counted if row["seed"] == seed] for seed in seeds}
        each = ", ".join(f"{np.mean(found):.2f} with {seed}" for seed, found in by_seed.items())
        print(f"{title:<34} {np.mean([row[name] for row in counted]):.2f}  ({each})")
    print(f"{'8 to 16 kHz with drums, dB':<34} {min(high):.1f} to {max(high):.1f}")
    print(f"{'side re mid, dB':<34} {min(side):.1f} to {max(side):.1f}")
    print(f"{'loudness, LUFS':<34} {min(loudness):.2f} to {max(loudness):.2f}")
    print(f"{'true peak, dBTP, at most':<34} {max(peaks):.2f}")
    print(f"{'seconds to make a clip':<34} {np.mean(seconds):.1f}, at most {max(seconds):.1f}")
    print(f"{'refused of those to be refused':<34} {np.mean([refused(p) for p in REFUSED]):.2f}")


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heard", description=__doc__)
    parser.add_argument("--clips", type=int, default=len(PROMPTS), metavar="N")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], metavar="K")
    parser.add_argument("--out", type=pathlib.Path, metavar="FOLDER")
    given = parser.parse_args()
    rows, seconds = [], []
    places = np.linspace(0, len(PROMPTS) - 1, min(given.clips, len(PROMPTS))).round().astype(int)
    for seed, number in itertools.product(given.seeds, places):
        began = time.perf_counter()
        clip = make_clip(PROMPTS[number], random_state=seed + int(number))
        seconds.append(time.perf_counter() - began)
        row = {"seed": seed, **figures(clip)}
        rows.append(row)
        show(number, clip, row)
        if given.out:
            clip.save(given.out / f"{seed}-{number:02}")
    report(rows, seconds)


if __name__ == "__main__":
    main()
