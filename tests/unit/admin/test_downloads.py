"""Links to exports: who has one may download, and nothing else opens a file."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import pytest

from clearhouse.config import Config
from clearhouse.runtime.sealing import Sealer
from unit.api.harness import NOW, House, in_house

OPEN = Config(
    host="0.0.0.0", data=None, admin_token="t0ken", demo_key="k" * 64, demo_secret="s" * 64
)
DOWNLOADS = "/_clearhouse/downloads"
NO_LINK = (404, {"code": "not_found", "message": "this is no link that this server gave out"})


def with_link(
    scene: Callable[[House, str], Coroutine[Any, Any, None]], config: Config | None = None
) -> None:
    """Play a scene with the path of the link to a finished export."""

    async def play(house: House) -> None:
        if config:
            house = house.as_key(config.demo_key, config.demo_secret)
        async with house.exporting():
            await scene(house, await _link(house))

    in_house(play, config)


async def _link(house: House) -> str:
    window = {"startTime": NOW, "endTime": NOW}
    asked = await house.signed("GET", "/fapi/v1/order/asyn", window)
    number = {"downloadId": asked.json["downloadId"]}
    for _ in range(500):
        answer = await house.signed("GET", "/fapi/v1/order/asyn/id", number)
        if answer.json["url"]:
            return urlsplit(str(answer.json["url"])).path
        await asyncio.sleep(0.01)
    raise AssertionError("no link within five seconds")


async def get(house: House, path: str) -> tuple[int, Any]:
    answer = await house.send("GET", path)
    return answer.status, answer.json["error"]


def test_a_link_needs_no_key_no_token_and_no_loopback() -> None:
    async def scene(house: House, path: str) -> None:
        file = await house.send("GET", path, address="203.0.113.9")
        assert file.status == 200
        assert file.body.startswith(b"PK")
        plane = await house.send("GET", "/_clearhouse/v1/info", address="203.0.113.9")
        assert plane.error == (401, "unauthorised")

    with_link(scene, OPEN)


def test_a_download_can_be_looked_at_and_continued() -> None:
    async def scene(house: House, path: str) -> None:
        whole = await house.send("GET", path)
        head = await house.send("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.body))
        part = await house.send("GET", path, headers={"range": "bytes=10-"})
        assert (part.status, part.body) == (206, whole.body[10:])
        assert (await house.send("POST", path)).status == 405

    with_link(scene)


def test_a_forged_stamp_opens_nothing() -> None:
    async def scene(house: House, path: str) -> None:
        number, _, stamp = path.removeprefix(f"{DOWNLOADS}/").removesuffix(".zip").partition("-")
        other = int(number) + 1
        await house.signed("GET", "/fapi/v1/order/asyn", {"startTime": NOW, "endTime": NOW})
        changed = "1" if stamp[0] == "0" else "0"
        for token in (
            f"{number}-{changed}{stamp[1:]}",
            f"{number}-{stamp[:-1]}",
            f"{number}-{stamp}0",
            f"{number}-{stamp.upper()}",
            f"{number}-{'0' * 64}",
            f"{number}-",
            number,
            f"{other}-{stamp}",
            f"{other + 1}-{stamp}",
            f"0{number}-{stamp}",
            f"{'9' * 40}-{stamp}",
            f"-{stamp}",
            f"{number}-{Sealer.ephemeral().stamp(number)}",
        ):
            assert await get(house, f"{DOWNLOADS}/{token}.zip") == NO_LINK, token

    with_link(scene)


@pytest.mark.parametrize(
    "name",
    ["..", "../clearhouse.db", "..%2f..%2fetc%2fpasswd", "/etc/passwd", ".", "", "x\0y", "*"],
)
def test_no_path_leads_out_of_the_directory(name: str) -> None:
    async def scene(house: House, path: str) -> None:
        for inside in (f"{name}.zip", f"{name}/{path.rpartition('/')[2]}", name):
            assert (await house.send("GET", f"{DOWNLOADS}/{inside}")).status == 404

    with_link(scene)


def test_a_file_that_is_not_written_yet_has_no_download() -> None:
    """Nobody is told such a link; one who could make it still gets no half file."""

    async def scene(house: House) -> None:
        await house.signed("GET", "/fapi/v1/order/asyn", {"startTime": NOW, "endTime": NOW})
        (export,) = house.state.exports.values()
        text = f"export {export.export_id} of {export.uid} at {export.requested_at}"
        stamp = house.application.sealer.stamp(text)
        found = await get(house, f"{DOWNLOADS}/{export.export_id}-{stamp}.zip")
        assert found == (
            404,
            {"code": "not_found", "message": "this file is still being written"},
        )

    in_house(scene)


def test_a_file_that_was_removed_by_hand_is_gone() -> None:
    async def scene(house: House, path: str) -> None:
        house.application.export_files.close()
        assert await get(house, path) == (
            410,
            {"code": "removed", "message": "the file was removed; request the export anew"},
        )

    with_link(scene)


def test_equal_settings_do_not_make_equal_links() -> None:
    """Each venue in memory has a sealing key that nobody keeps."""
    paths = []

    async def scene(house: House, path: str) -> None:
        paths.append(path)

    with_link(scene)
    with_link(scene)
    assert paths[0] != paths[1]
