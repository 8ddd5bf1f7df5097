"""Downloads of exports. The link is the right: whoever has it needs no key and no token."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from clearhouse import __version__
from clearhouse.admin.control_plane import error_response
from clearhouse.admin.errors import NOT_FOUND, AdminError
from clearhouse.messages.queries import FindExport
from clearhouse.runtime.exports.files import ExportFiles
from clearhouse.runtime.exports.links import DOWNLOADS, DownloadLinks
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.venue import Venue

GONE = 410
HEADERS = {
    "x-clearhouse": __version__,
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
}


class Downloads:
    """Answers for the links that the status calls of exports gave out."""

    def __init__(self, venue: Venue, links: DownloadLinks, files: ExportFiles) -> None:
        self._venue = venue
        self._links = links
        self._files = files

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route(DOWNLOADS + "/{token}.zip", self.download)]

    async def download(self, request: Request) -> Response:
        """The file of an export, from the disk in chunks."""
        try:
            path = await self._file(request.path_params["token"])
            facts = path.stat()
        except AdminError as refusal:
            return error_response(refusal)
        except FileNotFoundError:
            return error_response(
                AdminError(GONE, "removed", "the file was removed; request the export anew")
            )
        except VenueStoppedError as stopped:
            return error_response(AdminError(503, "stopped", str(stopped)))
        return FileResponse(path, headers=HEADERS, filename=path.name, stat_result=facts)

    async def _file(self, token: str) -> Path:
        """The file that a token is for; refuses what is none, and what has expired."""
        export_id = self._links.export_in(token)
        export = None if export_id is None else await self._venue.read(FindExport(export_id))
        if export is None or not self._links.is_of(token, export):
            raise AdminError(NOT_FOUND, "not_found", "this is no link that this server gave out")
        if export.expires_at is None:
            raise AdminError(NOT_FOUND, "not_found", "this file is still being written")
        if export.has_expired(self._venue.now()):
            raise AdminError(GONE, "expired", "this link has expired; request the export anew")
        return self._files.path(export.export_id)
