"""Write the table of words that TextConditions takes unknown words for known ones by.

    python scripts/write_wordnet.py /usr/share/wordnet

The folder is that of WordNet's own files, as Debian's package wordnet-base has it. The table
holds every synset that is at most three links from a word of NSynth's captions, or two from
another word that is said of sounds: the words of each, the links between them (similar and
further adjectives, hypernyms and hyponyms, derived words) and what they are opposites of. Words of
several parts are no part of it, nor are animals, plants, food, parts of the body, places and
quantities.
"""

import argparse
import collections
import gzip
import pathlib

OUT = pathlib.Path(__file__).parents[1] / "src/audiogen/preprocessing/data/wordnet.txt.gz"
KINDS = {"noun": "n", "adj": "a", "verb": "v", "adv": "r"}
LINKS = {"&", "^", "@", "~", "+", "\\", "<", "$"}
# Lexicographer files, by their numbers: animal, body, food, location, plant, quantity.
LEFT_OUT = {5, 8, 13, 15, 20, 23}
# Attribute, state: what lies below one of them, as loudness and softness do, is often opposite.
WITHOUT_HYPERNYMS = {7, 26}
HIGHEST_RANK = 8  # from where on it does not matter how seldom a sense is meant
CAPTIONS = """
acoustic bass bowed brass bright dark distorted electronic flute guitar high keyboard lead long
loud low mallet multiphonic organ percussion percussive pulsing reed reverberant short soft string
synthesizer synthetic voice evolving
"""
SAID_OF_SOUNDS = """
accordion aggressive airy ambient analog angry artificial banjo beat bell big bitter blown bowed
breathy calm cello chord choir clap clarinet classical clean clear click closed cold cool crunchy
crystal cymbal damped deep delay digital distant dreamy drone drum dry echo eerie electronic
ethereal fading falling fast fat fire folk full fuzzy gentle ghostly glassy gong gritty hammered
hard harmonica harp harsh hat heavy hiss hollow horn hum buzz jazz kick light loose major mandolin
marimba mellow melody metal metallic minor modern muffled muted mysterious narrow nasal natural
near noise noisy oboe old open pad peaceful piano plucked pop pulsing punchy quick quiet rain
relaxing rhythmic rich rising rock rough round sad happy saxophone scary scraped shaker sharp
shimmering shrill slow small smooth snare steady stiff strong struck strummed sustained sweet
swelling tapped techno tense thick thin thunder tight tom tremolo trumpet vibrato vintage violin
warm water weak wet whistle wide wind wobbling wooden
"""


def read_synsets(folder):
    """Return the links and the opposites of each synset, and those of kinds left out."""
    links, opposites = collections.defaultdict(set), collections.defaultdict(set)
    similar, file_of = collections.defaultdict(set), {}
    pointers = list(read_pointers(folder, file_of))
    for synset, sign, other in pointers:
        shared = {file_of[synset], file_of[other]}
        if LEFT_OUT & shared or (sign in "@~" and shared <= WITHOUT_HYPERNYMS):
            continue
        for one, to in ((synset, other), (other, synset)):
            if sign in LINKS:
                links[one].add(to)
            if sign == "&":
                similar[one].add(to)
    for synset, sign, other in pointers:
        if sign == "!":  # and what is similar to an opposite is one
            opposites[synset] |= {other, *similar[other]}
            for one in similar[synset]:
                opposites[one].add(other)
    return links, opposites, {synset for synset, file in file_of.items() if file in LEFT_OUT}


def read_pointers(folder, file_of):
    """Yield a synset, the sign of a pointer and where it points to; note the synsets' files."""
    for name, kind in KINDS.items():
        for line in lines(folder / f"data.{name}"):
            fields = line.split(" | ")[0].split()
            synset, n_words = kind + fields[0], int(fields[3], 16)
            file_of[synset] = int(fields[1])
            pointers = fields[5 + 2 * n_words :]
            for i in range(int(fields[4 + 2 * n_words])):
                sign, place, of_kind, _ = pointers[4 * i : 4 * i + 4]
                yield synset, sign, of_kind.replace("s", "a") + place


def read_senses(folder, left_out):
    """Return the synsets of each word with their ranks, that meant most often first."""
    counts = {}
    for line in (folder / "cntlist.rev").read_text().splitlines():
        key, number, count = line.split()
        word, kind = key.split("%")[0], "nvara"[int(key.split("%")[1][0]) - 1]
        counts[word, kind, int(number)] = int(count)
    found = collections.defaultdict(list)
    for name, kind in KINDS.items():
        for line in lines(folder / f"index.{name}"):
            word, _, n_senses, *_ = fields = line.split()
            for number, place in enumerate(fields[-int(n_senses) :], 1):
                count = counts.get((word, kind, number), 0)
                found[word].append((-count, number, kind, kind + place))
    senses = collections.defaultdict(dict)
    for word, meant in found.items():
        whole = word.removesuffix("_instrument").replace("stringed", "string")
        if "_" in whole or any(map(str.isdigit, whole)):
            continue
        for rank, (*_, synset) in enumerate(sorted(meant)):
            if synset not in left_out:  # "brass instrument" is one meaning of "brass" at least
                rank = min(rank, HIGHEST_RANK) if whole == word else 1
                senses[whole][synset] = min(rank, senses[whole].get(synset, rank))
    return senses


def reached(words, links, senses, n_links):
    """Return the synsets at most so many links from words."""
    seen = {synset for word in words for synset in senses.get(word, ())}
    edge = seen
    for _ in range(n_links):
        edge = {other for synset in edge for other in links.get(synset, ())} - seen
        seen = seen | edge
    return seen


def read_forms(folder, words):
    """Return irregular forms with the words that they are forms of."""
    forms = collections.defaultdict(list)
    for name in KINDS:
        for line in (folder / f"{name}.exc").read_text().splitlines():
            form, *bases = line.split()
            forms[form] += [base for base in bases if base in words and base not in forms[form]]
    return {form: bases for form, bases in sorted(forms.items()) if bases}


def steps_back(links, number):
    """Return for each numbered synset how much lower the numbers are of those it is linked to."""
    return [
        " ".join(map(str, sorted(i - number[to] for to in links[one] if number.get(to, i) < i)))
        for one, i in number.items()
    ]


def lines(path):
    """Yield the lines of a file that are no part of its licence."""
    with path.open(encoding="latin1") as file:
        yield from (line for line in file if not line.startswith("  "))


def table_of(folder):
    """Return the table: words of synsets, their links and opposites, irregular forms."""
    links, opposites, left_out = read_synsets(folder)
    senses = read_senses(folder, left_out)
    kept = sorted(
        reached(CAPTIONS.split(), links, senses, 3)
        | reached(SAID_OF_SOUNDS.split(), links, senses, 2)
    )
    number = {synset: i for i, synset in enumerate(kept)}
    words = collections.defaultdict(list)
    for word, meant in sorted(senses.items()):
        for synset, rank in meant.items():
            words[synset].append(f"{word}{rank or ''}")
    named = {word for word, meant in senses.items() if not number.keys().isdisjoint(meant)}
    forms = read_forms(folder, named)
    parts = [
        [",".join(words[synset]) for synset in kept],
        steps_back(links, number),
        steps_back(opposites, number),
        [f"{form} {' '.join(bases)}" for form, bases in forms.items()],
    ]
    return "\n--\n".join("\n".join(part) for part in parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="WordNet's files, such as data.noun")
    text = table_of(parser.parse_args().folder)
    OUT.write_bytes(gzip.compress(text.encode("ascii", "strict"), 9, mtime=0))
    print(f"Wrote {OUT}, {OUT.stat().st_size} bytes.")


if __name__ == "__main__":
    main()
