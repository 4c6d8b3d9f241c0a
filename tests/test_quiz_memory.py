"""What follows from answers: the schedule of FSRS, the day's questions, and what a log of answers is worth."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import home, quiz, reviews
from crmlearn.errors import Refusal
from crmlearn.quiz import memory
from crmlearn.quiz.asking import Round
from crmlearn.quiz.decks import deck
from crmlearn.quiz.plans import Plan, exam_day
from crmlearn.quiz.schedule import order

KINDS = deck(home.folder("tests") / "decks" / "kinds.yaml")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VERDICTS = st.sampled_from(["right", "wrong", "shown", "easy", "undone"])
ANSWERS = st.lists(
    st.tuples(st.lists(st.tuples(VERDICTS, st.integers(0, 2)), min_size=1, max_size=4), st.integers(0, 90)), max_size=12
)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "own"))


def written(showings, item="kinds/a-flip", mode="ask"):
    """Reviews of showings: [([(verdict, hints), ...], days since the one before), ...]"""
    found, when = [], START
    for n, (answers, days) in enumerate(showings):
        when += timedelta(days=days, minutes=5)
        for k, (verdict, hints) in enumerate(answers):
            at = (when + timedelta(seconds=10 * k)).isoformat(timespec="milliseconds")
            more = {"showing": f"s{n}", "review_id": f"{item}-{n}-{k}", "scheduler_params": memory.settings()}
            found.append(reviews.Review("item", item, "sha", mode, verdict, "", hints, 1.0, answered_at_utc=at, **more))
    return found


class TestSchedule:
    @given(ANSWERS)
    @settings(max_examples=60)
    def test_it_is_that_of_fsrs(self, showings):
        fold = memory.fold(None, written(showings))
        scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False, desired_retention=0.9)
        card, when, shown = Card(card_id=0), START, 0
        for answers, days in showings:
            when += timedelta(days=days, minutes=5)
            rated = memory.rating(answers)
            if rated:
                at = when + timedelta(seconds=10 * (len(answers) - 1))
                card, shown = scheduler.review_card(card, Rating(rated), at)[0], shown + 1
        standing = memory.standing(fold)
        assert standing.shown == shown
        if shown:
            assert standing.stability == pytest.approx(card.stability, rel=1e-9) and standing.due == card.due
        else:
            assert standing.due is None

    @given(ANSWERS, st.integers(0, 40))
    @settings(max_examples=60)
    def test_answer_by_answer_is_the_same_as_all_at_once(self, showings, cut):
        found = written(showings)
        assert memory.fold(memory.fold(None, found[:cut]), found[cut:]) == memory.fold(None, found)

    @pytest.mark.parametrize(
        ("answers", "rated"),
        [
            ([("right", 0)], 3), ([("right", 1)], 2), ([("wrong", 0), ("right", 0)], 2), ([("wrong", 0)], 1),
            ([("wrong", 0), ("shown", 0)], 1), ([("shown", 0)], 1), ([("right", 0), ("easy", 0)], 4),
            ([("wrong", 0), ("undone", 0)], None), ([("undone", 0)], None), ([("right", 0), ("undone", 0)], None),
            ([], None),
        ],
    )  # fmt: skip
    def test_ratings_come_from_answers(self, answers, rated):
        assert memory.rating(answers) == rated

    def test_practice_moves_nothing(self):
        found = written([([("right", 0)], 0)], mode="practice")
        assert memory.standing(memory.fold(None, found)).due is None

    def test_learned_is_right_at_once_on_three_days(self):
        def learned(*showings):
            return memory.standing(memory.fold(None, written(showings))).learned

        good, hinted = [("right", 0)], [("right", 1)]
        assert learned((good, 0), (good, 3), (good, 9)) and not learned((good, 0), (good, 0), (good, 0))
        assert not learned((good, 0), (good, 3), (hinted, 9)) and not learned((good, 0), (good, 3))


class TestKept:
    def test_what_is_kept_is_what_the_log_says(self):
        for review in written([([("wrong", 0), ("right", 0)], 0), ([("right", 0)], 2), ([("right", 1)], 9)]):
            kept = reviews.add(review, memory.fold)
        assert reviews.standings(memory.fold) == {"kinds/a-flip": kept}
        assert kept == memory.fold(None, reviews.read("kinds/a-flip"))
        file = sqlite3.connect(reviews.path())
        file.execute("DELETE FROM standings")
        file.commit()
        file.close()
        assert reviews.standings(memory.fold) == {"kinds/a-flip": kept}

    def test_answers_of_another_machine_are_taken_in_where_they_belong(self):
        found = written([([("right", 0)], 0), ([("wrong", 0)], 3), ([("right", 0)], 2), ([("right", 0)], 5)])
        for review in (found[0], found[3]):
            reviews.add(review, memory.fold)
        assert reviews.add_all(found, memory.fold) == 2 and reviews.add_all(found, memory.fold) == 0
        assert reviews.standings(memory.fold)["kinds/a-flip"] == memory.fold(None, found)

    def test_a_file_of_the_first_form_goes_on(self):
        reviews.path().parent.mkdir(parents=True)
        file = sqlite3.connect(reviews.path())
        file.executescript(reviews._TABLE + "PRAGMA user_version=1;")
        row = ("r1", "item", "kinds/a-flip", "sha", "2026-01-05T10:00:00.000+00:00", "ask", "wrong", "", 0, 2.0, None)
        file.execute(f"INSERT INTO reviews VALUES ({', '.join('?' * 11)})", row)
        file.commit()
        file.close()
        assert memory.standing(reviews.standings(memory.fold)["kinds/a-flip"]).last_right is False
        (new,) = written([([("right", 0)], 0)])
        reviews.add(new, memory.fold)
        assert [r.review_id for r in reviews.read()] == ["r1", new.review_id]
        assert memory.standing(reviews.standings(memory.fold)["kinds/a-flip"]).shown == 2

    def test_forget_leaves_nothing(self):
        reviews.add(written([([("right", 0)], 0)])[0], memory.fold)
        assert reviews.forget() == 1 and reviews.read() == [] and reviews.standings(memory.fold) == {}
        assert not list(reviews.path().parent.glob("reviews*"))


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def answered(round_, right=True):
    """Go through a round: everybody knows everything, or nothing."""
    names = []
    while round_.item is not None:
        names.append(round_.item.id)
        if right:
            round_.plan.remember(round_.asked[round_.place], "right", "", 0, 1.0, None)
        else:
            round_.show()
        round_.next()
    return names


class TestPlans:
    def test_new_ones_are_rationed_and_come_back_when_they_are_due(self, clock):
        plan = Plan([KINDS], "study", new=5, now=clock)
        first = answered(Round(plan, seed=1))
        assert len(first) in (5, 6)  # the two questions of a scenario stay together
        assert answered(Round(plan, seed=2)) == []  # for today
        clock.now += timedelta(days=1)
        assert not set(answered(Round(plan, seed=3))) & set(first)
        clock.now += timedelta(days=2)
        assert set(first) <= set(answered(Round(plan, seed=4)))

    def test_what_was_not_known_is_due_tomorrow(self, clock):
        plan = Plan([KINDS], "study", new=3, now=clock)
        missed = answered(Round(plan, seed=1), right=False)
        clock.now += timedelta(days=1)
        assert set(missed) <= set(answered(Round(plan, seed=2)))

    def test_the_day_ends_at_midnight_of_this_machine(self, clock):
        assert memory.end_of_day(START) - START <= timedelta(days=1)
        assert memory.end_of_day(START).astimezone().hour == 0

    def test_practice_asks_all_and_schedules_nothing(self, clock):
        plan = Plan([KINDS], "practice", now=clock)
        assert len(answered(Round(plan, seed=1))) == 12
        assert len(answered(Round(Plan([KINDS], "study", new=99, now=clock), seed=1))) == 12
        assert {r.mode for r in reviews.read()} == {"practice", "study"}

    def test_topics_narrow_it(self, clock):
        plan = Plan([KINDS], "practice", topics=("V3",), now=clock)
        assert {a.question.id for a in plan.questions(1)[0]} == {"a-truefalse", "a-number"}

    def test_before_an_exam_nothing_waits_until_after_it(self, clock):
        exam = date(2026, 3, 12)
        plan = Plan([KINDS], "cram", exam=exam, now=clock)
        for days in range(9):
            clock.now = START + timedelta(days=days)
            answered(Round(plan, seed=days))
        known = plan.standings()
        assert len(known) == 12 and all(s.due.date() <= exam for s in known.values())

    @pytest.mark.parametrize("exam", ["soon", "2026-02-30", "2020-01-01", 5, None, "2026-03-02"])
    def test_an_exam_is_a_day_to_come(self, exam):
        with pytest.raises(Refusal, match="exam"):
            exam_day(exam, START.date())
        assert exam_day("2026-03-03", START.date()) == exam_day(datetime(2026, 3, 3), START.date())

    def test_questions_of_a_preview_are_not_scheduled(self, clock):
        ahead = KINDS.model_copy(update={"id": "15_board_report"})
        assert ahead.preview and not KINDS.preview
        answered(Round(Plan([ahead], now=clock), seed=1))
        assert {r.mode for r in reviews.read()} == {"preview"}
        assert all(s.due is None for s in Plan([ahead]).standings().values())

    def test_the_last_words_tell_what_is_learned_and_when_to_come_back(self, clock):
        plan = Plan([KINDS], "study", new=99, now=clock)
        answered(Round(plan, seed=1))
        assert plan.after() == [
            "0 of 12 questions learned: right at once on 3 days.", "12 questions will be due next, on 04 March 2026.",
        ]  # fmt: skip

    def test_a_scenario_stays_together_and_in_order(self):
        for seed in range(20):
            names = [q.id for q in order(KINDS.items, {}, seed)]
            assert names.index("gym-next") == names.index("gym-kept") + 1

    def test_neighbours_share_no_topic_where_that_can_be_helped(self):
        asked = order(deck("08").items, {}, 1)
        assert sum(bool(set(a.topics) & set(b.topics)) for a, b in pairwise(asked)) <= 3

    def test_a_seed_repeats_the_order(self):
        items = deck("08").items
        assert order(items, {}, 5) == order(items, {}, 5) != order(items, {}, 6)

    def test_wrong_first_then_new_then_known(self, clock):
        plan = Plan([KINDS], now=clock)
        known, missed = (plan.questions(1)[0][n] for n in (0, 1))
        plan.remember(known, "right", "", 0, 1.0, None)
        plan.remember(missed, "wrong", "", 0, 1.0, None)
        for seed in range(5):
            asked = [a.question.id for a in plan.questions(seed)[0] if not a.question.case]
            if not known.question.case and not missed.question.case:
                assert asked[0] == missed.question.id and asked[-1] == known.question.id


class TestMoves:
    @pytest.fixture
    def round_(self, clock):
        return Round(Plan([KINDS], now=clock), seed=1)

    def test_an_answer_is_taken_back_and_counts_for_nothing(self, round_):
        name = f"kinds/{round_.item.id}"
        round_.show()
        assert round_.card()["undo"] and round_.undo()["place"] == 1
        assert memory.standing(reviews.standings(memory.fold)[name]).due is None
        assert [r.verdict for r in reviews.read()] == ["shown", "undone"]
        assert not round_.open and round_.first_try == {}

    def test_once_more_draws_other_numbers(self, round_):
        def stem():
            return next(a.question.stem for a in round_.asked if a.question.id == "a-number")

        first = stem()
        round_.again()
        assert stem() != first

    def test_back_shows_what_was_answered(self, round_):
        first = round_.card()["stem"]
        round_.show()
        round_.next()
        card = round_.back(place=2)
        assert card["stem"] == first and round_.open and "The answer" in round_.last["html"]
        assert round_.answer(0)["verdict"] == "cannot check"
        assert round_.back()["place"] == 1  # nothing before the first
        assert len(reviews.read()) == 1

    def test_only_what_was_right_at_once_can_be_too_easy(self, round_):
        assert round_.easy()["verdict"] == "cannot check"
        while round_.item.id != "a-truefalse":
            round_.next()
        round_.answer(0)
        assert round_.easy()["verdict"] == "cannot check"
        said = round_.answer(1)
        assert said["open"] and not said["easy"]
        round_.undo()
        assert round_.answer(1)["easy"] and "Noted" in round_.easy()["html"]
        assert [r.verdict for r in reviews.read()] == ["wrong", "right", "undone", "right", "easy"]


def test_the_ways_to_ask(monkeypatch):
    assert quiz.study(seed=1).card["of"] <= 12 and quiz.practice(topics="V3", seed=1).card["kind"] == "card"
    assert quiz.cram("08", exam="2999-01-01", seed=1).card["of"] == 19
    with pytest.raises(Refusal, match="no question is of this topic"):
        quiz.practice(topics="X9")
    with pytest.raises(Refusal, match="new needs a whole number from 0"):
        quiz.study(new=-1)
    assert quiz.study(new=0).card["kind"] == "end"
