"""Every command and every flag stands in docs/reference/cli.md, and nothing else does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperOption

from clearhouse.cli.main import app
from clearhouse.console.clients import client_names

PAGE = Path("docs/reference/cli.md").read_text("utf-8")
SECTION = re.compile(r"^## (clearhouse .+)\n([\s\S]*?)(?=^## |\Z)", re.MULTILINE)
SECTIONS = dict(SECTION.findall(PAGE))


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that call it."""
    yield from _commands("clearhouse", typer.main.get_command(app))


def _commands(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "list_commands"):
        yield words, command
        return
    for name in command.list_commands(None):
        yield from _commands(f"{words} {name}", command.get_command(None, name))


COMMANDS = dict(commands())
OPTIONS = [
    (words, option)
    for words, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, TyperOption)
]
NAMES = [f"{words} {max(option.opts, key=len)}" for words, option in OPTIONS]


def test_the_page_has_the_commands_and_no_others() -> None:
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize(("words", "option"), OPTIONS, ids=NAMES)
def test_a_flag_is_documented(words: str, option: TyperOption) -> None:
    if option.hidden:
        assert f"`{option.envvar}`" in SECTIONS[words]
    else:
        assert f"`{max(option.opts, key=len)}`" in SECTIONS[words]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_documented_flag_exists(words: str) -> None:
    known = {flag for of, option in OPTIONS if of == words for flag in option.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", SECTIONS[words])) <= known


@pytest.mark.parametrize(("words", "option"), OPTIONS, ids=NAMES)
def test_a_flag_stands_in_the_environment_and_says_what_it_does(
    words: str, option: TyperOption
) -> None:
    flag = max(option.opts, key=len)
    assert option.envvar == "CLEARHOUSE_" + flag[2:].replace("-", "_").upper()
    assert option.help or option.hidden


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_what_it_does(words: str) -> None:
    assert COMMANDS[words].help


def test_each_client_of_the_table_has_a_flag() -> None:
    flags = {
        flag for words, option in OPTIONS if words == "clearhouse urls" for flag in option.opts
    }
    assert {f"--{name}" for name in client_names()} <= flags
