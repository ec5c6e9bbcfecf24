"""BM25 over terms that were counted before: which texts hold a term and how much it says there."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

K1 = 2.5
B = 0.6

Scores = npt.NDArray[np.float64]
Arrays = Mapping[str, npt.NDArray[Any]]
_Places = npt.NDArray[np.int32]
_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class Bm25:
    """
    An inverted index, never changed.

    All postings stand in two long arrays, term after term: thousands of small
    ones are slow to build and large in memory.
    """

    _size: int
    _terms: Mapping[str, int]
    _starts: npt.NDArray[np.intp]
    """Where each term's postings begin; one more at the end."""
    _idf: Scores
    _places: _Places
    """For each posting the text."""
    _weights: npt.NDArray[np.float32]
    """For each posting what a text gets for the term."""

    @classmethod
    def of(cls, texts: Sequence[Mapping[str, float]]) -> "Bm25":
        """The index of texts, each given as its terms and how much they count in it."""
        terms: dict[str, int] = {}
        lengths = np.array([sum(text.values()) for text in texts], dtype=np.float64)
        average = lengths[lengths > 0].mean() if lengths.any() else 1.0
        norms = K1 * (1 - B + B * lengths / average)
        ids, shares = [np.zeros(0, dtype=np.int32)], [np.zeros(0)]
        for text, norm in zip(texts, norms, strict=True):
            numbers = (terms.setdefault(term, len(terms)) for term in text)
            ids.append(np.fromiter(numbers, dtype=np.int32, count=len(text)))
            counts = np.fromiter(text.values(), dtype=np.float64, count=len(text))
            shares.append(counts / (counts + norm))
        of_term = np.concatenate(ids)
        order = np.argsort(of_term, kind="stable")
        places = np.repeat(np.arange(len(texts), dtype=np.int32), [len(each) for each in ids[1:]])
        found = np.bincount(of_term, minlength=len(terms))
        idf: Scores = np.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        weights = np.concatenate(shares)[order] * np.repeat(idf, found)
        return cls(
            len(texts), terms, _starts(found), idf, places[order], weights.astype(np.float32)
        )

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything as plain arrays for a file; `from_arrays` makes the same index of them."""
        terms = _SEPARATOR.join(self._terms).encode()
        return {
            "size": np.array(self._size),
            "terms": np.frombuffer(terms, dtype=np.uint8),
            "starts": self._starts,
            "idf": self._idf,
            "places": self._places,
            "weights": self._weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Bm25":
        """The index that `arrays` came from; raises `KeyError` or `ValueError` for others."""
        terms = arrays["terms"].tobytes().decode().split(_SEPARATOR)
        starts, idf, places = arrays["starts"], arrays["idf"], arrays["places"]
        if not (
            len(terms) == len(idf) == len(starts) - 1
            and starts[-1] == len(places) == len(arrays["weights"])
        ):
            raise ValueError("its tables do not fit together")
        numbers = {term: number for number, term in enumerate(terms)}
        return cls(int(arrays["size"]), numbers, starts, idf, places, arrays["weights"])

    def coverage(self, terms: Collection[str]) -> Scores:
        """
        For each text the share of the question's weight that it covers, 0 to 1.

        BM25 divided by `weight` of the same terms, so that questions of
        different length and several indexes can be added up.
        """
        known = [self._terms[term] for term in terms if term in self._terms]
        if not known:
            return np.zeros(self._size)
        slices = [slice(self._starts[term], self._starts[term + 1]) for term in known]
        places = np.concatenate([self._places[each] for each in slices])
        weights = np.concatenate([self._weights[each] for each in slices])
        # one pass over all postings is several times faster than adding term by term
        scores = np.bincount(places, weights, minlength=self._size)
        return scores / self.weight(terms)

    def weight(self, terms: Collection[str]) -> float:
        """What a text would get that held every term without end; unknown terms count, too."""
        unknown = math.log(1 + (self._size + 0.5) / 0.5)
        known = [self._terms[term] for term in terms if term in self._terms]
        return float(self._idf[known].sum()) + unknown * (len(terms) - len(known))


def _starts(found: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return np.concatenate([np.zeros(1, dtype=np.intp), np.cumsum(found)])
