"""An instrument made of samples, as samplers play it, and the files that it is saved as."""

import numbers
import os
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audiogen.utils.validation import Instance, Interval, Options, check_audio, check_parameters

__all__ = ["SampledInstrument", "Zone", "sample_key"]

_MIDI = Interval(numbers.Integral, 0, 127, closed="both")
_ZONE = {
    "pitch": Interval(numbers.Real, 0, 127, closed="both"),
    "low_key": _MIDI,
    "high_key": _MIDI,
    "low_velocity": _MIDI,
    "high_velocity": _MIDI,
    "loop_start": (Options(None), Interval(numbers.Integral, 0, None)),
    "choke_group": _MIDI,
}
_INSTRUMENT = {
    "name": Instance(str, "a str"),
    "zones": Instance(Sequence, "a sequence of Zone"),
    "sample_rate": Interval(numbers.Integral, 400, 192000, closed="both"),
    "program": _MIDI,
    "release": Interval(numbers.Real, 0, 60, closed="both"),  # a SoundFont states no more
    "credit": Instance(str, "a str"),
    "licence": Instance(str, "a str"),
    "drums": Instance((bool, np.bool_), "a bool"),
}


@dataclass(frozen=True, eq=False)
class Zone:
    """A sample, and the keys and velocities that play it.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        Samples in [-1, 1], from the onset of the note.
    pitch : float
        MIDI pitch that it sounds at as it is; other keys play it faster or slower.
    low_key, high_key : int
        The lowest and the highest MIDI key that plays it.
    low_velocity, high_velocity : int, default=0 and 127
        The softest and the strongest velocity that plays it.
    loop_start : int, default=None
        The sample from which to its end it is repeated while a key is held; None where it is
        played once.
    choke_group : int, default=0
        Zones of one group, other than 0, silence each other, as a closed hi-hat does an open one.
    """

    audio: np.ndarray
    pitch: float
    low_key: int
    high_key: int
    low_velocity: int = 0
    high_velocity: int = 127
    loop_start: int | None = None
    choke_group: int = 0

    def __post_init__(self) -> None:
        check_parameters("Zone", _ZONE, vars(self))
        if self.low_key > self.high_key or self.low_velocity > self.high_velocity:
            raise ValueError(
                "A Zone must have a low_key up to its high_key and a low_velocity up to its "
                f"high_velocity. Got {self!r}."
            )
        audio = check_audio(np.asarray(self.audio), min_samples=1)
        if len(audio) != 1:
            raise ValueError("The audio of a Zone must be one sound, in mono.")
        if np.abs(audio).max() > 1:
            raise ValueError(
                "The audio of a Zone must lie in [-1, 1], but reaches "
                f"{np.abs(audio).max():g}. Turn it down first."
            )
        if self.loop_start is not None and self.loop_start >= audio.shape[1]:
            raise ValueError(
                f"loop_start must be within the {audio.shape[1]} samples of the audio. Got "
                f"{self.loop_start}."
            )

    def __repr__(self) -> str:
        return (
            f"Zone(pitch={self.pitch:.2f}, keys {self.low_key} to {self.high_key}, velocities "
            f"{self.low_velocity} to {self.high_velocity}, {np.size(self.audio)} samples)"
        )


@dataclass(frozen=True, eq=False)
class SampledInstrument:
    """An instrument made of samples, which samplers and sequencers play.

    Parameters
    ----------
    name : str
        What it is called.
    zones : sequence of Zone
        Its samples.
    sample_rate : int
        Sampling rate of the samples, in Hz: 400 to 192,000.
    program : int, default=0
        General MIDI program, from 0 to 127.
    release : float, default=0.25
        Seconds in which a note decays by 60 dB after its end, up to 60.
    credit : str, default=""
        What it was made from and by whom, which goes into the files.
    licence : str, default=""
        Licences under which it may be used, which go into the files.
    drums : bool, default=False
        Whether it is a drum kit, which is played on General MIDI's channel of percussion, and
        whose hits are not ended by the end of a note.

    See Also
    --------
    audiogen.music.sample_instrument : Samples an instrument from a fitted model.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.io import SampledInstrument, Zone
    >>> tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
    >>> SampledInstrument("beep", [Zone(tone, 69, 60, 80)], 16000)
    SampledInstrument('beep', keys 60 to 80, 1 zone, 1 velocity layer, 16000 Hz)
    """

    name: str
    zones: Sequence[Zone]
    sample_rate: int
    program: int = 0
    release: float = 0.25
    credit: str = ""
    licence: str = ""
    drums: bool = False

    def __post_init__(self) -> None:
        check_parameters("SampledInstrument", _INSTRUMENT, vars(self))
        about = "The 'zones' parameter of SampledInstrument must"
        if not self.zones:
            raise ValueError(f"{about} hold one Zone or more. Got {self.zones!r} instead.")
        for zone in self.zones:
            if not isinstance(zone, Zone):
                raise TypeError(f"{about} be a sequence of Zone. One of them is {zone!r:.60}.")

    def save(self, path: str | os.PathLike[str]) -> pathlib.Path:
        """Write the instrument as a SoundFont or as SFZ.

        Parameters
        ----------
        path : str or path-like
            The file; its suffix, ".sf2" or ".sfz", decides the format. The samples of an SFZ file
            are WAV files in a folder beside it: of ``flute.sfz`` it is ``flute-samples``.

        Returns
        -------
        path : pathlib.Path
            The file.

        Raises
        ------
        ValueError
            For another suffix.
        FileExistsError
            Where the file or that folder is there already.

        Notes
        -----
        Samples have 16 bits. Softer velocities are quieter by the player's own law: by the
        formats' it is that amplitude is proportional to the square of the velocity.

        References
        ----------
        .. [1] E-mu Systems, "SoundFont Technical Specification", version 2.04, 2006.
        .. [2] "SFZ format", https://sfzformat.com.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> from audiogen.io import SampledInstrument, Zone
        >>> tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)
        >>> beep = SampledInstrument("beep", [Zone(tone, 69, 60, 80)], 16000)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = beep.save(pathlib.Path(folder) / "beep.sfz")
        ...     sorted(p.relative_to(folder).as_posix() for p in pathlib.Path(folder).rglob("*"))
        ['beep-samples', 'beep-samples/069-v000.wav', 'beep.sfz']
        """
        from audiogen.io._sfz import write_sfz
        from audiogen.io._soundfont import write_soundfont

        path = pathlib.Path(path)
        writers = {".sf2": write_soundfont, ".sfz": write_sfz}
        suffix = path.suffix.lower()
        if suffix not in writers:
            raise ValueError(f"{path} must end in one of {', '.join(writers)}, the formats.")
        if path.exists():
            raise FileExistsError(f"{path} is there already; give another name, or remove it.")
        writers[suffix](self, path)
        return path

    def __repr__(self) -> str:
        keys = [key for zone in self.zones for key in (zone.low_key, zone.high_key)]
        layers = len({(zone.low_velocity, zone.high_velocity) for zone in self.zones})
        return (
            f"SampledInstrument({self.name!r}, keys {min(keys)} to {max(keys)}, "
            f"{_counted(len(self.zones), 'zone')}, {_counted(layers, 'velocity layer')}, "
            f"{self.sample_rate} Hz)"
        )


def sample_key(zone: Zone) -> tuple[int, int | None]:
    """Return what zones that share a sample have in common, so that it is written once."""
    return id(zone.audio), zone.loop_start


def _counted(number: int, thing: str) -> str:
    """Return a number of things in words."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
