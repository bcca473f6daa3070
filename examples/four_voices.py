"""Play a tune in four voices with instruments that a network has learnt: a finished clip.

    python examples/four_voices.py [--folder generated/four_voices] [--seed 0]

A `harmonic_cvae` learns the notes that come with audiogen, in half a minute. Then it plays the Ode
to Joy, one of the bundled tunes: the melody, two voices and a bass. Each voice is one latent,
hence one instrument. The second clip is the same with latents that glide, so that instruments
change during the clip; the third repeats without a seam.
"""

import argparse
import pathlib

import pandas as pd

from audiogen import render, write_clip
from audiogen.datasets import load_notes, load_tunes
from audiogen.display import NoteDisplay
from audiogen.metrics import pitch_accuracy
from audiogen.recipes import harmonic_cvae

SAMPLE_RATE = 44100
# Two beats each: what the bass, the tenor and the alto play.
CHORDS = {"C": (36, 55, 60), "G": (43, 55, 59), "F": (41, 57, 60), "Am": (45, 57, 60)}
HARMONY = ["C", "C", "G", "G", "Am", "F", "C", "G", "C", "C", "G", "G", "Am", "F", "G", "C"]
VOICES = {"bass": "bass", "tenor": "string", "alto": "guitar", "melody": "flute"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/four_voices")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    notes = load_notes("train")
    model = harmonic_cvae(random_state=arguments.seed, verbose=1)
    model.fit(notes.data, notes.frame[["pitch", "instrument_family"]])
    score = arranged()
    print(f"{len(score)} notes of {score.voice.nunique()} voices:\n{score.head(6)}")
    wanted = score.drop_duplicates(["pitch", "instrument_family"])
    alone = model.sample(y=wanted[["pitch", "instrument_family"]], random_state=arguments.seed)
    share = pitch_accuracy(alone, wanted.pitch, sample_rate=notes.sample_rate)
    print(f"Share of its {len(wanted)} different notes within 50 cents: {share:.3f}")
    for name, options in {
        "ode": {"fade_out": 1.0},
        "ode-gliding": {"fade_out": 1.0, "glide": 4.0},
        "ode-loop": {"loop": True},
    }.items():
        clip = render(
            model,
            score,
            sample_rate=SAMPLE_RATE,
            loudness=-14,
            random_state=arguments.seed,
            **options,
        )
        path = write_clip(arguments.folder / f"{name}.wav", clip, SAMPLE_RATE, bit_depth=24)
        NoteDisplay(clip, sample_rate=SAMPLE_RATE, name=name).save(path.with_suffix(".png"))
    print(f"Listen to {arguments.folder}, and look at the pictures there.")


def arranged():
    """Return the first eight bars of the Ode to Joy as a table of notes."""
    tunes = load_tunes()
    row = tunes.frame.name.tolist().index("ode_to_joy")
    beat = 60 / tunes.frame.tempo[row]
    end = 2 * beat * len(HARMONY)
    rows = [
        (note.start, note.end - note.start, note.pitch + 12, 110, "melody")
        for note in tunes.data[row].instruments[0].notes
        if note.start < end - 1e-6
    ]
    for i, chord in enumerate(HARMONY):
        for voice, pitch in zip(("bass", "tenor", "alto"), CHORDS[chord], strict=True):
            rows.append((2 * i * beat, 2 * beat, pitch, 70, voice))
    score = pd.DataFrame(rows, columns=["onset", "duration", "pitch", "velocity", "voice"])
    return score.assign(instrument_family=score.voice.map(VOICES))


if __name__ == "__main__":
    main()
