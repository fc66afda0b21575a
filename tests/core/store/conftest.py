import pytest

from core.store import Store
from tests.core.store.backends import BACKENDS, fresh_url


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    return fresh_url(request.param, tmp_path)


@pytest.fixture
def store(url):
    opened = Store(url)
    yield opened
    opened.close()
