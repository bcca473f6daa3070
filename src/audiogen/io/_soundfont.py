"""Instruments written as SoundFont 2 files.

What Python packages there are read SoundFonts or play them; none writes them.
"""

import math
import pathlib
import struct
from typing import Any

import numpy as np

import audiogen
from audiogen.io._clip_writer import as_integers
from audiogen.io._sampled_instrument import SampledInstrument, Zone, sample_key
from audiogen.utils.files import atomic_path

__all__ = ["write_soundfont"]

# Of the SoundFont Technical Specification 2.04: sections 7.2, 7.6, 8.1.2, 7.10 and 6.1.
_PRESET = [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("unused", "V12")]
_INSTRUMENT = [("name", "S20"), ("bag", "<u2")]
_BAG = [("generator", "<u2"), ("modulator", "<u2")]
_GENERATOR = [("operator", "<u2"), ("amount", "<i2")]
_SAMPLE = [
    ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"), ("loop_end", "<u4"),
    ("rate", "<u4"), ("key", "u1"), ("correction", "i1"), ("link", "<u2"), ("type", "<u2"),
]  # fmt: skip
_RELEASE, _INSTRUMENT_ID, _KEYS, _VELOCITIES, _SAMPLE_ID, _MODES = 38, 41, 43, 44, 53, 54
_CHOKE_GROUP = 57
_DRUMS, _HIT_RELEASE = 128, 30.0  # bank of drum kits; seconds in which a hit would be damped
_LOOPED, _MONO = 1, 1
_NO_MODULATOR = bytes(10)
_AFTER_LOOP = 32  # samples of the loop after its end, which players' interpolation reads
_MARGIN = 8  # samples that stand before and after any loop
_BETWEEN = 46  # zeros after each sample
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_COMMENT = 19, 255, 65535  # without the final zero
_RELEASE_DB, _STATED_DB = 60.0, 100.0  # of what is asked for, and of what the file states
_MOST = 2**31  # bytes of samples
_MOST_ZONES = (2**16 - 2) // 5  # the index of a generator has 16 bits, and a zone has five
_Sounds = dict[tuple[int, int | None], np.ndarray]  # samples by the key of their zones


def write_soundfont(instrument: SampledInstrument, path: pathlib.Path) -> None:
    """Write an instrument as a SoundFont 2 file.

    Parameters
    ----------
    instrument : SampledInstrument
        The instrument.
    path : pathlib.Path
        The file.
    """
    sounds = {sample_key(zone): _padded(zone) for zone in instrument.zones}
    if 2 * sum(map(len, sounds.values())) > _MOST or len(instrument.zones) > _MOST_ZONES:
        raise ValueError(f"{path} cannot hold so many samples: give it fewer zones.")
    samples = _chunk(b"smpl", b"".join(sound.tobytes() for sound in sounds.values()))
    lists = (_info(instrument), _list(b"sdta", samples), _presets(instrument, sounds))
    with atomic_path(path) as temporary:
        temporary.write_bytes(_chunk(b"RIFF", b"sfbk" + b"".join(lists)))


def _info(instrument: SampledInstrument) -> bytes:
    """Return what the file says about itself."""
    software = f"audiogen {audiogen.__version__}"
    texts = [
        (b"isng", "EMU8000", _LONGEST_TEXT),
        (b"INAM", instrument.name, _LONGEST_TEXT),
        (b"IENG", instrument.credit, _LONGEST_TEXT),
        (b"ICOP", instrument.licence, _LONGEST_TEXT),
        (b"ICMT", f"{instrument.credit}\n{instrument.licence}".strip(), _LONGEST_COMMENT),
        (b"ISFT", f"{software}:{software}", _LONGEST_TEXT),
    ]
    chunks = [_chunk(name, _text(text, most)) for name, text, most in texts if text]
    return _list(b"INFO", _chunk(b"ifil", struct.pack("<2H", 2, 4)), *chunks)


def _presets(instrument: SampledInstrument, sounds: _Sounds) -> bytes:
    """Return what is played by which keys: one preset of one instrument."""
    name = _ascii(instrument.name, _LONGEST_NAME)
    bank, release = (_DRUMS, _HIT_RELEASE) if instrument.drums else (0, instrument.release)
    release = max(release * _STATED_DB / _RELEASE_DB, 0.001)
    zones = [[(_RELEASE, round(1200 * math.log2(release)))]]  # of the instrument, in timecents
    zones += [_generators(number, zone) for number, zone in enumerate(instrument.zones)]
    bags = np.cumsum([0, *map(len, zones)]).tolist()
    return _list(
        b"pdta",
        _table(
            b"phdr", _PRESET, [(name, instrument.program, bank, 0, b""), (b"EOP", 0, 0, 1, b"")]
        ),
        _table(b"pbag", _BAG, [(0, 0), (1, 0)]),
        _chunk(b"pmod", _NO_MODULATOR),
        _table(b"pgen", _GENERATOR, [(_INSTRUMENT_ID, 0), (0, 0)]),
        _table(b"inst", _INSTRUMENT, [(name, 0), (b"EOI", len(zones))]),
        _table(b"ibag", _BAG, [(bag, 0) for bag in bags]),
        _chunk(b"imod", _NO_MODULATOR),
        _table(b"igen", _GENERATOR, [*(g for zone in zones for g in zone), (0, 0)]),
        _table(b"shdr", _SAMPLE, _sample_headers(instrument, sounds)),
    )


def _generators(number: int, zone: Zone) -> list[tuple[int, int]]:
    """Return the settings of a zone, in the order that is prescribed."""
    return [
        (_KEYS, _low_and_high(zone.low_key, zone.high_key)),
        (_VELOCITIES, _low_and_high(zone.low_velocity, zone.high_velocity)),
        (_MODES, 0 if zone.loop_start is None else _LOOPED),
        (_CHOKE_GROUP, zone.choke_group),
        (_SAMPLE_ID, number),
    ]


def _sample_headers(instrument: SampledInstrument, sounds: _Sounds) -> list[tuple]:
    """Return where the sample of each zone lies, and its pitch."""
    starts = np.cumsum([0, *map(len, sounds.values())]).tolist()
    places = dict(zip(sounds, starts, strict=False))
    rows: list[tuple] = []
    for zone in instrument.zones:
        key, start = round(zone.pitch), places[sample_key(zone)]
        end = start + len(sounds[sample_key(zone)]) - _BETWEEN
        loop = (start + _MARGIN, max(end - _MARGIN, start + _MARGIN))  # of no use, but valid
        if zone.loop_start is not None:
            loop = (start + zone.loop_start, start + np.size(zone.audio))
        name = _ascii(f"{instrument.name[:9]} {key:03d} v{zone.low_velocity:03d}", _LONGEST_NAME)
        cents = round(100 * (key - zone.pitch))
        rows.append((name, start, end, *loop, instrument.sample_rate, key, cents, 0, _MONO))
    return [*rows, (b"EOS", *[0] * 9)]


def _padded(zone: Zone) -> np.ndarray:
    """Return the sample of a zone, and what follows it."""
    audio = as_integers(np.ravel(zone.audio), 16).astype("<i2")
    after = audio[:0]
    if zone.loop_start is not None:
        after = np.resize(audio[zone.loop_start :], _AFTER_LOOP)
    return np.concatenate([audio, after, np.zeros(_BETWEEN, "<i2")])


def _low_and_high(low: int, high: int) -> int:
    """Return a range as two bytes."""
    return low | high << 8


def _table(name: bytes, layout: list[Any], rows: list[tuple]) -> bytes:
    """Return a chunk of records."""
    return _chunk(name, np.array(rows, dtype=layout).tobytes())


def _list(kind: bytes, *chunks: bytes) -> bytes:
    """Return chunks in a list."""
    return _chunk(b"LIST", kind + b"".join(chunks))


def _chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of an even length."""
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _text(text: str, most: int) -> bytes:
    """Return a text that ends in one or two zeros, so that its length is even."""
    line = _ascii(text, most)
    return line + bytes(2 - len(line) % 2)


def _ascii(text: str, most: int) -> bytes:
    """Return a text as the ASCII characters that the format knows."""
    return text.encode("ascii", "replace")[:most]
