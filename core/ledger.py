"""The hash of all that is known of a series at an instant, in steps: it starts from the nearest milestone, not from the first observation."""

import hashlib
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.tracks import Track, runs
from core.units import Basis

# Observations between two milestones.
STRIDE = 64
_BASES = {basis.value: number for number, basis in enumerate(Basis)}


class Ledger:
    """One line of a track. Its observations stand in the order in which they became known, so what is known is a beginning of it."""

    def __init__(self, track: Track, line: slice) -> None:
        self._source = str(track.source[line.start])
        self._available = track.available[line]
        times = [t[line].astype(f"datetime64[{unit}]").view(np.int64) for t, unit in ((track.sessions, "D"), (track.available, "us"))]
        fetched = track.fetched[line].astype("datetime64[us]").view(np.int64)
        bases = np.array([_BASES[b] for b in track.basis[line]], dtype=np.int64)
        self._words: npt.NDArray[np.int64] = np.column_stack([*times, fetched, track.values[line].view(np.int64), bases])

    @cached_property
    def _milestones(self) -> tuple["hashlib.blake2b", ...]:
        made = [hashlib.blake2b(self._source.encode(), digest_size=16)]
        for first in range(0, len(self._words), STRIDE):
            following = made[-1].copy()
            following.update(self._words[first : first + STRIDE].data)
            made.append(following)
        return tuple(made)

    def digest(self, cutoff: np.datetime64) -> bytes:
        """Hash of the observations available at `cutoff` (UTC): sessions, instants, values, bases and their source; empty where none is."""
        end = int(self._available.searchsorted(cutoff, side="right"))
        if not end:
            return b""
        digest = self._milestones[end // STRIDE].copy()
        digest.update(self._words[end - end % STRIDE : end].data)
        return digest.digest()


def ledgers(track: Track) -> tuple[Ledger, ...]:
    """The lines of a track, in its order."""
    return tuple(Ledger(track, line) for line in runs(track.lines))
