"""Muscat: one page with a table of number, question and answer; the old site was indemb-oman.org."""

from __future__ import annotations

from ingest.sources.source import EVERY_DAY, TWO_WEEKS, Source

SOURCE = Source(
    id="embassy-muscat",
    title="Embassy of India, Muscat",
    issuer="Embassy of India, Muscat",
    language="en",
    listings=("https://asp.indemb-oman.gov.in/eoicw3/afaqs_list.asp",),
    hosts=(
        "asp.indemb-oman.gov.in",
        "indemb-oman.gov.in",
        "www.indemb-oman.gov.in",
        "indemb-oman.org",
        "www.indemb-oman.org",
    ),
    parse_listing="ingest.sources.shapes.question_table:parse_listing",
    parse_notice="ingest.sources.shapes.question_table:parse_notice",
    poll_every=EVERY_DAY,
    fresh_within=TWO_WEEKS,
)
