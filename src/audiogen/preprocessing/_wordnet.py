"""The nearest of known words, by a table made from WordNet."""

import functools
import gzip
import heapq
import pathlib
from typing import NamedTuple

__all__ = ["Neighbour", "base_forms", "nearest_word"]

_TABLE = pathlib.Path(__file__).parent / "data" / "wordnet.txt.gz"
_MOST_LINKS = 3
# What a link costs and, for each sense that a word has more often, a sense of it; and what it
# costs that only another form of the word is in the table.
_LINK, _RANK, _FORM = 5, 1, 2
_MOST_COST = 17  # beyond, with senses seldom meant, words are rather not alike
_ENDINGS = (
    ("s", ""), ("ies", "y"), ("es", ""), ("es", "e"), ("ed", ""), ("ed", "e"), ("ing", ""),
    ("ing", "e"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("ier", "y"), ("iest", "y"),
    ("ly", ""),
)  # fmt: skip
_SHORTEST = 3  # letters of a word without its ending

_Senses = dict[int, int]  # the number of each synset, and how seldom it is meant


class Neighbour(NamedTuple):
    """A known word that another is taken for.

    Attributes
    ----------
    word : str
        The known word.
    n_links : int
        Number of WordNet's links from one to the other; 0 for words of one meaning.
    """

    word: str
    n_links: int


class _Table(NamedTuple):
    senses: dict[str, _Senses]
    links: list[list[int]]
    opposites: list[list[int]]
    forms: dict[str, list[str]]


def nearest_word(word: str, known: tuple[str, ...]) -> Neighbour | None:
    """Return the nearest of known words that is at most three links away.

    Parameters
    ----------
    word : str
        A word in lower case.
    known : tuple of str
        Known words, sorted.

    Returns
    -------
    neighbour : Neighbour or None
        None where the table has not that word, or none of the known ones is so near, but for
        opposites and senses that are seldom meant.

    Examples
    --------
    >>> from audiogen.preprocessing._wordnet import nearest_word
    >>> nearest_word("gloomy", ("bright", "dark"))
    Neighbour(word='dark', n_links=1)
    """
    reached, senses = _reached(known), _senses_of(word)
    found = [
        (cost + _RANK * rank, neighbour)
        for synset, rank in senses.items()
        for cost, neighbour in reached.get(synset, ())
        if cost + _RANK * rank <= _MOST_COST
    ]
    opposites = {other for synset in senses for other in _table().opposites[synset]}
    for _, neighbour in sorted(found):
        if opposites.isdisjoint(_senses_of(neighbour.word)):
            return neighbour
    return None


def base_forms(word: str) -> list[str]:
    """Return the words that a word may be a form of.

    Parameters
    ----------
    word : str
        A word in lower case.

    Returns
    -------
    bases : list of str
        Irregular ones, as the table has them, first; then the word without an ending of
        inflection, whether there is such a word or not.

    Examples
    --------
    >>> from audiogen.preprocessing._wordnet import base_forms
    >>> base_forms("struck"), base_forms("bells")
    (['strike'], ['bell'])
    """
    bases = [
        word.removesuffix(ending) + instead
        for ending, instead in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST
    ]
    return [*_table().forms.get(word, ()), *bases]


@functools.cache
def _table() -> _Table:
    """Return the table, read once."""
    text = gzip.decompress(_TABLE.read_bytes()).decode("ascii")
    words, links, opposites, forms = (part.split("\n") for part in text.split("\n--\n"))
    senses: dict[str, _Senses] = {}
    for synset, named in enumerate(words):
        for entry in filter(None, named.split(",")):
            word = entry.rstrip("0123456789")
            senses.setdefault(word, {})[synset] = int(entry[len(word) :] or 0)
    irregular = {form: bases for form, *bases in map(str.split, forms)}
    return _Table(senses, _both_ways(links), _both_ways(opposites), irregular)


def _both_ways(lines: list[str]) -> list[list[int]]:
    """Return what each synset is linked to, of lines that have links to lower numbers."""
    linked: list[list[int]] = [[] for _ in lines]
    for synset, steps in enumerate(lines):
        for step in map(int, steps.split()):
            linked[synset].append(synset - step)
            linked[synset - step].append(synset)
    return linked


def _senses_of(word: str) -> _Senses:
    """Return the synsets of a word and of those that it may be a form of."""
    table = _table()
    found = dict(table.senses.get(word, {}))
    for base in base_forms(word):
        for synset, rank in table.senses.get(base, {}).items():
            found.setdefault(synset, rank + _FORM)
    return found


@functools.lru_cache(maxsize=8)
def _reached(known: tuple[str, ...]) -> dict[int, list[tuple[int, Neighbour]]]:
    """Return the known words near each synset: the cheapest for each number of links.

    Dijkstra's search from all known words at once. Further links may cost less than a rare sense.
    """
    links = _table().links
    edge = [
        (_RANK * rank, 0, word, synset)
        for word in known
        for synset, rank in _senses_of(word).items()
    ]
    heapq.heapify(edge)
    reached: dict[int, list[tuple[int, Neighbour]]] = {}
    while edge:
        cost, n_links, word, synset = heapq.heappop(edge)
        found = reached.setdefault(synset, [])
        if any(other.n_links <= n_links for _, other in found):
            continue
        found.append((cost, Neighbour(word, n_links)))
        if n_links < _MOST_LINKS:
            for other in links[synset]:
                heapq.heappush(edge, (cost + _LINK, n_links + 1, word, other))
    return reached
