"""Keys and passwords of the operator, planted so that they can be recognised, are found nowhere: pages, logs, exports, output, stored outcomes."""

import base64
import logging
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import datasets
from core.__main__ import main
from core.errors import ExplorerError
from core.export import EXPORTS
from core.settings import hidden, operator
from core.store import Store

KEY, MIRROR, PASSWORD = "CG-hushkey7731", "hushmirror7732", "hush@store7733"
ENCODED = base64.b64encode(f"reader:{MIRROR}".encode()).decode()[:24]
SIGNS = ("hushkey7731", "hushmirror7732", ENCODED, "store7733", "hush%40", "hush@")


class Echo(BaseHTTPRequestHandler):
    """Refuses everybody, and says everything that it was told in the body and in a header."""

    def do_GET(self):
        told = " ".join(f"{name}: {value}" for name, value in self.headers.items())
        body = f"401: no access for {self.path} {told}".encode()
        self.send_response(401, told)
        self.send_header("X-Told", told)
        self.server.told.append(told)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.told = []
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def everything(caplog, capfd, visit, written):
    """All that anybody could read: logs of every library at their most talkative, both outputs, pages, outcomes."""
    caplog.set_level(logging.DEBUG)

    def read(*pages):
        shown = []
        for page in pages:
            at = visit(page, dataset="live")
            shown.append(written(at) + "".join(e.message + "".join(e.stack_trace) for e in at.exception))
        out, err = capfd.readouterr()
        with_causes = [logging.Formatter().format(record) for record in caplog.records]
        return "\n".join([*shown, out, err, *with_causes])

    return read


def clean(text):
    return not any(sign in text for sign in SIGNS)


@pytest.mark.parametrize("address", ["{echo}", "127.0.0.1:1", "no such host", "127.0.0.1:notaport", "[::1"])
def test_a_refresh_that_fails_in_any_way_tells_no_secret(address, echo, everything, monkeypatch):
    monkeypatch.setenv("COINGECKO_API_KEY", KEY)
    host = address.format(echo=f"127.0.0.1:{echo.server_port}")
    monkeypatch.setenv("UPSTREAM_MIRROR", f"http://reader:{MIRROR}@{host}")
    monkeypatch.setenv("REFRESH_DEADLINE", "20")
    assert main(["refresh"]) == 1
    assert address != "{echo}" or any(KEY in told for told in echo.told)
    text = everything("data")
    assert clean(text)
    assert "cannot be" in text or "No source could be reached" in text or "no http address" in text
    assert clean(repr(datasets.store(os.environ["STORE_URL"]).outcomes()))


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://reader:{PASSWORD.replace('@', '%40')}@127.0.0.1:1/market",
        f"postgresql+psycopg://reader:{PASSWORD.replace('@', '/')}@127.0.0.1:1/market",
        f"postgresql+psycopg://reader:{PASSWORD}@127.0.0.1:port/market",
        f"postgresql+psycopg://reader:{PASSWORD.replace('@', '%40')}@127.0.0.1:1/market?connect_timeout=soon",
        f"nosuchdatabase://reader:{PASSWORD.replace('@', '%40')}@host/market",
        f"reader:{PASSWORD}",
        f"sqlite://reader:{PASSWORD.replace('@', '%40')}@host/market",
    ],
)
def test_a_store_that_cannot_be_opened_tells_no_password(url, everything, monkeypatch):
    monkeypatch.setenv("STORE_URL", url)
    for command in (["refresh"], ["report"], ["copy", "--to", "sqlite:////nowhere/at/all.sqlite"]):
        assert main(command) == 1
    with pytest.raises(ExplorerError) as caught:
        Store(url)
    text = everything("data", "overview")
    assert "cannot be" in text
    assert clean(text + str(caught.value) + repr(caught.value))


def test_settings_show_no_secret_when_they_are_printed_or_refused():
    env = {"COINGECKO_API_KEY": KEY, "UPSTREAM_MIRROR": f"https://reader:{MIRROR}@host", "STORE_URL": f"postgresql://u:{PASSWORD}@h/x"}
    assert clean(repr(operator(env)) + str(operator(env)))
    with pytest.raises(ExplorerError) as caught:
        operator({"UPSTREAM_MIRROR": f"ftp://reader:{MIRROR}@host"})
    assert clean(str(caught.value))


def test_passwords_are_hidden_however_they_are_written():
    url = f"postgresql://reader:{PASSWORD.replace('@', '%40')}@host/x"
    assert clean(hidden(f"{url} {PASSWORD}", url))
    assert hidden("nothing to hide", "sqlite:////data/store.sqlite") == "nothing to hide"
    assert hidden("no password", "postgresql://reader@host/x") == "no password"


@pytest.mark.parametrize("name", ["password", "sslpassword", "Password"])
def test_a_password_in_the_query_is_hidden_too(name):
    url = f"postgresql://reader:other-secret@host/x?user=u&{name}=s%40f+e@#end"
    said = hidden(f"{url}, that is s@f+e@ or s@f e@, and other-secret", url)
    assert said == f"postgresql://reader:***@host/x?user=u&{name}=***#end, that is *** or ***, and ***"


def test_a_very_short_password_garbles_no_words():
    url = "postgresql://reader:a@host/x?password=e"
    assert hidden(f"database at {url} refused", url) == "database at postgresql://reader:***@host/x?password=*** refused"


@pytest.mark.parametrize("made", EXPORTS, ids=lambda e: e.key)
def test_exports_hold_no_secret(made, monkeypatch):
    from core import report
    from core.records import Settings
    from tests.core.market import DAY, table

    monkeypatch.setenv("COINGECKO_API_KEY", KEY)
    monkeypatch.setenv("UPSTREAM_MIRROR", f"http://reader:{MIRROR}@127.0.0.1:1")
    assert clean(made.make(report.build(table(), DAY, Settings()), table()).decode("latin-1"))


def test_streamlit_hands_root_level_secrets_on_as_environment_variables(tmp_path, monkeypatch):
    """docs/hosting.md relies on it, and on a bare true or false being left out."""
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    file = tmp_path / "secrets.toml"
    file.write_text(f'STORE_URL = "postgresql+psycopg://reader@host/market"\nCOINGECKO_API_KEY = "{KEY}"\nAUTO_REFRESH = 0\nREFRESH_DEADLINE = 45\n')
    for name in ("COINGECKO_API_KEY", "AUTO_REFRESH", "REFRESH_DEADLINE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(config, "get_option", lambda name, of=config.get_option: [str(file)] if name == "secrets.files" else of(name))
    monkeypatch.setattr(Secrets, "_maybe_install_file_watchers", lambda _: None)
    assert Secrets().load_if_toml_exists()
    set_by = operator()
    assert (set_by.store_url, set_by.coingecko_key) == ("postgresql+psycopg://reader@host/market", KEY)
    assert (set_by.auto_refresh, set_by.refresh_deadline) == (False, 45.0)
    Secrets._maybe_set_environment_variable("AUTO_REFRESH", True)
    assert os.environ["AUTO_REFRESH"] == "0"
