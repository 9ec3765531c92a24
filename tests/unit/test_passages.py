"""What becomes a passage."""

from retrieval_builders import make_record, make_rule

from knowledge.passages import LONGEST_PASSAGE, split_advisory, split_rule


def test_each_fact_is_one_passage_with_a_stable_id():
    record = make_record("notice-1", "First fact.", "Second fact.")

    passages = split_advisory(record)

    assert [passage.id for passage in passages] == ["notice-1#0", "notice-1#1"]
    assert [passage.text for passage in passages] == ["First fact.", "Second fact."]
    assert {passage.advisory_id for passage in passages} == {"notice-1"}


def test_the_model_reads_the_title_before_the_fact():
    (passage,) = split_advisory(make_record("notice-1", "A fact.", title="A title"))

    assert passage.embedded == "A title. A fact."
    assert passage.text == "A fact."


def test_the_model_reads_the_issuer_where_there_is_no_title():
    (passage,) = split_advisory(make_record("notice-1", "A fact.", issuer="Embassy of Testing"))

    assert passage.embedded == "Embassy of Testing. A fact."


def test_a_short_rule_is_one_passage_that_carries_its_own_id():
    (passage,) = split_rule(make_rule("rule-T1", "No more than so much.", title="The cap"))

    assert passage.id == passage.advisory_id == "rule-T1"
    assert passage.embedded == "The cap. No more than so much."


def test_a_long_official_text_is_split_at_its_sentences_and_nothing_is_lost():
    sentences = [f"Sentence number {number} tells the reader one more thing." for number in range(60)]

    passages = split_advisory(make_record("notice-1", " ".join(sentences)))

    assert len(passages) > 1
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in passages)
    assert all(any(sentence in passage.text for passage in passages) for sentence in sentences)
    assert len({passage.id for passage in passages}) == len(passages)


def test_an_empty_fact_makes_no_passage():
    assert split_advisory(make_record("notice-1", "  ", "A fact."))[0].text == "A fact."
