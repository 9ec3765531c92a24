"""What a message finds in the library."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from retrieval_builders import NOON, WordEmbedder, make_centring, make_library, make_record, make_rule
from threadpoolctl import ThreadpoolController

from bot.commands.batch import BadLine, Question, parse_batch
from bot.commands.search import result_line
from knowledge.retriever import RetrieverKeeper, Weights, build_retriever

CAMBODIA = make_record(
    "cambodia-typing",
    "Typing jobs in walled compounds were a trap.",
    "Take work there through registered agents only.",
    countries=["KH"],
    standing=True,
)
LAOS = make_record("laos-chat", "Chat support jobs ended in a scam compound.", countries=["LA"])
GENERAL = make_record("agents-general", "Deal with registered agents only.")
FEES = make_rule("rule-T1", "An agent may charge no more than the capped service fee.", title="The fee cap")


@pytest.fixture
def embedder():
    return WordEmbedder()


def retriever_for(*records, embedder=None):
    library = make_library(*records, embedder=embedder)
    return build_retriever(library, embedder, make_centring() if embedder else None)


def names(hits):
    return [hit.advisory for hit in hits]


@pytest.fixture(params=["with a model", "without a model"])
def retriever(request, embedder):
    return retriever_for(CAMBODIA, LAOS, GENERAL, FEES, embedder=embedder if request.param == "with a model" else None)


def test_a_country_brings_its_warning_first(retriever):
    assert names(retriever.search("chat support job in Laos"))[0] == "laos-chat"


def test_a_procedure_question_finds_the_rule(retriever):
    hit = retriever.search("how much service fee may an agent charge")[0]

    assert (hit.advisory, hit.passage) == ("rule-T1", "rule-T1")


def test_a_record_appears_once_with_its_best_passage(retriever):
    hits = retriever.search("typing jobs in compounds, Cambodia")

    assert len(names(hits)) == len(set(names(hits)))
    assert hits[0].passage == "cambodia-typing#0"


def test_countries_the_caller_knows_count_instead_of_those_in_the_text(retriever):
    assert names(retriever.search("is this job a scam", countries=["LA"]))[0] == "laos-chat"


def test_a_standing_warning_is_added_even_beyond_the_limit(retriever):
    hits = retriever.search("chat support job, Laos or Cambodia", limit=1)

    assert [(hit.advisory, hit.standing) for hit in hits] == [("laos-chat", False), ("cambodia-typing", True)]


def test_a_standing_warning_of_another_country_is_not_added(retriever):
    assert not any(hit.standing for hit in retriever.search("chat support job in Laos"))


def test_home_is_no_destination(retriever):
    assert names(retriever.search("chat support job in Laos, I live in India"))[0] == "laos-chat"


@pytest.mark.parametrize("text", ["", "   ", "🙂", "\n\n"])
def test_a_message_without_words_finds_nothing(retriever, text):
    assert retriever.search(text) == []


def test_an_empty_library_finds_nothing(embedder):
    assert retriever_for(embedder=embedder).search("job in Laos") == []


def test_a_message_about_other_things_finds_nothing(embedder):
    weights = Weights(near_enough={embedder.fingerprint: 0.6})
    library = make_library(CAMBODIA, FEES, embedder=embedder)

    retriever = build_retriever(library, embedder, make_centring(), weights=weights)

    assert retriever.search("when do swallows fly south") == []
    assert names(retriever.search("typing jobs in walled compounds were a trap"))[0] == "cambodia-typing"


def test_vectors_of_another_model_are_never_compared(embedder):
    library = make_library(CAMBODIA, LAOS, embedder=WordEmbedder("an older model"))

    retriever = build_retriever(library, embedder, make_centring())

    assert names(retriever.search("chat support job in Laos"))[0] == "laos-chat"
    assert all(hit.parts.meaning == 0 for hit in retriever.search("chat support job in Laos"))


def test_a_long_offer_is_found_by_the_sentence_that_tells(embedder):
    chat = "Good morning to everybody in this family group, may the day be kind to you. " * 10
    retriever = retriever_for(CAMBODIA, LAOS, FEES, embedder=embedder)

    hits = retriever.search(chat + "Typing jobs in walled compounds, salary 900 dollars. " + chat)

    assert names(hits)[0] == "cambodia-typing"


def test_it_is_a_langchain_retriever(retriever):
    document = retriever.invoke("chat support job in Laos")[0]

    assert document.page_content == "Chat support jobs ended in a scam compound."
    assert document.metadata["advisory"] == "laos-chat"


class Shelves:
    """A library that changes, as the keeper sees it."""

    def __init__(self, *records, embedder):
        self.embedder = embedder
        self.holds(*records)

    def holds(self, *records):
        self.library = make_library(*records, embedder=self.embedder)

    def current(self):
        return self.library


@pytest.fixture
def shelves(embedder):
    return Shelves(CAMBODIA, LAOS, embedder=embedder)


@pytest.fixture
def keeper(shelves, embedder, tmp_path):
    keeper = RetrieverKeeper(shelves.current, embedder, tmp_path)
    yield keeper
    keeper.close()


def test_the_retriever_is_kept_while_the_library_stays(keeper):
    assert keeper.current() is keeper.current()


def test_what_is_published_is_found_at_once_and_what_is_withdrawn_is_gone_at_once(keeper, shelves):
    keeper.refresh_index(NOON)
    shelves.holds(CAMBODIA, FEES)

    found = names(keeper.current().search("service fee of an agent in Laos"))

    assert "rule-T1" in found
    assert "laos-chat" not in found


def test_the_index_is_built_once_and_then_serves(keeper):
    before = [(hit.passage, hit.score) for hit in keeper.current().search("typing jobs in Cambodia")]

    assert keeper.refresh_index(NOON)
    assert not keeper.current().index.exact
    assert not keeper.refresh_index(NOON + dt.timedelta(hours=1))
    assert [(hit.passage, hit.score) for hit in keeper.current().search("typing jobs in Cambodia")] == before


def test_searches_go_on_while_the_index_is_renewed(keeper, shelves):
    keeper.refresh_index(NOON)
    held = keeper.current()
    shelves.holds(CAMBODIA, LAOS, FEES)
    found = []

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(lambda: held.search("chat support job in Laos")) for _ in range(40)]
        keeper.refresh_index(NOON + dt.timedelta(hours=1))
        running += [threads.submit(lambda: held.search("chat support job in Laos")) for _ in range(40)]
        found = [names(task.result())[0] for task in running]

    assert set(found) == {"laos-chat"}


def test_the_index_follows_the_library(keeper, shelves):
    keeper.refresh_index(NOON)
    shelves.holds(CAMBODIA, LAOS, FEES)

    assert keeper.refresh_index(NOON + dt.timedelta(hours=1))
    assert keeper.current().index.late == 0


def test_a_disk_that_refuses_leaves_exact_search(shelves, embedder, tmp_path):
    (tmp_path / "index").write_text("a file where the folder should be")
    keeper = RetrieverKeeper(shelves.current, embedder, tmp_path)

    assert not keeper.refresh_index(NOON)
    assert names(keeper.current().search("chat support job in Laos"))[0] == "laos-chat"


def test_centring_is_computed_once_and_kept(shelves, tmp_path):
    first, second = WordEmbedder(), WordEmbedder()

    RetrieverKeeper(shelves.current, first, tmp_path).close()
    RetrieverKeeper(shelves.current, second, tmp_path).close()

    assert first.embedded > 0
    assert second.embedded == 0


def test_damaged_centring_is_computed_anew(shelves, tmp_path):
    RetrieverKeeper(shelves.current, WordEmbedder(), tmp_path).close()
    (kept,) = (tmp_path / "models").glob("centring-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    embedder = WordEmbedder()

    RetrieverKeeper(shelves.current, embedder, tmp_path).close()

    assert embedder.embedded > 0


def test_results_as_json_have_exactly_the_promised_fields(retriever):
    line = json.loads(result_line("q1", retriever.search("chat support job in Laos", limit=1)))

    assert set(line) == {"id", "results"}
    assert [set(result) for result in line["results"]] == [{"advisory", "passage", "score"}]
    assert line["results"][0]["passage"] == "Chat support jobs ended in a scam compound."


def test_bad_lines_of_a_batch_are_named_and_the_others_kept():
    content = (
        '{"id": "a", "text": "job"}\n\nnot json\n{"text": "job"}\n{"id": 2, "text": " "}\n[1]\n{"id": 3, "text": "x"}'
    )

    lines = list(parse_batch(content))

    assert [line for line in lines if isinstance(line, Question)] == [Question("a", "job"), Question(3, "x")]
    assert [line.number for line in lines if isinstance(line, BadLine)] == [3, 4, 5, 6]


def test_products_are_computed_in_the_thread_that_asks_for_them(tmp_path):
    RetrieverKeeper(make_library, None, tmp_path)

    libraries = ThreadpoolController().select(internal_api="openblas").lib_controllers
    assert {library.num_threads for library in libraries} <= {1}
