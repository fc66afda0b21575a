"""What is done once per process."""

import gc
import sys

# Modules loaded since the last freeze that make another one worth its time.
_GROWTH = 100
_frozen = 0


def settle() -> None:
    """Take what the imports brought out of the garbage collector's rounds.

    Streamlit collects after every run; walking all that pandas and the charts have loaded would take most of a rerun's time.
    """
    global _frozen  # noqa: PLW0603 - one number per process
    if len(sys.modules) - _frozen > _GROWTH:
        gc.collect()
        gc.freeze()
        _frozen = len(sys.modules)
