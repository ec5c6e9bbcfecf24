"""
Whether a text speaks of danger, judged by what all heads make of it together.

One linear head weighs words alone: it cannot tell a question about a fire
drill from a fire. The act, the matter and the rules' signs can, so a small
network looks at all scores at once (stacking; Wolpert 1992, "Stacked
generalization"). It learns from scores of rows that the heads had not seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SecondLook:
    """One hidden layer of rectified units; the first row of each table is the bias."""

    inner: Floats
    """(1 + heads' columns + flags, units)"""
    outer: Floats
    """(1 + units,)"""

    def score(self, scores: Floats, flags: Floats) -> float:
        """Above nought: rather danger. About -2..2."""
        columns = len(scores)
        units = scores @ self.inner[1 : 1 + columns] + flags @ self.inner[1 + columns :]
        units = np.maximum(units + self.inner[0], 0)
        return float(units @ self.outer[1:] + self.outer[0])
