"""Data flows one way: a file imports only from its own room and from rooms before it; clients and drawing stay where they belong."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT

# Rooms of core in the order in which data flows. Rooms of one line stand side by side and do not know each other.
ORDER = (
    ("language",),
    ("errors", "units"),
    ("records", "wording", "settings"),
    ("catalogue", "sessions"),
    ("observations",),
    ("sources", "door", "store"),
    ("due",),
    ("refresh",),
    ("tracks",),
    ("ledger",),
    ("panel",),
    ("metrics",),
    ("datasets", "divergences"),
    ("figures",),
    ("insight",),
    ("memory",),
    ("report",),
    ("charts", "health"),
    ("export",),
    ("__main__",),
)
RANK = {room: i for i, rooms in enumerate(ORDER) for room in rooms}
FILES = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py")) + [p for p in (ROOT / "app.py",) if p.exists()]
VENDORS = {"yfinance", "ccxt", "curl_cffi", "requests", "urllib3"}
LAZY = {"yfinance", "ccxt", "typst", "xlsxwriter", "vl_convert"}


def room(path: Path) -> str:
    part = path.relative_to(ROOT / "core").parts[0]
    return part.removesuffix(".py")


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module a file imports, by full name, and whether only when a function runs or types are checked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types(f) for n in ast.walk(f)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((a.name, id(node) in inside) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            # `from core import sessions` names a room in what it imports.
            yield from ((f"core.{a.name}" if node.module == "core" else str(node.module), id(node) in inside) for a in node.names)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_room_has_its_place():
    assert {room(p) for p in FILES} - {"__init__"} <= set(RANK)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_imports_only_from_rooms_before_its_own(path):
    own = room(path)
    for module, _ in imports(path):
        parts = module.split(".")
        if parts[0] != "core" or len(parts) == 1 or parts[1] == own:
            continue
        assert own != "__init__"
        assert RANK[parts[1]] < RANK[own], f"{own} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_core_knows_no_streamlit_and_pages_are_not_imported(path):
    assert not {m.split(".")[0] for m, _ in imports(path)} & {"streamlit", "pages", "tests", "app"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_clients_are_only_in_sources_and_the_heavy_ones_only_inside_functions(path):
    for module, inside in imports(path):
        top = module.split(".")[0]
        if top in VENDORS:
            assert room(path) == "sources"
        if top in LAZY:
            assert inside, f"{module} is imported before it is needed"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_only_charts_draw(path):
    drawing = {m.split(".")[0] for m, _ in imports(path)} & {"altair", "vl_convert", "matplotlib", "plotly"}
    assert not drawing or room(path) in {"charts", "export"}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_ask_no_upstream(path):
    assert not {m.split(".")[0] for m, _ in imports(path)} & VENDORS


@pytest.mark.parametrize("path", FILES + PAGES, ids=name)
def test_rooms_are_small_and_named_after_what_is_in_them(path):
    assert path.stem not in {"utils", "helpers", "common", "misc", "util", "helper"}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
