"""General MIDI's drums by name."""

__all__ = ["DRUMS", "GROOVE_DRUMS"]

DRUMS = {
    "kick": 36, "side_stick": 37, "snare": 38, "clap": 39, "low_tom": 45, "hat": 42,
    "open_hat": 46, "mid_tom": 47, "crash": 49, "high_tom": 50, "ride": 51, "ride_bell": 53,
    "tambourine": 54, "cowbell": 56, "bongo_high": 60, "bongo_low": 61, "conga_mute": 62,
    "conga_high": 63, "conga_low": 64, "maracas": 70, "claves": 75, "woodblock": 76,
    "triangle": 81, "shaker": 82,
}  # fmt: skip
# The drums of a groove's nine columns.
GROOVE_DRUMS = (36, 38, 42, 46, 45, 47, 50, 49, 51)
