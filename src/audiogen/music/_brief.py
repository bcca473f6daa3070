"""What a clip is to be, as settings."""

import dataclasses
import json
import os
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from audiogen.music._brief_checks import checked_settings, refuse_contradictions
from audiogen.music._explain import explain_brief
from audiogen.utils.files import atomic_path
from audiogen.utils.names import did_you_mean, shortened
from audiogen.utils.validation import plain

__all__ = ["Brief"]

_PLAYED = ("instruments", "voices", "parts", "without", "drums")  # settings of who plays


@dataclass(frozen=True)
class Brief:
    """What a clip is to be. None leaves a setting free, to be filled by the genre and a seed.

    Parameters
    ----------
    genre : str, default=None
        Name of a style, one of `style_names`, or the path of a style file that ends in .toml.
    mood : str or sequence of str, default=()
        Moods, such as "happy", or other words for them ("cheerful").
    pace : float, default=None
        How fast, from 0 (the slowest of the genre) to 1 (its fastest).
    intensity : float, default=None
        How strong, from 0 to 1.
    density : float, default=None
        How busy the accompaniment is, from 0 (sparse) to 1 (full).
    tonic : int, default=None
        Pitch class of the tonic; 0 is C.
    mode : {"major", "minor", "dorian", "mixolydian", "lydian", "phrygian"}, default=None
        Mode of the melody and of its chords.
    bpm : float, default=None
        Beats a minute, of the beat as felt: dotted quarter notes in 6/8.
    metre : str or (int, int), default=None
        Metre, such as "6/8".
    swing : float, default=None
        Share of a beat at which its second half begins: 0.5 is straight, 0.667 a triplet.
    seconds : float, default=None
        Length of the clip, from 2 s to 600 s.
    loop : bool, default=False
        Whether the clip repeats without a seam.
    drums : bool, default=None
        Whether drums play.
    instruments : str or sequence of str, default=()
        Instruments that play, the one that leads first.
    voices : dict of str to str, default=None
        The instrument that plays a part: "melody", "chords", "bass", "pad" or "counter".
    without : str or sequence of str, default=()
        Parts and instruments that are left out.
    parts : str or sequence of str, default=()
        Parts that must play, of "melody", "chords", "bass", "pad" and "counter".
    solo : bool, default=False
        Whether nothing plays but the `instruments` and `parts`, or the drums where there are none.
    ending : {"ring", "cold", "fade"}, default=None
        How the clip ends: its last chord rings, all stop together, or it fades out.
    hits : float or sequence of float, default=()
        Seconds at which a section begins.
    title : str, default=""
        Title of the clip.
    chosen : sequence of str, default=()
        Names of the settings that `complete` filled in.

    Raises
    ------
    TypeError, ValueError
        For a setting that cannot be; the message names it and says what can.

    Examples
    --------
    >>> from audiogen.music import Brief
    >>> brief = Brief(genre="jig", mood="cheerful", seconds=20, instruments=("fiddle",))
    >>> brief.mood, brief.instruments
    (('happy',), ('violin',))
    """

    genre: str | None = None
    mood: tuple[str, ...] = ()
    pace: float | None = None
    intensity: float | None = None
    density: float | None = None
    tonic: int | None = None
    mode: str | None = None
    bpm: float | None = None
    metre: tuple[int, int] | None = None
    swing: float | None = None
    seconds: float | None = None
    loop: bool = False
    drums: bool | None = None
    instruments: Sequence[str] = ()
    voices: dict[str, str] = field(default_factory=dict)
    without: Sequence[str] = ()
    parts: Sequence[str] = ()
    solo: bool = False
    ending: str | None = None
    hits: Sequence[float] = ()
    title: str = ""
    chosen: Sequence[str] = ()

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            object.__setattr__(self, item.name, plain(getattr(self, item.name)))
        cleaned = checked_settings(vars(self))
        for name, value in cleaned.items():
            object.__setattr__(self, name, value)
        refuse_contradictions(self)

    def override(self, **settings: Any) -> "Brief":
        """Return a brief in which settings replace what the brief says.

        Parameters
        ----------
        **settings : object
            Settings by name; None leaves what is there. What a setting settles or contradicts
            goes: `bpm` takes the pace away and the other way round, `loop` the ending,
            `instruments` the voices, and what is asked for is no longer left out.

        Returns
        -------
        brief : Brief
            The new brief.

        Raises
        ------
        TypeError, ValueError
            For settings that do not exist or cannot be.

        Examples
        --------
        >>> from audiogen.music import parse_prompt
        >>> brief = parse_prompt("slow jig").override(bpm=120)
        >>> brief.bpm, brief.pace
        (120, None)
        """
        known = [item.name for item in dataclasses.fields(self)]
        for name in settings:
            if name not in known:
                raise TypeError(f"A brief has no setting {name!r}.{did_you_mean(name, known)}")
        given = {name: value for name, value in settings.items() if value is not None}
        for one, other in (("bpm", "pace"), ("pace", "bpm")):
            if one in given:
                given.setdefault(other, None)
        if given.get("loop") is True:
            given.setdefault("ending", None)
        if given.get("ending") is not None:
            given.setdefault("loop", False)
        if "instruments" in given:
            given.setdefault("voices", {})
        given = self._without_what_contradicts(given) | given
        chosen = tuple(name for name in self.chosen if name not in given)
        return dataclasses.replace(self, **{"chosen": chosen, **given})

    def _without_what_contradicts(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return who plays by this brief, without what the given settings contradict."""
        new = Brief(**{name: given[name] for name in _PLAYED if name in given})
        asked = {*new.instruments, *new.voices, *new.voices.values(), *new.parts}
        asked |= {"drums"} if new.drums else set()
        return {
            "without": tuple(w for w in self.without if w not in asked),
            "instruments": tuple(i for i in self.instruments if i not in new.without),
            "voices": {p: i for p, i in self.voices.items() if not {p, i} & set(new.without)},
            "parts": tuple(part for part in self.parts if part not in new.without),
            "drums": None if "drums" in new.without else self.drums,
        }

    def complete(self, random_state: Any = None) -> "Brief":
        """Return a brief in which nothing is free.

        What is free is filled from the style of the genre, from the moods and by the seed. A
        genre is drawn where there is none.

        Parameters
        ----------
        random_state : int, RandomState or None, default=None
            Seed of what is drawn.

        Returns
        -------
        brief : Brief
            The full brief; its `chosen` names what was filled in.

        Raises
        ------
        ValueError
            Where the genre is not played in the metre that is asked for.

        Examples
        --------
        >>> from audiogen.music import Brief
        >>> brief = Brief(genre="jig", bpm=116).complete(random_state=0)
        >>> brief.metre, brief.bpm, brief.seconds, "bpm" in brief.chosen
        ((6, 8), 116, 15.0, False)
        """
        from audiogen.music._complete import completed

        return completed(self, random_state)

    def explain(self) -> str:
        """Return what the brief says, in plain lines.

        Returns
        -------
        text : str
            A line for each thing; what is free or was filled in says so.

        Examples
        --------
        >>> from audiogen.music import parse_prompt
        >>> print(parse_prompt("upbeat jig with flute and guitar, 20 seconds").explain())
        genre: jig
        mood: upbeat
        key: free
        tempo: free
        metre: free
        length: 20 s
        instruments: flute, guitar
        drums: free
        ending: free
        """
        return explain_brief(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the brief as JSON.

        Parameters
        ----------
        path : str or path-like
            Path of the file.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from audiogen.music import Brief
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "brief.json"
        ...     Brief(genre="reel").save(path)
        ...     Brief.load(path).genre
        'reel'
        """
        text = json.dumps(self.to_dict(), indent=2, ensure_ascii=False)
        with atomic_path(path) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings that are not free, as JSON takes them.

        Returns
        -------
        settings : dict of str to object
            Settings by name. The metre is text, tuples are lists.

        Examples
        --------
        >>> from audiogen.music import Brief
        >>> Brief(genre="jig", metre="6/8", hits=4).to_dict()
        {'genre': 'jig', 'metre': '6/8', 'hits': [4.0]}
        """
        settings: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if value is None or value == item.default or value in ((), {}):
                continue
            settings[item.name] = list(value) if isinstance(value, tuple) else value
        if self.metre is not None:
            settings["metre"] = "/".join(map(str, self.metre))
        return settings

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Brief":
        """Read a brief that `save` wrote, or that was written by hand.

        Parameters
        ----------
        path : str or path-like
            Path of a JSON file: an object of settings, those that are left out are free.

        Returns
        -------
        brief : Brief
            The brief.

        Raises
        ------
        ValueError
            Where the file is no JSON object, or has settings that do not exist or cannot be.
        """
        path = pathlib.Path(path)
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is no JSON: {error}") from error
        if not isinstance(settings, dict):
            raise ValueError(
                f"{path} must hold an object of settings, such as {{'genre': 'jig'}}."
            )
        known = [item.name for item in dataclasses.fields(cls)]
        for name in settings:
            if name not in known:
                hint = did_you_mean(name, known)
                raise ValueError(f"{path}: a brief has no setting {shortened(repr(name))}.{hint}")
        try:
            return cls(**settings)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: {shortened(str(error))}") from error
