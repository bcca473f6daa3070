"""What a generator is given to play: within its reach wherever octaves lead there."""

import pretty_midi
from hypothesis import given
from hypothesis import strategies as st

from audiogen.music import within_reach

MIDI = st.integers(24, 96)


def tune(*tracks):
    found = pretty_midi.PrettyMIDI()
    for pitches in tracks:
        track = pretty_midi.Instrument(0)
        track.notes = [pretty_midi.Note(80, p, i, i + 1) for i, p in enumerate(pitches)]
        found.instruments.append(track)
    return found


def pitches(track):
    return [note.pitch for note in track.notes]


@given(st.lists(st.lists(MIDI, min_size=1), min_size=1), MIDI, st.integers(0, 40))
def test_tracks_move_by_as_few_octaves_as_bring_them_nearest(tracks, low, span):
    high = low + span
    for before, after in zip(
        tracks, within_reach(tune(*tracks), low, high).instruments, strict=True
    ):
        moved = pitches(after)[0] - before[0]
        assert moved % 12 == 0
        assert pitches(after) == [p + moved for p in before]

        def beyond(octaves, before=before):
            return max(max(0, low - p - octaves, p + octaves - high) for p in before)

        for other in range(-72, 84, 12):
            assert (beyond(moved), abs(moved)) <= (beyond(other), abs(other))


def test_tracks_without_notes_stay_so():
    assert [pitches(track) for track in within_reach(tune([], [36]), 60, 72).instruments] == [
        [],
        [60],
    ]
