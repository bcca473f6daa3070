"""A General MIDI file as other programs write it, and a model of two families to play it."""

import mido
import numpy as np
import pandas as pd

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture


def note(channel, pitch, start, end, velocity=90):
    """Return the events of a note, between two ticks."""
    return [
        (start, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)),
        (end, mido.Message("note_off", channel=channel, note=pitch)),
    ]


def control(channel, tick, number, value):
    """Return the event that sets a controller."""
    return (tick, mido.Message("control_change", channel=channel, control=number, value=value))


def track(name, channel, program, *events):
    """Return a track of events at ticks."""
    change = (0, mido.Message("program_change", channel=channel, program=program))
    messages, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
    for tick, message in sorted([change, *events], key=lambda event: event[0]):
        messages.append(message.copy(time=tick - now))
        now = tick
    return messages


def general_midi(path, *, pedal=True):
    """Write a file at 120 a minute, and at 60 from the third quarter on, by its second track."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]))
    slow = mido.MetaMessage("set_tempo", tempo=1_000_000, time=960)
    file.tracks.append(mido.MidiTrack([mido.MetaMessage("track_name", name="Tempo"), slow]))
    pedals = [control(0, 480, 64, 127), control(0, 960, 64, 0)] if pedal else []
    bend = (700, mido.Message("pitchwheel", channel=1, pitch=8191))
    turned_down = control(2, 900, 7, 50), control(2, 900, 11, 64)
    flute = [*note(2, 76, 0, 400), *note(2, 76, 960, 1200), *note(2, 43, 1440, 1500)]
    file.tracks += [
        track("Piano", 0, 0, *note(0, 60, 480, 520), *pedals),
        track("Lead", 1, 81, *note(1, 69, 0, 480), bend, *note(1, 69, 960, 1200)),
        track("Flute", 2, 73, *turned_down, *flute),
        track("Kit", 9, 0, *note(9, 38, 0, 60), *note(9, 38, 1440, 1500)),
    ]
    file.save(path)
    return path


def organ_and_flute():
    """Return a pipeline of sines at 16 kHz, of the families organ and flute."""
    families = ["organ", "organ", "flute", "flute"]
    y = pd.DataFrame({"pitch": [55, 70, 55, 70], "instrument_family": families})
    t = np.arange(8000) / 16000
    X = np.stack([np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * t) for p in y.pitch])
    mixture = ConditionalGaussianMixture(1, random_state=0)
    return GenerativePipeline([("mixture", mixture)], sample_rate=16000).fit(X, y)
