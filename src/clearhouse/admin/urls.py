"""What a URL of the control plane names: accounts and numbers."""

from starlette import convertors as path_types  # codespell:ignore convertors
from starlette.requests import Request
from typing_extensions import override

from clearhouse.admin.errors import malformed
from clearhouse.model.ids import Uid

MAX_DIGITS = 18


class UidInPath(path_types.Convertor[Uid]):  # codespell:ignore convertor
    """A uid in a path; a number that is longer than any uid makes another path."""

    regex = "[0-9]{1,18}"

    @override
    def convert(self, value: str) -> Uid:
        return Uid(int(value))

    @override
    def to_string(self, value: Uid) -> str:
        return str(value)


class NumberInPath(path_types.Convertor[int]):  # codespell:ignore convertor
    """A number in a path, such as an order's; a longer one makes another path."""

    regex = "[0-9]{1,18}"

    @override
    def convert(self, value: str) -> int:
        return int(value)

    @override
    def to_string(self, value: int) -> str:
        return str(value)


path_types.register_url_convertor("uid", UidInPath())
path_types.register_url_convertor("number", NumberInPath())


def uid_in(request: Request) -> Uid:
    """The account in the path."""
    return Uid(request.path_params["uid"])


def integer_in(request: Request, name: str, default: int) -> int:
    """A whole number of the query string."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise malformed(f"{name}: a whole number from zero is meant")
    return int(text)
