"""What every official source passes, on the saved pages under tests/data/sources: a new source needs nothing here."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from evals.extraction.evaluate import reads_as_expected
from evals.extraction.golden import FILES, FOLDER, Golden, get_bytes, list_golden, parse
from ingest.parsed import ListedItem, ParsedAdvisory
from ingest.sources import registry
from ingest.sources.addresses import host_of
from ingest.sources.identity import MEA_HOSTS, make_key
from ingest.sources.reading import parse_listing, parse_notice
from ingest.sources.registry import ANY_FEED, ANY_PAGE, find_source, list_sources, source_for
from ingest.sources.source import Source
from ingest.sources.trouble import EmptyListing, ErrorPage, SourceTrouble, UnknownShape
from knowledge.documents.apart import has_picture_reader
from knowledge.documents.document import Unreadable
from knowledge.official_hosts import read_official_hosts
from knowledge.yaml_files import read_yaml

EVERY = (*list_sources(), ANY_FEED, ANY_PAGE)
WATCHED = list_sources()
GOLDEN = list_golden()
PAGES = tuple(golden for golden in GOLDEN if not golden.from_file)
LOOSE = tuple(golden for golden in GOLDEN if golden.from_file)

EMPTY_PAGES = {
    "nothing": b"",
    "an empty page": b"<html><body></body></html>",
    "a page of menus": b'<ul id="menu">' + b'<li><a href="/a.htm">Home</a></li>' * 9 + b"</ul>",
    "an empty table": b'<table class="table-striped"><tr><th>Title</th></tr></table>',
    "an app that needs JavaScript": b'<html><title>E-migrate</title><body><div id="app"></div></body></html>',
}
ERROR_PAGES = {
    "an error page by its heading": b"<html><title>Error</title><body><h1>Page not found</h1></body></html>",
    "a refusal": b"<html><head><title>Access Denied</title></head><body>Access Denied</body></html>",
    "a stub for old browsers": b"<html><body><h1>Please enable JavaScript to continue</h1></body></html>",
}
FOREIGN = {
    "a zip": b"PK\x03\x04" + bytes(range(256)) * 20,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "random bytes": bytes((i * 7919 + (i >> 3)) % 256 for i in range(4000)),
    "a log-in form": b"<html><title>Sign in</title><form>User <input name=u> Password <input name=p></form></html>",
}


@dataclass(frozen=True)
class Listing:
    """A saved listing and the entries it holds."""

    name: str
    source: Source
    address: str
    data: bytes
    items: tuple[ListedItem, ...]


def list_listings() -> tuple[Listing, ...]:
    return tuple(_read_listing(path) for path in sorted(FOLDER.glob("*/*/listing.yaml")))


def _read_listing(path: Path) -> Listing:
    values = read_yaml(path)
    source = find_source(path.parent.parent.name)
    assert source is not None, f"{path}: there is no such source"
    items = tuple(
        ListedItem(
            item["key"], item["address"], item["title"], dt.date.fromisoformat(item["date"]) if item["date"] else None
        )
        for item in values["items"]
    )
    data = (path.parent / values["input"]).read_bytes()
    return Listing(f"{source.id}/{path.parent.name}", source, values["address"], data, items)


LISTINGS = list_listings()
FIRST_PAGE = {golden.source_id: golden for golden in reversed(PAGES)}


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_a_saved_listing_gives_its_entries(listing: Listing) -> None:
    assert parse_listing(listing.source, listing.data, listing.address) == listing.items


@pytest.mark.parametrize("golden", PAGES, ids=lambda golden: golden.name)
def test_a_saved_notice_is_read_as_expected(golden: Golden) -> None:
    parsed = parse(golden)

    assert reads_as_expected(golden, parsed) == []
    assert (parsed.title, parsed.date, parsed.date_precision, parsed.language) == (
        golden.title,
        golden.date,
        golden.date_precision,
        golden.language,
    )
    assert (parsed.key, parsed.siblings) == (golden.key, golden.siblings)


@pytest.mark.parametrize("golden", LOOSE, ids=lambda golden: golden.name)
def test_a_loose_file_is_read_as_expected(golden: Golden) -> None:
    if golden.from_picture and not has_picture_reader():
        pytest.skip("tesseract is not installed, so pictures cannot be read")

    parsed = parse(golden)

    assert reads_as_expected(golden, parsed) == []
    assert (parsed.date, parsed.language) == (golden.date, golden.language)
    assert golden.title in (None, parsed.title)


@pytest.mark.parametrize("source", WATCHED, ids=lambda source: source.id)
def test_every_source_has_a_saved_listing_and_a_saved_notice(source: Source) -> None:
    assert [listing for listing in LISTINGS if listing.source is source]
    assert source.id in FIRST_PAGE


@pytest.mark.parametrize("page", EMPTY_PAGES.values(), ids=EMPTY_PAGES.keys())
@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.id)
def test_a_listing_without_entries_is_a_fault_and_not_nothing_new(source: Source, page: bytes) -> None:
    address = next(iter(source.listings), "https://www.mea.gov.in/x")

    with pytest.raises(EmptyListing):
        parse_listing(source, page, address)


@pytest.mark.parametrize("page", ERROR_PAGES.values(), ids=ERROR_PAGES.keys())
@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.id)
def test_an_error_page_with_status_200_is_told(source: Source, page: bytes) -> None:
    with pytest.raises(ErrorPage):
        parse_notice(source, page, _some_address(source))


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.id)
def test_a_page_that_led_to_the_error_address_is_told_whatever_it_says(source: Source) -> None:
    page = (
        b"<h2 class=PageHead>Welcome</h2><div id=ContentText><p>"
        + b"Many kind words of the ministry. " * 40
        + b"</p></div>"
    )

    with pytest.raises(ErrorPage, match=r"error\.htm"):
        parse_notice(source, page, "https://www.mea.gov.in/error.htm?aspxerrorpath=/x")


@pytest.mark.parametrize("page", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.id)
def test_what_is_no_page_of_the_source_is_refused_and_not_read_as_gibberish(source: Source, page: bytes) -> None:
    with pytest.raises((UnknownShape, ErrorPage)):
        parse_notice(source, page, _some_address(source))


@pytest.mark.parametrize("source", WATCHED, ids=lambda source: source.id)
def test_the_key_of_a_notice_is_the_same_with_and_without_www_and_tls_and_tracking(source: Source) -> None:
    golden = FIRST_PAGE[source.id]
    assert golden.address is not None
    data, _ = get_bytes(golden)
    plain = golden.address.replace("https://", "http://").replace("//www.", "//")

    keys = {parse_notice(source, data, address).key for address in (golden.address, plain, f"{plain}#top")}

    assert keys == {golden.key}


@pytest.mark.parametrize("source", [one for one in WATCHED if one.hosts == MEA_HOSTS], ids=lambda source: source.id)
def test_the_five_hosts_of_the_ministry_hold_one_notice(source: Source) -> None:
    golden = FIRST_PAGE[source.id]
    assert golden.address is not None
    data, _ = get_bytes(golden)
    rest = golden.address.split(".gov.in/", 1)[1]
    addresses = [f"{scheme}://{host}/{rest}" for scheme in ("http", "https") for host in MEA_HOSTS]
    addresses += [address.replace("_", "+") for address in addresses]

    read = [parse_notice(source, data, address) for address in addresses]

    assert {one.key for one in read} == {golden.key}
    assert len({one.address for one in read}) == 1


@pytest.mark.parametrize("golden", PAGES, ids=lambda golden: golden.name)
def test_a_notice_survives_json_on_its_way_out_of_the_child(golden: Golden) -> None:
    parsed = parse(golden)

    assert ParsedAdvisory.from_json(json.loads(json.dumps(parsed.as_json()))) == parsed


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_only_links_to_the_source_itself_are_followed(listing: Listing) -> None:
    if not listing.source.hosts:
        assert not any(listing.source.may_follow(item.address) for item in listing.items)
        return

    followed = [item.address for item in listing.items if listing.source.may_follow(item.address)]

    assert followed
    assert not [address for address in followed if ".example" in address]


@pytest.mark.parametrize("source", EVERY, ids=lambda source: source.id)
def test_a_source_can_be_found_and_nothing_of_it_is_published_without_a_person(source: Source) -> None:
    assert find_source(source.id) is source
    assert not source.may_index_without_person
    assert source.poll_every < source.fresh_within
    assert all(source_for(listing) is not ANY_PAGE or source.paths for listing in source.listings)
    assert all(source.may_follow(listing) for listing in source.listings)


@pytest.mark.parametrize("source", WATCHED, ids=lambda source: source.id)
def test_the_hosts_of_a_source_are_on_the_list_of_official_hosts(source: Source) -> None:
    official = read_official_hosts()

    assert [host for host in source.hosts if host not in official and official.find_former(host) is None] == []
    assert [listing for listing in source.listings if host_of(listing)[0] not in official] == []


def test_every_file_of_a_source_is_in_the_registry() -> None:
    folder = Path(registry.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\nSOURCE = Source(" in path.read_text(encoding="utf-8")}

    assert files == {source.id.replace("-", "_") for source in EVERY}


def test_every_golden_folder_belongs_to_a_source_or_to_loose_files() -> None:
    assert {golden.source_id for golden in GOLDEN} <= {FILES, *(source.id for source in EVERY)}


@pytest.mark.parametrize("golden", PAGES, ids=lambda golden: golden.name)
def test_a_page_that_arrives_in_part_is_read_or_refused_but_never_breaks_the_parser(golden: Golden) -> None:
    source, (data, _) = find_source(golden.source_id), get_bytes(golden)
    assert source is not None

    for tenths in range(1, 10):
        with contextlib.suppress(SourceTrouble, Unreadable):
            parsed = parse_notice(source, data[: len(data) * tenths // 10], golden.address or "")
            assert parsed.title


def test_no_parser_completes_a_date_from_today() -> None:
    """A page without any date, read by every parser, has none."""
    undated = [golden for golden in PAGES if golden.date is None]
    assert undated

    assert {parse(golden).date for golden in undated} == {None}


def _some_address(source: Source) -> str:
    golden = FIRST_PAGE.get(source.id)
    return (golden.address if golden else None) or "https://news.example.gov.in/notice/12"


def test_a_listing_is_no_notice_and_has_no_key() -> None:
    assert make_key("https://www.mea.gov.in/press-releases.htm?51/Press_Releases") is None
