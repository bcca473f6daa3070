"""General MIDI's drums by the names that `load_drums` has."""

__all__ = ["DRUMS", "GROOVE_DRUMS"]

DRUMS = {
    "kick": 36, "sidestick": 37, "snare": 38, "clap": 39, "tom_low": 45, "hihat_closed": 42,
    "hihat_open": 46, "tom_mid": 47, "crash": 49, "tom_high": 50, "ride": 51, "ride_bell": 53,
    "tambourine": 54, "cowbell": 56, "bongo_high": 60, "bongo_low": 61, "conga_mute": 62,
    "conga_high": 63, "conga_low": 64, "maracas": 70, "claves": 75, "woodblock": 76,
    "triangle": 81, "shaker": 82,
}  # fmt: skip
# The drums of a groove's nine columns.
GROOVE_DRUMS = (36, 38, 42, 46, 45, 47, 50, 49, 51)
