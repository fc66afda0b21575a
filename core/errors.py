"""What can go wrong, in the reader's words. Every error says what happened and what to do about it; imports only language."""

from core.language import Phrase, join, written

MESSAGE_LENGTH = 300
_QUOTED = 60


def brief(message: str, length: int = MESSAGE_LENGTH) -> str:
    """A message of at most `length` characters, with an ellipsis where it was cut, in characters that every database keeps.

    Of a phrase the English is cut; what it was made from stays.
    """
    clean = message.replace("\0", "").encode("utf-8", "replace").decode()
    short = clean if len(clean) <= length else clean[: length - 1].rstrip() + "…"
    if not isinstance(message, Phrase):
        return short
    return message if short == message else written(short, message)


def excerpt(said: object) -> str:
    """What an upstream said, as a message may quote it: printable, and no longer than a line.

    >>> excerpt("^GSPC")
    "'^GSPC'"
    """
    text = repr(said[: _QUOTED + 1] if isinstance(said, str) else said)
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"


class ExplorerError(Exception):
    """Base of every error this product raises on purpose.

    `message` says what happened; `remedy` is one sentence that tells the reader what to do next. `text`, both in a row, is what is shown.
    """

    remedy = "Try again; if it persists, report it with the sentence above."

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        if remedy is not None:
            self.remedy = remedy

    @property
    def message(self) -> str:
        """What happened."""
        message: str = self.args[0]
        return message

    @property
    def text(self) -> str:
        """What happened and what to do next; a phrase, where the message is one."""
        return join(" ", [part for part in (self.message, self.remedy) if part])

    def __str__(self) -> str:
        return self.text


class BadInput(ExplorerError, ValueError):
    """Something the user typed, linked or passed on the command line cannot be used."""

    remedy = "Correct the value and try again."


class DateOutOfRange(BadInput):
    """A report date before the data begins, or one whose cutoff has not come yet."""


class CalendarUnknown(ExplorerError, ValueError):
    """A date beyond what the exchange calendar knows."""

    remedy = "Update the exchange_calendars package."


class SourceError(ExplorerError):
    """An upstream did not give usable data. `kind` is the short word kept with the outcome of a refresh.

    Its message may quote the upstream and is kept short, so that the remedy after it is not cut off where both are stored.
    `retry_after` are the seconds for which the upstream asked to be left alone; None where it named none.
    """

    kind = "failed"
    remedy = "The last good data stays in use; refresh later."

    def __init__(self, message: str, *, remedy: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(brief(message, MESSAGE_LENGTH * 2 // 3), remedy=remedy)
        self.retry_after = retry_after


class RateLimited(SourceError):
    """The upstream asked us to slow down (HTTP 429)."""

    kind = "rate limited"
    remedy = "The last good data stays in use; wait some minutes before refreshing."


class Blocked(SourceError):
    """The upstream refuses this machine's region (HTTP 403, 451)."""

    kind = "blocked"
    remedy = "The next source in the chain is used; this one is left alone for some hours."


class Unreachable(SourceError):
    """No answer: no network, no such host, connection refused or dropped, too slow."""

    kind = "unreachable"
    remedy = "Check the network; the last good data stays in use."


class BadPayload(SourceError):
    """The upstream answered something that is not what its interface promises."""

    kind = "bad payload"


class NoData(SourceError):
    """A well-formed answer without any usable observation."""

    kind = "no data"


class StoreError(ExplorerError):
    """The store cannot be read or written. `kind` is "damaged" where the file must be opened anew, which rebuilds it."""

    kind = "failed"
    remedy = "Check STORE_URL, the free disk space and the file's permissions."


class RefreshBusy(ExplorerError):
    """Another refresh of the same store is under way."""

    remedy = "Wait until it ends; its data will be shown."
