"""Links to the files of exports.

Whoever has a link may download: no key and no signature, as with the exchange's own links. So
a link carries a stamp that only this server can make, over what identifies the export.
"""

import hmac
import re

from clearhouse.messages.queries import ExportView
from clearhouse.runtime.sealing import Sealer

DOWNLOADS = "/_clearhouse/downloads"
_TOKEN = re.compile(r"([1-9][0-9]{0,18})-([0-9a-f]{64})\Z")


class DownloadLinks:
    """Makes links and recognises its own; `home` is where this server is by its own account."""

    def __init__(self, sealer: Sealer, home: str) -> None:
        self.home = home
        self._sealer = sealer

    def path_of(self, export: ExportView) -> str:
        """The path of an export's link."""
        return f"{DOWNLOADS}/{export.export_id}-{self._stamp(export)}.zip"

    def export_in(self, token: str) -> int | None:
        """The export that a token names; None where its shape is not a token's."""
        found = _TOKEN.match(token)
        return int(found[1]) if found else None

    def is_of(self, token: str, export: ExportView) -> bool:
        """Whether a token is that of an export, in constant time."""
        stamp = token.rpartition("-")[2]
        return hmac.compare_digest(stamp.encode(), self._stamp(export).encode())

    def _stamp(self, export: ExportView) -> str:
        return self._sealer.stamp(
            f"export {export.export_id} of {export.uid} at {export.requested_at}"
        )
