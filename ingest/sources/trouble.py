"""Knows what a page may be instead of the listing or notice it should be. An empty result is never "nothing new"."""

from __future__ import annotations


class SourceTrouble(Exception):
    """A source's page could not be read as what it should be. `address` is where it stood."""

    def __init__(self, address: str, message: str) -> None:
        super().__init__(message)
        self.address = address


class EmptyListing(SourceTrouble):
    """A listing without a single entry: the page has changed its shape, or the site holds something back."""

    def __init__(self, address: str) -> None:
        super().__init__(
            address,
            f"No entry was found in the listing {address}. Its layout may have changed; open it in a browser, and add "
            "what is new by hand until the source is mended.",
        )


class ErrorPage(SourceTrouble):
    """The site answered with its error page, perhaps with status 200. `final_address` is where it led to."""

    def __init__(self, final_address: str) -> None:
        where = f" ({final_address})" if final_address else ""
        super().__init__(
            final_address,
            f"This is an error page of the site{where}, not a notice. The link may be wrong or moved; check it in a "
            "browser.",
        )
        self.final_address = final_address


class UnknownShape(SourceTrouble):
    """A page in which this source's parser finds no notice: another kind of page, or a changed layout."""

    def __init__(self, address: str) -> None:
        super().__init__(
            address,
            f"No notice was found on {address}: the page is not built as this source's pages are. Check the link; a "
            "notice can always be added as a file or as pasted text with its official address.",
        )
