"""Whether a SQLite file may be used as the store. One that holds anything of another program is refused.

Only its bytes are looked at: to open a file as a database can already leave a log beside it, or play one in.
"""

from pathlib import Path

from core.errors import StoreError
from core.language import N_
from core.settings import DEFAULT_STORE
from core.store.pages import HEADER, LEAF, MAGIC, pages
from core.store.salvage import salvage


def refuse_foreign(path: Path) -> None:
    """Raise StoreError for a file that is no store of this product; it is not touched.

    A store is known by its tables, or where they cannot be read by a reading or a fact of its own. A file without any content may become one,
    and at the place where this product keeps its store by itself, what cannot be read at all is taken for a store that was damaged.
    """
    if not path.exists():
        return
    named = salvage(path, first_page=True)
    if named.ours or (not named.foreign and _blank(path)):
        return
    if named.foreign or not (path == DEFAULT_STORE.resolve() or salvage(path).ours):
        raise StoreError(
            N_("{file} is no store of this product; nothing was changed.", file=str(path)),
            remedy="Point STORE_URL at another file, or move that one away.",
        )


def _blank(path: Path) -> bool:
    """Whether a file is a database without a table, or nothing but zeros."""
    content = iter(pages(path))
    first, _ = next(content, (b"", True))
    if first.startswith(MAGIC):
        return first[HEADER : HEADER + 5] == bytes([LEAF, 0, 0, 0, 0])
    return not first.strip(b"\0") and not any(page.strip(b"\0") for page, _ in content)
