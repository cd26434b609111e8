"""Which format an answer takes: `?format=` first, then the Accept header with its q-values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from adme.lib.sdmx_messages import csv_data, json_data
from adme.sdmx.errors import NotAcceptable

Labels = Literal["id", "name", "both"]


@dataclass(frozen=True)
class Offer:
    """A format of data messages: its export name and the media type it is answered with."""

    export: str
    media_type: str


JSON = Offer("sdmx-json", json_data.MEDIA_TYPE)
CSV = Offer("sdmx-csv", csv_data.MEDIA_TYPE)

_BY_PARAMETER = {"jsondata": JSON, "csvdata": CSV, "json": JSON, "csv": CSV, "sdmx-json": JSON, "sdmx-csv": CSV}
# The first that matches answers a wildcard: JSON is the default of SDMX-REST 2.
_BY_TYPE = {
    "application/vnd.sdmx.data+json": JSON,
    "application/json": JSON,
    "application/vnd.sdmx.data+csv": CSV,
    "text/csv": CSV,
    "application/csv": CSV,
    "application/*": JSON,
    "text/*": CSV,
    "*/*": JSON,
}
# A client may name the version, leave it out, or ask for "that or later".
_FITTING_VERSIONS = frozenset({"", "2.0", "2.0.0", "2.0+", "2.0.0+", "1.0.0+"})


def choose(accept: str, parameter: str | None) -> tuple[Offer, Labels]:
    """The format and the labels wanted; NotAcceptable names what is offered."""
    if parameter is not None:
        if parameter not in _BY_PARAMETER:
            raise NotAcceptable(f"There is no format “{parameter}”. Offered: jsondata, csvdata.")
        return _BY_PARAMETER[parameter], "id"
    ranked = sorted(_ranges(accept or "*/*"), key=lambda ranged: -ranged[0])
    for quality, media, parameters in ranked:
        offer = _BY_TYPE.get(media)
        if quality > 0 and offer is not None and parameters.get("version", "") in _FITTING_VERSIONS:
            labels = parameters.get("labels", "id")
            return offer, cast(Labels, labels) if labels in ("id", "name", "both") else "id"
    raise NotAcceptable(f"None of these is offered: {accept}. Offered: {JSON.media_type}, {CSV.media_type}.")


def _ranges(accept: str) -> list[tuple[float, str, dict[str, str]]]:
    """Quality, media range and parameters of each member of the header; members that are none are passed over."""
    found = []
    for member in accept.split(","):
        media, *rest = (piece.strip() for piece in member.split(";"))
        parameters = {
            name.strip().lower(): value.strip().strip('"')
            for name, _, value in (piece.partition("=") for piece in rest)
        }
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            quality = 0.0
        if "/" in media:
            found.append((quality, media.lower(), parameters))
    return found
