"""Nothing is lost: killed at any moment, a full disk, a folder that may only be read, several processes on one file."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from core.errors import RefreshBusy, StoreError
from core.settings import ROOT
from core.store import Store
from tests.core.store.backends import hour, rows

ROUNDS, BATCH, CLAIM = 60, 100, 0.05

# One process imports everything once and forks a child per round: a fork costs milliseconds, an import would cost a second.
KILLED = """
import json, os, random, signal, sys, time
import pandas as pd
from core.errors import RefreshBusy
from core.store import Store
from tests.core.store.backends import hour, rows

url, rounds, batch, claim = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
chance = random.Random(7)

def child(n, said):
    store = Store(url)
    begun = time.monotonic()
    while True:
        try:
            with store.refreshing(claim):
                os.write(said, b"c%.3f " % (time.monotonic() - begun))
                for k in range(1000):
                    at = hour(n) + pd.Timedelta(seconds=k)
                    store.append(rows(*(n * 1000.0 + k + v / batch for v in range(batch)), key=f"line{n}", fetched=at, first="2024-01-01"))
                    os.write(said, b"%d " % k)
        except RefreshBusy:
            time.sleep(0.005)

Store(url + "-warm").append(rows(1.0))
waits, told = [], {}
for n in range(rounds):
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            child(n, mouth)
        finally:
            os._exit(1)
    os.close(mouth)
    words = b""
    while (b" 0 " if n % 2 else b"c") not in words:
        words += os.read(ear, 100)
    time.sleep(chance.uniform(0, 0.03))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while piece := os.read(ear, 4096):
        words += piece
    os.close(ear)
    claimed, *done = words.decode().split()
    waits.append(float(claimed[1:]))
    told[n] = [int(k) for k in done if k.isdigit()]
print(json.dumps([waits, told]))
"""


def test_killed_at_any_moment_every_batch_is_wholly_there_or_wholly_absent(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    Store(url).close()
    command = [sys.executable, "-c", KILLED, url, str(ROUNDS), str(BATCH), str(CLAIM)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    waits, told = json.loads(done.stdout)
    store = Store(url)
    stored = store.load()
    counts = Counter(stored["fetched_at"])
    assert set(counts.values()) <= {BATCH}
    kept = {int(value // 1) for value in stored["value"]}
    assert {int(n) * 1000 + k for n, ks in told.items() for k in ks} <= kept  # what was reported as written stayed written
    assert len(kept) >= ROUNDS / 2
    assert store.notice() == ""
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as link:
        assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert max(waits) < CLAIM + 2  # a dead holder's claim lasted no longer than it said
    time.sleep(CLAIM)
    with store.refreshing(60):
        pass
    store.close()


def test_a_full_disk_refuses_the_batch_and_keeps_all_that_was_there(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.append(rows(1.0, 2.0))
    before = store.load()

    def limited(link, _):
        link.execute("PRAGMA max_page_count = 20")

    engine = store._opened.engine
    sa.event.listen(engine, "connect", limited)
    engine.dispose()
    with pytest.raises(StoreError, match=r"cannot be written: the disk is full\. Free some space; nothing was lost"):
        store.append(rows(*map(float, range(20_000)), key="btc", first="1970-01-01"))
    pd.testing.assert_frame_equal(store.load(), before)
    sa.event.remove(engine, "connect", limited)
    engine.dispose()
    assert store.append(rows(*map(float, range(20_000)), key="btc", first="1970-01-01"))["btc"].new == 20_000
    store.close()


def test_a_limit_on_the_size_of_files_refuses_the_batch_too(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    code = (
        "import resource, signal, sys; from core.store import Store; from core.errors import StoreError; from tests.core.store.backends import rows\n"
        "store = Store(sys.argv[1]); store.append(rows(1.0, 2.0)); signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try: store.append(rows(*map(float, range(20_000)), key='btc', first='1970-01-01'))\n"
        "except StoreError as error: print(error)\n"
        "print(len(store.load()))"
    )
    done = subprocess.run([sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, check=True, timeout=60, text=True)
    sentence, count = done.stdout.splitlines()
    assert sentence.startswith("The store cannot be written: the disk ")
    assert count == "2"


AS_ANOTHER = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import sqlalchemy.dialects.sqlite
from core.errors import StoreError
from core.store import Store
from tests.core.store.backends import NOON, rows
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)

def said(deed):
    try:
        return deed()
    except StoreError as error:
        return str(error)

def told(url):
    store = said(lambda: Store(url))
    if isinstance(store, str):
        return [store]
    return [
        said(lambda: [store.load()["value"].sum(), len(store.load(NOON)), store.outcomes(), store.restatements(), store.version()]),
        said(lambda: store.append(rows(5.0, key="eth"))),
        said(lambda: store.refreshing(5).__enter__()),
    ]

print(json.dumps([told(url) for url in sys.argv[2:]]))
"""
CASES = ("folder", "file", "writer at work", "log left behind", "nothing there")


def _prepared(case, file):
    """A store in a folder of its own, as one case has it; nobody else may write there."""
    store = Store(f"sqlite:///{file}")
    store.append(rows(1.0, 2.0))
    store.append(rows(4.0, key="btc", fetched=hour(1)))
    log = Path(f"{file}-wal")
    content = log.read_bytes(), file.read_bytes()
    if case != "writer at work":
        store.close()
    if case == "log left behind":
        log.write_bytes(content[0])
        file.write_bytes(content[1])
    if case == "nothing there":
        file.unlink()
    for path in file.parent.iterdir():
        path.chmod(0o444)
    file.parent.chmod(0o777 if case == "file" else 0o555)
    return store


@pytest.fixture(scope="module")
def as_another_user():
    """What another user, who may only read, finds in a store in each case; one process asks about all of them."""
    root = Path(tempfile.mkdtemp(prefix="readonly-"))
    root.chmod(0o755)
    files = {case: root / case.replace(" ", "-") / "store.sqlite" for case in CASES}
    stores = [_prepared(case, file) for case, file in files.items()]
    command = [sys.executable, "-c", AS_ANOTHER, str(ROOT), *(f"sqlite:///{file}" for file in files.values())]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, cwd="/", env=environment, check=False, timeout=60, text=True)
    assert done.returncode == 0, done.stderr
    yield files, dict(zip(CASES, json.loads(done.stdout), strict=True))
    for store in stores:
        store.close()
    for file in files.values():
        file.parent.chmod(0o755)
    shutil.rmtree(root)


@pytest.mark.parametrize("case", CASES[:-1])
def test_where_nothing_may_be_written_reports_still_open_and_a_refresh_says_why_not(as_another_user, case):
    files, told = as_another_user
    found, *refusals = told[case]
    assert found == [7.0, 2, [], [], "2"]
    sentence = f"The store cannot be written: the file {files[case]} may only be read by this user. Reports of what is stored still open."
    assert refusals == [sentence] * 2


def test_a_folder_where_no_store_can_be_made_says_so(as_another_user):
    files, told = as_another_user
    (sentence,) = told["nothing there"]
    assert sentence == (
        f"The store cannot be opened: the folder {files['nothing there'].parent} may only be read by this user. "
        "Check STORE_URL, the free disk space and the file's permissions."
    )


CROWD = """
import os, sys
from core.store import Store
from tests.core.store.backends import hour, rows

def child(n):
    store = Store(sys.argv[1])
    for k in range(10):
        store.append(rows(*(float(k + v) for v in range(50)), key=f"line{n}", fetched=hour(k)))
        assert not (store.load().groupby("series").size() % 50).any()

children = []
for n in range(3):
    pid = os.fork()
    if not pid:
        try:
            child(n)
        except BaseException as error:
            print(repr(error), flush=True)
        finally:
            os._exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
"""


def test_writers_and_readers_in_several_processes_at_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    done = subprocess.run([sys.executable, "-c", CROWD, url], cwd=ROOT, capture_output=True, check=True, timeout=120, text=True)
    assert done.stdout == ""
    store = Store(url)
    assert len(store.load()) == 3 * 10 * 50
    store.close()


def test_a_clock_set_back_does_not_reorder_vintages(store):
    store.append(rows(1.0, 2.0, fetched=hour(5)))
    store.append(rows(1.5, 2.0, fetched=hour(1)))
    assert store.latest(["spx"], rows(1.0)["session"].iloc[0].date())["value"].tolist() == [1.5, 2.0]
    assert store.load(hour(4)).empty
    assert store.load()["fetched_at"].tolist() == [pd.Timestamp(hour(5)).tz_localize(None)] * 3


def test_a_claim_made_by_a_clock_that_ran_ahead_does_not_last(tmp_path, monkeypatch):
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 30 * 86_400)
    ahead = store.refreshing(60)
    ahead.__enter__()
    monkeypatch.undo()
    with store.refreshing(60), pytest.raises(RefreshBusy), store.refreshing(60):
        pass
    store.close()


def test_what_was_shown_as_known_at_an_instant_stays_as_it_was_shown(store):
    store.append(rows(1.0, 2.0))
    shown = store.load(hour(2))
    store.append(rows(3.0, first="2026-03-25", fetched=hour(1)))  # a refresh that began before the reader looked
    pd.testing.assert_frame_equal(store.load(hour(2)), shown)
    assert store.load()["fetched_at"].iloc[-1] == pd.Timestamp(hour(2)).tz_localize(None) + pd.Timedelta(microseconds=1)
