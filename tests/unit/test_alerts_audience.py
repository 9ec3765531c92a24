import pytest

from bot.alerts.audience import ALL_INDIA, Audience, BadAudience, Wish, audience_of_advisory, read_audience
from bot.alerts.states import Interest

CAMBODIA, SCAMS = Wish(Interest.COUNTRY, "KH"), Wish(Interest.TOPIC, "cyber_scam_compound")


@pytest.mark.parametrize(
    ("audience", "wishes", "concerned"),
    [
        (Audience(("KH",)), [CAMBODIA], True),
        (Audience(("RU",)), [CAMBODIA], False),
        (Audience(("RU",), ("cyber_scam_compound",)), [SCAMS], True),
        (Audience(("RU",)), [ALL_INDIA], True),
        (Audience(("RU",)), [], False),
        (Audience(everyone=True), [CAMBODIA], True),
        (Audience(everyone=True), [], False),
        (Audience(), [CAMBODIA], False),
    ],
)
def test_an_alert_concerns_who_follows_its_country_its_topic_or_everything(audience, wishes, concerned):
    assert audience.concerns(wishes) is concerned


@pytest.mark.parametrize(
    ("interest", "value"),
    [
        (Interest.COUNTRY, ""),
        (Interest.COUNTRY, "kh"),
        (Interest.COUNTRY, "KHM"),
        (Interest.TOPIC, "gossip"),
        (Interest.ALL_INDIA, "IN"),
    ],
)
def test_a_wish_that_is_none_is_refused(interest, value):
    with pytest.raises(ValueError, match="is not a"):
        Wish(interest, value)


def test_the_audience_of_an_advisory_is_its_countries_and_topics():
    assert audience_of_advisory(["KH"], ["fake_job"]) == Audience(("KH",), ("fake_job",))


def test_an_advisory_without_countries_has_no_audience_by_itself():
    with pytest.raises(BadAudience):
        audience_of_advisory([], ["fake_job"])


def test_an_audience_survives_being_stored():
    audience = Audience(("KH", "RU"), ("fake_job",))

    assert read_audience(audience.as_json()) == audience


@pytest.mark.parametrize("damaged", [{}, {"countries": None, "topics": [], "everyone": False}, {"countries": []}])
def test_a_damaged_audience_reaches_nobody(damaged):
    with pytest.raises(BadAudience):
        read_audience(damaged)


@pytest.mark.parametrize("loose", [1, "true", "yes", [True]])
def test_everyone_is_meant_only_where_it_says_exactly_so(loose):
    assert not read_audience({"countries": [], "topics": [], "everyone": loose}).everyone
