"""Files and servers that another version of this product wrote."""

import pandas as pd
import pytest
import sqlalchemy as sa

from core.errors import StoreError
from core.store import Store
from core.store.tables import FACTS, SCHEMA, SCHEMA_VERSION
from tests.core.store.backends import hour, rows


@pytest.fixture
def engine(url):
    made = sa.create_engine(url)
    yield made
    made.dispose()


def version(engine):
    with engine.connect() as link:
        return link.scalar(sa.select(FACTS.c.value).where(FACTS.c.name == SCHEMA))


def test_a_new_store_says_its_version(store, engine):
    assert version(engine) == str(SCHEMA_VERSION)


def test_a_store_of_the_first_version_is_taken_over_with_all_it_holds(store, url, engine):
    store.append(rows(1.0, 2.0))
    before = store.load()
    store.close()
    with engine.begin() as link:
        link.execute(sa.text("DROP TABLE store_facts"))
    again = Store(url)
    pd.testing.assert_frame_equal(again.load(), before)
    again.append(rows(3.0, first="2026-03-25", fetched=hour(1)))
    assert again.load(hour(0))["value"].tolist() == [1.0, 2.0]
    again.close()
    assert version(engine) == str(SCHEMA_VERSION)


def test_a_store_of_a_newer_version_is_refused_and_not_touched(store, url, engine):
    store.append(rows(1.0, 2.0))
    store.close()
    with engine.begin() as link:
        link.execute(sa.update(FACTS).where(FACTS.c.name == SCHEMA).values(value="99"))
    with pytest.raises(StoreError, match=r"newer version of this product wrote it \(tables 99, known here \d\)\. Update this installation"):
        Store(url)
    assert version(engine) == "99"
