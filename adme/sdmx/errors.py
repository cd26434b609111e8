"""What can be wrong with a request, each with its HTTP status and the SDMX error code."""

from __future__ import annotations

from typing import ClassVar


class SdmxError(Exception):
    """Answered as an SDMX error message: `code` by the standard, `status` by HTTP, and plain words."""

    code: ClassVar[int] = 500
    status: ClassVar[int] = 500

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class NoResults(SdmxError):
    """Nothing public matches. 404 with a message: clients in use break on 204."""

    code = 100
    status = 404


class SyntaxFault(SdmxError):
    """The request does not follow the grammar, or names what does not exist in the structure."""

    code = 140
    status = 400


class NotAcceptable(SdmxError):
    """No format that was asked for is offered."""

    code = 406
    status = 406


class NotImplementedYet(SdmxError):
    """The standard has it, this installation does not."""

    code = 501
    status = 501


class TooLarge(SdmxError):
    """The format cannot hold what was asked for, or the question holds too much."""

    code = 130
    status = 413
