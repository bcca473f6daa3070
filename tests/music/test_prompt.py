"""Words and what they say."""

import dataclasses

import pytest

from audiogen.music import Brief, parse_prompt
from audiogen.music._words import vocabulary

UNDERSTOOD = {
    "upbeat jig with flute and guitar": {
        "genre": "jig", "mood": ("upbeat",), "instruments": ("flute", "guitar")},
    "A happy reel in D major, 20 seconds": {
        "genre": "reel", "mood": ("happy",), "tonic": 2, "mode": "major", "seconds": 20},
    "sad waltz in d minor for piano": {
        "genre": "waltz", "mood": ("sad",), "tonic": 2, "mode": "minor",
        "instruments": ("piano",)},
    "slow air on the fiddle with harp accompaniment": {
        "genre": "air", "pace": 0.15, "instruments": ("violin",), "voices": {"chords": "harp"}},
    "Lo-fi hip-hop loop for studying at 80 bpm": {
        "genre": "lofi_hip_hop", "loop": True, "bpm": 80},
    "lofi beats, 75 BPM, mellow": {"genre": "lofi_hip_hop", "bpm": 75, "mood": ("warm",)},
    "lo-fi hip hop loop at 80 bpm": {"genre": "lofi_hip_hop", "loop": True, "bpm": 80},
    "an energetic rock track, no drums": {
        "genre": "rock", "mood": ("energetic",), "drums": False},
    "funky music without bass": {"genre": "funk", "without": ("bass",)},
    "smooth jazz with saxophone and piano, in Bb": {
        "genre": "jazz_swing", "instruments": ("saxophone", "piano"), "tonic": 10},
    "bossa nova with nylon guitar, thirty seconds": {
        "genre": "latin", "instruments": ("acoustic guitar",), "seconds": 30},
    "military march in E flat major with trumpets": {
        "genre": "march", "tonic": 3, "mode": "major", "instruments": ("trumpet",)},
    "piano ballad, fade out": {
        "genre": "pop_ballad", "instruments": ("piano",), "ending": "fade"},
    "a sea shanty on the concertina": {
        "genre": "hornpipe", "instruments": ("accordion",)},
    "hornpipe": {"genre": "hornpipe"},
    "something cheerful in 3/4": {"mood": ("happy",), "metre": (3, 4)},
    "calm music for a podcast": {"mood": ("calm",)},
    "dark and mysterious, in C# minor": {
        "mood": ("dark", "mysterious"), "tonic": 1, "mode": "minor"},
    "fast celtic tune with tin whistle and bodhran": {
        "genre": "jig", "pace": 0.85, "instruments": ("whistle",), "drums": True},
    "very slow folk melody, ringing end": {
        "genre": "air", "pace": 0.0, "ending": "ring", "parts": ("melody",)},
    "solo piano": {"instruments": ("piano",), "solo": True},
    "drum solo": {"drums": True, "solo": True},
    "funk drums only": {"genre": "funk", "drums": True, "solo": True},
    "rock with a guitar solo": {
        "genre": "rock", "instruments": ("guitar",), "voices": {"melody": "guitar"}},
    "epic brass fanfare, 10 s": {
        "mood": ("triumphant",), "instruments": ("brass section",), "seconds": 10},
    "triumphant march with brass and drums, 1 minute": {
        "genre": "march", "mood": ("triumphant",), "instruments": ("brass section",),
        "drums": True, "seconds": 60},
    "latin at 120 beats per minute, half a minute": {
        "genre": "latin", "bpm": 120, "seconds": 30},
    "swing in F, vibraphone lead, double bass, 1:05": {
        "genre": "jazz_swing", "tonic": 5, "voices": {"melody": "vibraphone"},
        "instruments": ("double bass",), "seconds": 65},
    "waltz, seamless loop": {"genre": "waltz", "loop": True},
    "seamless loopable lofi with electric piano chords and synth pad": {
        "genre": "lofi_hip_hop", "loop": True, "voices": {"chords": "electric piano"},
        "instruments": ("synth pad",)},
    "a jig in A dorian at 110 bpm": {
        "genre": "jig", "tonic": 9, "mode": "dorian", "bpm": 110},
    "reel in G mixolydian": {"genre": "reel", "tonic": 7, "mode": "mixolydian"},
    "in a minor key, tense and dramatic": {"mode": "minor", "mood": ("tense",)},
    "a waltz in a minor": {"genre": "waltz", "tonic": 9, "mode": "minor"},
    "jazz in Am": {"genre": "jazz_swing", "tonic": 9, "mode": "minor"},
    "pop with strings, no drums or bass": {
        "genre": "pop_ballad", "instruments": ("strings",), "drums": False,
        "without": ("bass",)},
    "rock without drums and bass, with organ": {
        "genre": "rock", "drums": False, "without": ("bass",), "instruments": ("organ",)},
    "jig, no drums and a flute": {
        "genre": "jig", "drums": False, "instruments": ("flute",)},
    "happy pop song, instrumental, no vocals": {"genre": "pop_ballad", "mood": ("happy",)},
    "rock without vocals and drums": {"genre": "rock", "drums": False},
    "funk, no vocals or bass": {"genre": "funk", "without": ("bass",)},
    "funk with no singing nor bass": {"genre": "funk", "without": ("bass",)},
    "reel without any vocals": {"genre": "reel"},
    "rock, 8 seconds long intro": {"genre": "rock", "seconds": 8},
    "jig, 20 seconds long podcast intro": {"genre": "jig", "seconds": 20},
    "rock with drums youtube intro": {"genre": "rock", "drums": True},
    "the 30s loop of rock": {"genre": "rock", "seconds": 30, "loop": True},
    "chill hip hop with a hit at 7.5 s": {
        "genre": "lofi_hip_hop", "mood": ("calm",), "hits": (7.5,)},
    "rock, changes at 4, 8 and 12 s": {"genre": "rock", "hits": (4.0, 8.0, 12.0)},
    "rock, hits at 4 and 12 seconds, 20 seconds": {
        "genre": "rock", "hits": (4.0, 12.0), "seconds": 20},
    "rock, hits at 4s, 8s and 12s, 20 seconds": {
        "genre": "rock", "hits": (4.0, 8.0, 12.0), "seconds": 20},
    "rock, hit at 4 s, 20 seconds and 100 bpm": {
        "genre": "rock", "hits": (4.0,), "seconds": 20, "bpm": 100},
    "sparse ambient air": {"genre": "air", "density": 0.2, "mood": ("dreamy",)},
    "full band funk": {"genre": "funk", "density": 0.85},
    "shuffled rock in E, cold ending": {
        "genre": "rock", "swing": 0.64, "tonic": 4, "ending": "cold"},
    "slow jazz at 150 bpm": {"genre": "jazz_swing", "bpm": 150},
    "sad march in C major": {
        "genre": "march", "mood": ("sad",), "tonic": 0, "mode": "major"},
    "playful xylophone and bassoon": {
        "mood": ("playful",), "instruments": ("xylophone", "bassoon")},
    "peppy ukulele ad, 15-second": {
        "mood": ("upbeat",), "instruments": ("ukulele",), "seconds": 15},
    "nostalgic accordion waltz with cello countermelody": {
        "genre": "waltz", "mood": ("nostalgic",), "instruments": ("accordion",),
        "voices": {"counter": "cello"}},
    "short sad violins": {"seconds": 10, "mood": ("sad",), "instruments": ("violin",)},
    "1 min 30 s of mellow marimba": {
        "seconds": 90, "mood": ("warm",), "instruments": ("marimba",)},
    "celtic waltz on acoustic guitar, kids' video": {
        "genre": "waltz", "instruments": ("acoustic guitar",)},
    "upbeat background music for a product demo, 30 seconds": {
        "mood": ("upbeat",), "seconds": 30},
    "inspiring corporate music with piano and strings, 60 sec": {
        "mood": ("triumphant", "hopeful"), "seconds": 60, "instruments": ("piano", "strings")},
    "dramatic intro, 8 seconds, cold ending": {
        "mood": ("tense",), "seconds": 8, "ending": "cold"},
    "Irish pub music with fiddle and bodhrán": {
        "genre": "jig", "drums": True, "instruments": ("violin",)},
    "spooky Halloween music, minor key": {"mood": ("dark",), "mode": "minor"},
    "calm acoustic guitar for meditation, 2 minutes": {
        "mood": ("calm",), "seconds": 120, "instruments": ("acoustic guitar",)},
    "energetic workout music at 140 bpm": {"mood": ("energetic",), "bpm": 140},
    "smooth jazz sax, late night mood": {
        "genre": "jazz_swing", "mood": ("dreamy",), "instruments": ("saxophone",)},
    "jazz trio: piano, double bass, drums": {
        "genre": "jazz_swing", "instruments": ("piano", "double bass"), "drums": True,
        "solo": True},
    "percussion-free ambient pad": {
        "mood": ("dreamy",), "drums": False, "parts": ("pad",)},
    "drumless funk, 90s": {"genre": "funk", "drums": False, "seconds": 90},
    "60s of calm piano": {"mood": ("calm",), "seconds": 60, "instruments": ("piano",)},
    "quick sting, 3 seconds": {"pace": 0.85, "seconds": 3},
    "light-hearted comedy music with tuba and clarinet": {
        "mood": ("playful",), "instruments": ("tuba", "clarinet")},
    "electric guitar rock anthem": {
        "genre": "rock", "mood": ("triumphant",), "instruments": ("electric guitar",)},
    "moderate tempo march in F, 2/4, brass only": {
        "genre": "march", "pace": 0.5, "tonic": 5, "metre": (2, 4),
        "instruments": ("brass section",), "solo": True},
    "no bass, no drums, just guitar": {
        "drums": False, "instruments": ("guitar",), "without": ("bass",), "solo": True},
    "ballad in B-flat minor, 70 BPM, piano and cello, 45 secs, fade-out ending": {
        "genre": "pop_ballad", "tonic": 10, "mode": "minor", "bpm": 70, "seconds": 45,
        "instruments": ("piano", "cello"), "ending": "fade"},
    "reel in D at 110 bpm, fiddle lead with guitar chords": {
        "genre": "reel", "tonic": 2, "bpm": 110,
        "voices": {"melody": "violin", "chords": "guitar"}},
    "bright morning vibes with glockenspiel": {
        "mood": ("happy", "hopeful"), "instruments": ("glockenspiel",)},
    "upbeat rock 60s fade out": {
        "genre": "rock", "mood": ("upbeat",), "seconds": 60, "ending": "fade"},
    "happy piano with strings for a podcast intro": {
        "mood": ("happy",), "instruments": ("piano", "strings")},
    "calm music for an intro with harp": {"mood": ("calm",), "instruments": ("harp",)},
    "rock without my drums": {"genre": "rock", "drums": False},
    "HAPPIER, FASTER REELS!": {"genre": "reel", "mood": ("happy",), "pace": 0.85},
}  # fmt: skip
REFUSED = {
    "jig with vocals": ("vocals", "choir"),
    "a pop ballad sung by Adele": ("adele", "sung"),
    "dubstep": ("dubstep", "funk"),
    "techno at 128 bpm": ("techno", "lofi hip hop"),
    "jig with flutte": ("flutte", "flute"),
    "no drums with a drum solo": ("Drums", "one of them"),
    "slow and fast reel": ("'slow' and 'fast'", "contradict"),
    "happy sad air": ("'happy' and 'sad'", "major"),
    "": ("empty", "upbeat jig"),
    "music for my video": ("says nothing", "genre"),
    "a jig in D minor and in G major": ("two things", "tonic"),
    "jig 120": ("120 bpm", "120 seconds"),
    "flute or violin": ("'or'", "not a choice"),
    "waltz loop with a fade out": ("loop", "fade"),
    "flute without flute": ("flute", "left out"),
    "jig and reel": ("'jig' and 'reel'", "contradict"),
    "nostalgic 80s synth pop": ("'80s'", "retro", "80 seconds"),
    "'90s hip hop": ("90s", "decade"),
    "eighties pop": ("eighties", "retro"),
    "8-bit game music": ("8 bit", "synth lead"),
    "a song by The Beatles": ("beatles",),
    "music like Hans Zimmer": ("hans", "zimmer", "no name of an artist"),
    "cinematic build up": ("cinematic", "build up", "does not change"),
    "heavy metal with screaming guitars": ("heavy metal", "rock", "screaming"),
    "playful pizzicato strings": ("pizzicato", "harp"),
    "upbeat jazs with sax": ("jazs", "jazz"),
    "20 minutes of calm piano": ("seconds", "[2, 600]", "1200"),
    "jig for half an hour": ("seconds", "[2, 600]", "1800"),
    "2 hours of calm piano": ("seconds", "[2, 600]", "7200"),
    "jig at 900 bpm": ("bpm", "900"),
    "   ": ("empty", "upbeat jig"),
    "waltz 90s piano": ("'90s'", "decade", "'90 seconds'"),
    "60s-style rock": ("'60s'", "decade", "'60 seconds'"),
    "1930s jazz": ("'1930s'", "retro, vintage."),
    "pop of the 2000s": ("'2000s'", "retro, vintage."),
    "jazz from the 30s": ("'the 30s'", "'30 seconds'"),
    "twenties jazz": ("twenties", "decade"),
    "pop ballad without outro": ("'without outro'", "cold ending"),
    "jig with no intro": ("'with no intro'", "begins"),
    "rock with a long intro": ("'with a long intro'", "begins"),
    "rock, long intro": ("'long intro'", "begins"),
    "rock with a guitar riff": ("'riff'",),
    "piano over drums": ("'over'",),
    "jig without an ending": ("'without ending'", "parts and instruments"),
    "rock with no background drums": ("'no background'", "parts and instruments"),
    "rock without": ("'without'", "'no drums'"),
    "rock without, drums": ("'without'", "'no drums'"),
    "jig without a 6/8 metre": ("'without'", "parts and instruments"),
    "celtic funk": ("'irish' and 'funk'", "contradict"),
}


def said(brief):
    free = Brief()
    names = [field.name for field in dataclasses.fields(Brief)]
    return {n: getattr(brief, n) for n in names if getattr(brief, n) != getattr(free, n)}


def test_there_are_at_least_sixty_prompts_ten_of_them_refused():
    assert len(UNDERSTOOD) >= 50
    assert len(REFUSED) >= 10


@pytest.mark.parametrize("prompt", UNDERSTOOD)
def test_what_is_understood(prompt):
    assert said(parse_prompt(prompt)) == UNDERSTOOD[prompt]


@pytest.mark.parametrize("prompt", REFUSED)
def test_what_is_refused_is_named_with_what_is_near(prompt):
    with pytest.raises(ValueError, match=".") as caught:
        parse_prompt(prompt)
    for words in REFUSED[prompt]:
        assert words.lower() in str(caught.value).lower()


@pytest.mark.parametrize("prompt", UNDERSTOOD)
def test_what_is_understood_can_be_completed_and_explained(prompt):
    brief = parse_prompt(prompt).complete(random_state=0)
    free = [name for name, value in vars(brief).items() if value is None]
    assert free in ([], ["ending"])
    assert "free" not in brief.explain()


def test_the_vocabulary_has_150_words_beside_their_inflections():
    words = vocabulary()
    assert len({word for phrase in words.understood for word in phrase.split()}) >= 150


def test_every_word_of_the_vocabulary_is_understood_alone():
    for phrase, (kind, name) in vocabulary().phrases.items():
        if kind in ("genres", "families", "moods", "paces", "instruments", "densities", "endings"):
            found = said(parse_prompt(phrase))
            assert found, phrase
            if kind == "genres":
                assert found == {"genre": name}


def test_settings_win_over_words():
    brief = parse_prompt("slow sad jig with flute in D minor, 20 seconds, no drums")
    settings = {"bpm": 180, "genre": "reel", "tonic": 7, "mode": "major", "drums": True}
    over = brief.override(**settings, seconds=None, instruments=["violin"])
    assert {name: getattr(over, name) for name in settings} == settings
    assert over.pace is None
    assert over.seconds == 20
    assert over.instruments == ("violin",)
    assert parse_prompt("a loop").override(ending="cold").loop is False
    assert parse_prompt("air, fade out").override(loop=True).ending is None


def test_a_drum_solo_without_drums_is_refused_whoever_says_so():
    with pytest.raises(ValueError, match="drums are left out"):
        parse_prompt("drum solo").override(drums=False)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="A prompt is text"):
        parse_prompt(None)
