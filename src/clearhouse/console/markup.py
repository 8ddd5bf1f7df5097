"""HTML as values: an element escapes the text in it, so a page cannot be broken by its data."""

from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def el(tag: str, *children: str, **attributes: str) -> Html:
    """An element. `class_="x"` gives `class="x"`, `data_name="x"` gives `data-name="x"`."""
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
    )
    return Html(f"<{tag}{named}>{join(*children)}</{tag}>")


def join(*children: str) -> Html:
    """Several pieces in a row; what is not HTML is escaped."""
    return Html(
        "".join(
            child if isinstance(child, Html) else escape(child, quote=False) for child in children
        )
    )


def code_words(text: str) -> Html:
    """A sentence whose `words` in backticks are code."""
    pieces = text.split("`")
    return join(*(el("code", part) if place % 2 else part for place, part in enumerate(pieces)))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]], **attributes: str) -> Html:
    """A table with one row of headings, in a box that scrolls sideways on a small screen."""
    top = el("tr", *(el("th", name, scope="col") for name in head))
    body = (el("tr", *(el("td", cell) for cell in row)) for row in rows)
    grid = el("table", el("thead", top), el("tbody", *body), **attributes)
    return el("div", grid, class_="scroll")
