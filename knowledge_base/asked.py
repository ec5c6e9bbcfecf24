"""How residents speak of each matter: learned from the training sentences, kept beside the model."""

import io
import math
import zipfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FrontDoorError
from core.taxonomy import Taxonomy
from knowledge_base.bm25 import Bm25, Scores
from knowledge_base.terms import Wording


class AskedUnreadable(FrontDoorError):
    """The file is missing, broken, or was not written by this program."""

    def __init__(self, path: Path, what: object) -> None:
        super().__init__(f"{path} cannot be read ({what}). Train again: baijiamen train")


@dataclass(frozen=True, slots=True)
class Asked:
    """One text a matter, in which a term counts by how many sentences hold it."""

    _numbers: Mapping[str, int]
    _index: Bm25

    def coverage(self, terms: Collection[str]) -> Scores:
        """How well the terms fit each matter, 0 to 1; at the end a 0 for unknown ones."""
        return np.append(self._index.coverage(terms), 0.0)

    def places(self, matters: Sequence[str]) -> NDArray[np.intp]:
        """Where the matters stand in what `coverage` gives."""
        places = [self._numbers.get(matter, len(self._numbers)) for matter in matters]
        return np.array(places, dtype=np.intp)

    def save(self, path: Path) -> None:
        """Write the file in one step: a reader sees the old one or the new one."""
        buffer = io.BytesIO()
        matters = np.array(list(self._numbers), dtype=np.str_)
        arrays: dict[str, Any] = {"matters": matters, **self._index.arrays}
        np.savez_compressed(buffer, **arrays)
        unfinished = path.with_name(path.name + ".part")
        unfinished.write_bytes(buffer.getvalue())
        unfinished.replace(path)


def learn_asked(sentences: Mapping[str, Sequence[str]], taxonomy: Taxonomy) -> Asked:
    """
    Learn from sentences by matter id.

    For the classifier's training sentences: thousands of them take seconds, so
    it is done when the model is trained.
    """
    wording = Wording(taxonomy.dialect)
    matters = sorted(sentences)
    texts = []
    for matter in matters:
        counts = Counter[str]()
        for text in sentences[matter]:
            counts.update(set(wording.terms(text)))
        texts.append({term: math.sqrt(count) for term, count in counts.items()})
    return Asked(_numbered(matters), Bm25.of(texts))


def load_asked(path: Path) -> Asked:
    """Read what `Asked.save` wrote; raises `AskedUnreadable`."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        matters = [str(matter) for matter in arrays.pop("matters")]
        return Asked(_numbered(matters), Bm25.from_arrays(arrays))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise AskedUnreadable(path, error) from error


def _numbered(matters: Sequence[str]) -> dict[str, int]:
    return {matter: place for place, matter in enumerate(matters)}
