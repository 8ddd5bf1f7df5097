"""The source that does nothing: prices stand still until somebody sets them."""

from clearhouse.feeds.port import Movements, Outlook, SourceState, SourceView


class Fixed:
    """A market that stands still."""

    name = "fixed"

    async def run(self, movements: Movements, outlook: Outlook) -> None:
        """Leave everything as it is."""

    def view(self) -> SourceView:
        """It stands."""
        return SourceView(name=self.name, state=SourceState.STANDING)
