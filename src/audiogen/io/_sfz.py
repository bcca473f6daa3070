"""Instruments written as SFZ: a text file, and samples in a folder beside it."""

import pathlib

import numpy as np

import audiogen
from audiogen.io._clip_writer import write_clip
from audiogen.io._sampled_instrument import SampledInstrument, Zone, sample_key
from audiogen.io._wav_chunks import add_loop
from audiogen.utils.files import atomic_path, partial_folder, samples_folder

__all__ = ["write_sfz"]

# The format leaves open how far a note falls in its release: players take about 80 dB.
_RELEASE_DB, _STATED_DB = 60.0, 80.0


def write_sfz(instrument: SampledInstrument, path: pathlib.Path) -> None:
    """Write an instrument as an SFZ file with its samples.

    Parameters
    ----------
    instrument : SampledInstrument
        The instrument.
    path : pathlib.Path
        The file.
    """
    folder = samples_folder(path)
    if folder.exists():
        raise FileExistsError(f"{folder} is there already; give another name, or remove it.")
    zones = {sample_key(zone): zone for zone in reversed(instrument.zones)}  # the first of each
    names = {
        key: f"{round(zone.pitch):03d}-v{zone.low_velocity:03d}.wav" for key, zone in zones.items()
    }
    if len(set(names.values())) < len(names):
        raise ValueError(f"{path} cannot have two zones of the same pitch and velocity.")
    text = _header(instrument)
    with (
        atomic_path(path) as temporary,
        partial_folder(path.parent) as partial,
    ):
        samples = partial / "samples"
        for key, zone in zones.items():
            _write_sample(samples / names[key], zone, instrument)
        for zone in instrument.zones:
            sample = f"{folder.name}/{names[sample_key(zone)]}"
            text += f"<region> sample={sample} {_settings(zone, instrument.drums)}\n"
        temporary.write_text(text, encoding="utf-8")
        samples.rename(folder)


def _header(instrument: SampledInstrument) -> str:
    """Return what the file says about the instrument, and what holds for all zones."""
    lines = [f"{instrument.name}, made with audiogen {audiogen.__version__}"]
    lines += f"{instrument.credit}\n{instrument.licence}".splitlines()
    comments = "".join(f"// {line}\n" for line in lines if line)
    release = instrument.release * _STATED_DB / _RELEASE_DB
    return f"{comments}\n<global> ampeg_release={release:.3f}\n"


def _settings(zone: Zone, drums: bool) -> str:
    """Return what plays a zone, and how."""
    key = round(zone.pitch)
    settings = {
        "lokey": zone.low_key, "hikey": zone.high_key,
        "lovel": zone.low_velocity, "hivel": zone.high_velocity,
        "pitch_keycenter": key, "tune": round(100 * (key - zone.pitch)),
        "loop_mode": "one_shot" if drums else "no_loop",
    }  # fmt: skip
    if zone.loop_start is not None:
        last = np.size(zone.audio) - 1
        settings |= {"loop_mode": "loop_continuous", "loop_start": zone.loop_start}
        settings["loop_end"] = last
    if zone.choke_group:
        settings |= {"group": zone.choke_group, "off_by": zone.choke_group}
    return " ".join(f"{name}={value}" for name, value in settings.items())


def _write_sample(path: pathlib.Path, zone: Zone, instrument: SampledInstrument) -> None:
    """Write a sample, with its loop and pitch as other samplers read them."""
    audio, rate = np.ravel(zone.audio), instrument.sample_rate
    write_clip(path, audio, rate, title=instrument.name, comment=instrument.credit)
    add_loop(path, rate, len(audio), start=zone.loop_start, pitch=zone.pitch)
