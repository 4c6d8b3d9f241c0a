"""Checks never fail on a student's object, take every usual form of an answer, and say which mistake it was."""

import copy
import re
import types
from collections import deque
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import checks, clv, home, reviews
from crmlearn.checks import Choice, Ids, Labelled, Matching, Mistake, Number, Table, Task, Verdict, blank
from crmlearn.checks.blanks import STUB, TEXT_STUB
from crmlearn.errors import Refusal

ANSWER = 22.0342
PEOPLE = ("0001", "0042", "1516")
DOLLARS = {"0001": 1.5, "0042": -2.25, "1516": 300.0}


def task(expects, answer, *mistakes):
    return Task("How much?", "what is wanted", expects, lambda: answer, mistakes, ("one", "two"), "Good to know.")


revenue = Mistake("revenue", lambda: 73.4474, "This is *revenue*.")
NUMBER = task(Number("dollars"), ANSWER, revenue)
LABELLED = task(Labelled("customer_id", PEOPLE, "value"), DOLLARS)
IDS = task(Ids("customer_id", 2, lambda: [*PEOPLE, "0508"]), ["0042", "1516"])


class TestVerdicts:
    def test_four_states_and_only_right_is_true(self):
        said = [NUMBER.judge(value) for value in (..., 21.0, 22.03, "x")]
        assert [v.state for v in said] == ["not attempted", "wrong", "right", "cannot check"]
        assert [bool(v) for v in said] == [False, False, True, False]

    def test_a_recognised_mistake_gets_its_own_message(self):
        assert NUMBER.judge(73.45).advice == "This is *revenue*."

    def test_any_other_wrong_answer_gets_a_direction_and_the_expectation_in_words(self):
        assert NUMBER.judge(30).advice == "Your number is too large. Wanted: what is wanted."
        assert NUMBER.judge(3).advice == "Your number is too small. Wanted: what is wanted."

    @pytest.mark.parametrize("value", [30, 3, 73.45, "x", ..., None, 22])
    def test_no_verdict_tells_the_number(self, value):
        assert "22.03" not in repr(NUMBER.judge(value))

    @pytest.mark.parametrize("untouched", [..., None, [...], (..., ...), {"A": ..., "B": ...}])
    def test_an_untouched_placeholder_is_not_attempted(self, untouched):
        for each in (NUMBER, LABELLED, IDS):
            assert each.judge(untouched).state == "not attempted"

    def test_rounding_too_much_is_told(self):
        assert "rounded too much" in NUMBER.judge(22).advice and "rounded too much" in NUMBER.judge(22.0).advice

    def test_the_panel_is_announced_says_its_state_in_words_and_runs_nothing(self):
        for value in (..., 1, 22.03, '<script>alert("1")</script>'):
            html = NUMBER.judge(value)._repr_html_()
            parsed = Parsed(html)
            assert parsed.tags[0] == ("div", "status") and not {"script", "img", "a"} & set(dict(parsed.tags))
            assert parsed.text.startswith(NUMBER.judge(value).state.capitalize() + ".")

    def test_what_the_student_typed_stays_text(self):
        assert "&lt;b&gt;**x**" in NUMBER.judge("<b>**x**</b>")._repr_html_()

    def test_the_text_is_the_page_in_plain_words(self):
        assert repr(NUMBER.judge(22.03)) == "Right. You gave 22.03. Good to know."

    def test_edges_stand_out_from_white_and_from_jupyterlabs_dark(self):
        from crmlearn.checks import verdicts

        for colour in verdicts._EDGE.values():
            assert min(contrast(colour, "#ffffff"), contrast(colour, "#111111")) >= 3

    def test_a_broken_data_set_is_not_the_students_mistake(self):
        broken = Task("q", "w", Number("dollars"), lambda: 1 / 0, (), ("h",))
        assert broken.judge(1).state == "cannot check" and "not your mistake" in broken.judge(1).message


class TestEquivalentForms:
    @pytest.mark.parametrize(
        "form",
        [
            22.0342,
            22.03,
            np.float64(22.0342),
            np.float32(22.0342),
            Decimal("22.03"),
            Fraction(2203, 100),
            np.array(22.0342),
            np.array([[22.0342]]),
            [22.0342],
            (22.0342,),
            [[22.0342]],
            deque([22.0342]),
            pd.Series([22.0342], index=["mean"]),
            pd.DataFrame({"mean": [22.0342]}),
            pd.Index([22.0342]),
            pd.array([22.0342]),
            pl.Series([22.0342]),
            pl.DataFrame({"mean": [22.0342]}),
            {1: 22.0342}.values(),
            clv.CLV("historic", 22.0342, 4, {}),
        ],
        ids=lambda form: type(form).__name__,
    )
    def test_every_form_of_one_number(self, form):
        assert NUMBER.judge(form)

    @given(st.floats(-1e9, 1e9), st.integers(0, 6))
    def test_whoever_rounds_as_asked_is_right(self, answer, decimals):
        assert Number("x", decimals).same(round(answer, decimals), answer)

    @given(st.integers(-(10**6), 10**6))
    def test_whole_numbers_of_every_type(self, n):
        whole = task(Number("customers", 0), n)
        for form in (n, float(n), np.int64(n), np.int32(n), Decimal(n), Fraction(n), pd.Series([n])):
            assert whole.judge(form)

    def test_percent_only_where_the_task_says_so(self):
        share = task(Number("%", 4, percent=True), 0.4596)
        assert share.judge(0.4596) and share.judge(45.96) and not task(Number("x", 4), 0.4596).judge(45.96)

    def test_relative_tolerance(self):
        near = task(Number("dollars", relative=0.01), 18_000)
        assert near.judge(18_150) and not near.judge(18_200)

    @given(st.permutations(PEOPLE))
    def test_labelled_numbers_in_any_order(self, order):
        values = [DOLLARS[name] for name in order]
        table = pd.DataFrame({"customer_id": order, "value": values})
        forms = (
            dict(zip(order, values, strict=True)),
            list(zip(order, values, strict=True)),
            pd.Series(values, index=order),
            pd.Series(values, index=pd.CategoricalIndex(order)),
            table,
            table.set_index("customer_id"),
            table.assign(name="x"),
            table.assign(orders=[1, 2, 3]),
            table.rename(columns={"value": "anything"}),
            pl.DataFrame(table.to_dict("list")),
            clv.CLV("individual", 1.0, 3, {}, table),
        )
        for form in forms:
            assert LABELLED.judge(form), form

    def test_labels_are_recognised_across_types(self):
        years = task(Labelled("year", ("0", "1", "2")), {"0": 1.0, "1": 2.0, "2": 3.0})
        for index in ([0, 1, 2], [0.0, 1.0, 2.0], ["0", "1", "2"], np.arange(3)):
            assert years.judge(pd.Series([1, 2, 3], index=index))
        days = task(Labelled("day", ("2021-03-01",)), {"2021-03-01": 1.0})
        assert days.judge(pd.Series([1.0], index=pd.to_datetime(["2021-03-01"])))

    def test_tables_of_several_columns(self):
        table = pd.DataFrame({"year": [0, 1], "survival": [1.0, 0.631], "value": [60, 33.8]})
        both = task(Table("year", ("0", "1"), ("survival", "value")), table)
        shuffled = table.iloc[::-1].set_index("year")[["value", "survival"]].assign(more="x")
        assert both.judge(shuffled) and both.judge(pl.DataFrame(table.to_dict("list")))
        assert "for 1 in the column value" in both.judge(table.assign(value=[60, 1])).advice
        assert "lacks survival" in both.judge(table[["year", "value"]]).understood

    @pytest.mark.parametrize(
        "form",
        [
            ["1516", "0042"],
            ("1516", "0042"),
            {"1516", "0042"},
            frozenset({"1516", "0042"}),
            np.array(["1516", "0042"]),
            pd.Series(["1516", "0042"]),
            pd.Series([3.0, 2.0], index=["1516", "0042"]),
            pd.Index(["1516", "0042"]),
            pl.Series(["1516", "0042"]),
            pd.DataFrame({"customer_id": ["1516", "0042"], "value": [1, 2], "x": [1, 2]}),
            pd.DataFrame({"value": [1, 2]}, index=["1516", "0042"]),
            pd.DataFrame({"who": ["1516", "0042"]}),
            pl.DataFrame({"customer_id": ["1516", "0042"], "value": [1, 2]}),
            pl.DataFrame({"who": ["1516", "0042"]}),
            {"1516": 1.0, "0042": 2.0},
            [1516, "0042"],
        ],
        ids=lambda form: type(form).__name__,
    )
    def test_every_form_of_a_list_of_ids(self, form):
        assert IDS.judge(form)

    @pytest.mark.parametrize(
        "form", [" Lifespan", "LIFESPAN", np.str_("lifespan"), ["lifespan"], pd.Series(["lifespan"])]
    )
    def test_every_form_of_a_choice(self, form):
        assert task(Choice(("historic", "lifespan")), "lifespan").judge(form)

    def test_every_form_of_a_matching(self):
        pairs = {"A": "historic", "B": "lifespan"}
        both = task(Matching("letter", ("A", "B"), ("historic", "lifespan")), pairs)
        table = pd.DataFrame({"letter": ["B", "A"], "kind": ["Lifespan", "historic "]})
        for form in (pairs, pd.Series(pairs), table, list(pairs.items()), pl.DataFrame(table.to_dict("list"))):
            assert both.judge(form)


def made(name, base=object, meta=type, **methods):
    """A class whose named methods are given."""
    return meta(name, (base,), methods)


def fails(self, *_, **__):
    raise RuntimeError("no")


def angry(base=object):
    """A class that fails whatever is asked of it."""
    names = ("repr", "str", "eq", "bool", "len", "iter", "float", "int", "index", "array", "getitem", "hash", "format")
    methods = {f"__{name}__": fails for name in names} | {"strip": fails, "items": fails, "values": fails}
    if base is object:
        methods["__class__"] = property(fails)
    return made("Angry", base, **methods)


def leaving():
    """A number that ends Python when it is read."""
    return made("Leaving", Decimal, __float__=leave, __repr__=leave)("22.03")


def leave(self, *_):
    raise SystemExit


def angry_class():
    """A class that does not even tell its name."""
    return made("Angry", meta=made("Meta", type, __getattribute__=fails))


def counting():
    """An endless iterator that counts how often it was asked."""

    def forward(self):
        self.asked += 1
        return 1

    return made("Counting", asked=0, __iter__=lambda self: self, __next__=forward)()


def recursive():
    loop = []
    loop.append(loop)
    return loop


def picture():
    from matplotlib.figure import Figure

    return Figure()


def holding(thing):
    cell = np.empty(1, dtype=object)
    cell[0] = thing
    return cell


# Made when a test asks for them: the test runner, too, would trip over some of them.
ODD = {
    "text": lambda: ["22.03", "", "twenty", "1,234.5", "22 %", "\x00", b"22", np.str_("a")],
    "truth": lambda: [True, np.True_, np.array(True), pd.Series([True])],
    "no number": lambda: [1j, float("nan"), float("inf"), pd.NA, pd.NaT, np.datetime64("NaT"), np.ma.masked],
    "decimals": lambda: [Decimal("sNaN"), Decimal("Infinity"), Decimal("1e999999")],
    "huge": lambda: [10**400, 10**5000, Fraction(10**400), Decimal(10) ** 400, np.zeros(2_000_000), range(10**12)],
    "empty": lambda: [[], (), {}, set(), pd.Series(dtype=float), pd.DataFrame(), pl.Series([]), pl.DataFrame()],
    "several": lambda: [[1, 2], [None], ["a", ...], range(3), pd.Series([1.0, 2.0]), np.zeros((0, 3)), {1, 2}],
    "tables": lambda: [pd.DataFrame({"a": [1, 2], "b": [1, 2]}), pd.DataFrame([[1, 2]], columns=["a", "a"])],
    "labels": lambda: [
        pd.Series([1], index=[(1, 2)]),
        pd.MultiIndex.from_tuples([(1, 2)]),
        {(): 1},
        {1.5: 2},
        {...: 1},
    ],
    "not computed": lambda: [pd.DataFrame({"a": [1]}).groupby("a"), pl.LazyFrame({"a": [1]}), clv.models.SBG(1, 1)],
    "times": lambda: [pd.Timestamp("2021-03-01"), pd.Timedelta(1, "D"), pd.Period("2021-03")],
    "functions": lambda: [print, len, lambda: 1, [].append, "".join, np.mean],
    "classes": lambda: [int, type, angry(), angry_class(), types, np],
    "iterators": lambda: [
        iter([1]),
        map(str, [1]),
        zip([1], strict=True),
        (x for x in "ab"),
        counting(),
        np.nditer([1]),
    ],
    "angry": lambda: [angry()(), angry_class()(), [angry()()], {"A": angry()()}, holding(angry()())],
    "angry columns": lambda: [pd.Series(holding(angry()()), dtype=object), pl.Series([object()], dtype=pl.Object)],
    "angry cousins": lambda: [angry(float)(22.03), angry(str)("x"), angry(dict)(A=1), angry(list)([1]), angry(int)(22)],
    "angry tables": lambda: [
        made("S", pd.Series, __len__=fails, tolist=fails)([1.0]),
        made("C", clv.CLV)("a", 1j, 1, {}),
    ],
    "leaving": lambda: [leaving(), [leaving()], made("Series", pd.Series, __len__=leave)([1.0])],
    "liars": lambda: [made("Liar", __class__=float)(), made("Liar", __class__=pd.Series)()],
    "nests": lambda: [recursive(), {"A": {"B": {}}}, [[[[1]]]], [[[[[[[[[[1]]]]]]]]]], holding(holding(1))],
    "others": lambda: [
        object(),
        picture(),
        NotImplemented,
        memoryview(b"a"),
        slice(1),
        clv.CLV("historic", "x", 1, {}),
    ],
}
TASKS = [
    NUMBER,
    LABELLED,
    IDS,
    task(Table("year", ("0", "1"), ("value",)), pd.DataFrame({"year": [0, 1], "value": [1, 2]})),
    task(Choice(("historic", "lifespan")), "lifespan"),
    task(Matching("letter", ("A", "B"), ("historic", "lifespan")), {"A": "historic", "B": "lifespan"}),
]


class TestOddObjects:
    @pytest.mark.parametrize("each", TASKS, ids=lambda t: type(t.expects).__name__)
    @pytest.mark.parametrize("things", ODD)
    def test_nothing_is_raised_and_every_verdict_can_be_shown(self, each, things):
        for thing in ODD[things]():
            verdict = each.judge(thing)
            assert type(verdict) is Verdict and repr(verdict) and Parsed(verdict._repr_html_()).text

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: "22.03", "take the quotes away"),
            (lambda: "22 dollars", "without letters"),
            (lambda: print, "brackets after its name: print()"),
            (lambda: (x for x in "ab"), "list(...)"),
            (lambda: pl.LazyFrame({"a": [1]}), ".collect()"),
            (lambda: pd.DataFrame({"a": [1]}).groupby("a"), ".sum()"),
            (picture, "a picture"),
            (lambda: float("nan"), "missing value"),
            (lambda: 10**400, "without limit"),
            (lambda: [1, 2, 3], "3 values"),
            (lambda: np.True_, "True"),
            (lambda: int, "the class int"),
            (lambda: np, "a module"),
            (lambda: clv.models.SBG(1, 1), "a model (SBG)"),
            (recursive, "lists inside lists"),
            (lambda: angry()(), "an Angry"),
            (lambda: angry_class()(), "an Angry"),
            (lambda: made("Liar", __class__=float)(), "a Liar"),
            (dict, "an empty dict"),
            (list, "nothing"),
        ],
    )
    def test_what_it_was_is_named_and_how_to_mend_it(self, make, said):
        verdict = NUMBER.judge(make())
        assert verdict.state == "cannot check" and said in verdict.understood

    def test_numbers_of_a_class_of_ones_own_are_numbers(self):
        for own in (angry(float)(22.0342), angry(list)([22.0342]), made("Mine", float)(22.03)):
            assert NUMBER.judge(own)

    def test_an_iterator_is_not_used_up(self):
        numbers, endless = iter([22.03]), counting()
        for each in TASKS:
            assert each.judge(numbers).state == each.judge(endless).state == "cannot check"
        assert list(numbers) == [22.03] and endless.asked == 0

    def test_a_students_table_is_not_changed(self):
        table = pd.DataFrame({"customer_id": [1, 2], "value": [1.0, 2.0]})
        before = table.copy()
        for each in TASKS:
            each.judge(table)
        pd.testing.assert_frame_equal(table, before)

    def test_a_stop_by_the_student_stops(self):
        class Stopped(pd.Series):
            def __len__(self):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            NUMBER.judge(Stopped([1.0]))

    @settings(max_examples=200)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers() | st.binary(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
            max_leaves=8,
        )
    )
    def test_any_nest_of_python_values(self, value):
        for each in TASKS:
            assert isinstance(each.judge(value), Verdict)

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"1": 1, "42": 2, "1516": 3}, 'with their zeros, such as "0001"'),
            ({"0001": 1}, "no value for 0042, 1516"),
            (DOLLARS | {"7777": 1}, "values for 4 labels"),
            ({"0001": 1, "0042": 2, "7777": 3}, "7777, which is not a customer_id"),
            ([("0001", 1), ("0001", 2), ("0042", 1)], "twice"),
            (pd.Series([1, 2, 3]), "numbered 0, 1, 2"),
            ([1, 2, 3], "without their labels"),
            (pl.Series([1, 2, 3]), "without their labels"),
            (pl.DataFrame({"value": [1, 2, 3]}), "no column customer_id"),
            (pd.DataFrame({"customer_id": PEOPLE, "a": 1, "b": 2}), "these columns: a, b"),
            ({"0001": 1, "0042": "2", "1516": 3}, "take the quotes away"),
            ({"0001": 1, "0042": None, "1516": 3}, "None"),
        ],
    )
    def test_labelled_numbers_that_cannot_be_read(self, value, said):
        verdict = LABELLED.judge(value)
        assert verdict.state == "cannot check" and said in verdict.understood

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ([42, 1516], 'with their zeros, such as "0042"'),
            (pd.Index([508, 1516]), "row numbers of a table are not ids"),
            (["0042"], "1 id"),
            (["0042", "0042"], "twice"),
            (["0042", "ann"], "ann, which is not a customer_id"),
            ("0042", 'the text "0042"'),
        ],
    )
    def test_ids_that_cannot_be_read(self, value, said):
        verdict = IDS.judge(value)
        assert verdict.state == "cannot check" and said in verdict.understood

    def test_a_matching_half_done_says_what_is_open(self):
        verdict = TASKS[-1].judge({"A": "historic", "B": ...})
        assert verdict.state == "cannot check" and "still open: B" in verdict.understood

    def test_an_unknown_word_is_met_with_the_choices(self):
        assert "historic, lifespan" in TASKS[-2].judge("lifetime").understood


class TestExercises:
    def test_a_page_by_any_of_its_names(self):
        for name in ("08_clv_types", "08", 8):
            assert checks.exercise(name, task=1).page == "08_clv_types"

    def test_right_and_wrong_are_remembered_and_nothing_else(self, monkeypatch, tmp_path):
        monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path))
        first = checks.exercise("08", task=1)
        for value in (..., None, "x", 1.0):
            first.check(value)
        first.hint()
        first.check(first.task.right_answer)
        one, two = reviews.read("08_clv_types/", kind="exercise")
        assert (one.verdict, two.verdict) == ("wrong", "right") and (one.hints, two.hints) == (0, 1)
        assert one.item_id == "08_clv_types/task-1" and one.item_sha == first.task.fingerprint
        assert one.answer == "You gave 1.00." and one.seconds >= 0 and one.mode == "exercise"

    def test_a_check_goes_on_where_nothing_can_be_remembered(self, monkeypatch, tmp_path):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "file"))
        verdict = checks.exercise("08", task=1).check(1.0)
        assert verdict.state == "wrong" and "Not remembered" in verdict.note and verdict.note in verdict._repr_html_()

    def test_the_fingerprint_follows_the_question_not_the_help(self):
        same = Task("How much?", "what is wanted", Number("dollars"), lambda: 1, (revenue,), ("other",))
        other = Task("How much?", "what else is wanted", Number("dollars"), lambda: 1, (), ())
        assert same.fingerprint == NUMBER.fingerprint != other.fingerprint
        assert "0x" not in repr([t.expects for t in TASKS])

    def test_a_task_says_what_is_wanted_and_how_to_go_on(self):
        first = checks.exercise("08", task=1)
        for line in ("Task 1 of 8", first.task.title, "task_1.check(answer_1)", "task_1.hint()", "task_1.solution()"):
            assert line in repr(first) and line in Parsed(first._repr_html_()).text


class TestHints:
    def test_they_come_one_by_one_and_then_point_to_the_solution(self):
        first = checks.exercise("08", task=1)
        n = len(first.task.hints)
        titles = [first.hint().title for _ in range(n)]
        assert titles == [f"Hint {i} of {n}" for i in range(1, n + 1)]
        assert "task_1.solution()" in first.hint().text and first.hint().title == "No more hints"

    def test_the_last_one_says_that_it_is_the_last(self):
        first = checks.exercise("08", task=1)
        assert ["last hint" in first.hint().text for _ in first.task.hints] == [False, False, True]

    def test_a_solution_shows_code_and_reasons(self):
        shown = checks.exercise("08", task=7).solution()
        assert "answer_7 =" in shown.code and "SOLUTION" not in shown.code and "Trap 6" in shown.text
        assert "<pre" in shown._repr_html_() and "&quot;date&quot;" in shown._repr_html_()
        assert shown.code in repr(shown)

    def test_an_install_without_solutions_says_so(self, monkeypatch):
        full = home.folder

        def folder(name):
            if name == "exercises/solutions":
                raise Refusal("missing", "nothing", "install")
            return full(name)

        first = checks.exercise("08", task=1)
        monkeypatch.setattr(home, "folder", folder)
        assert "without solutions" in first.solution().text


def notebook(*cells):
    """(kind, source, what nbgrader marks it as, tags)"""
    made = []
    for i, (kind, source, marks, *tags) in enumerate(cells):
        metadata = {"nbgrader": dict.fromkeys(marks, True)} if marks else {}
        cell = {
            "cell_type": kind,
            "id": f"c{i}",
            "source": source,
            "metadata": metadata | ({"tags": tags} if tags else {}),
        }
        made.append(cell | ({"outputs": [{"output_type": "stream"}], "execution_count": 7} if kind == "code" else {}))
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


SOLVED = notebook(
    ("markdown", "# Title", ()),
    (
        "code",
        "x = ...\nif 1:\n    ### BEGIN SOLUTION\n    x = 1\n    y = 2\n    ### END SOLUTION\nprint(x)",
        ("solution",),
    ),
    ("markdown", "Because.", (), "solution"),
    ("code", "### BEGIN HIDDEN TESTS\nassert x == 1\n### END HIDDEN TESTS\ncheck(x)", ("grade", "locked")),
    ("markdown", "My essay.", ("solution", "grade")),
)


class TestBlanks:
    def test_solutions_hidden_tests_reasons_and_outputs_go(self):
        made = blank(SOLVED)["cells"]
        assert [c["id"] for c in made] == ["c0", "c1", "c3", "c4"]
        assert made[1]["source"] == f"x = ...\nif 1:\n    {STUB}\nprint(x)"
        assert made[2]["source"] == "check(x)" and made[3]["source"] == TEXT_STUB
        assert all(c["outputs"] == [] and c["execution_count"] is None for c in made if c["cell_type"] == "code")

    def test_metadata_is_kept_and_the_source_is_not_touched(self):
        before = copy.deepcopy(SOLVED)
        made = blank(SOLVED)
        assert before == SOLVED and made["cells"][1]["metadata"] == SOLVED["cells"][1]["metadata"]

    @given(st.lists(st.sampled_from(SOLVED["cells"]), unique_by=lambda c: c["id"]))
    def test_a_blank_of_a_blank_is_the_blank(self, cells):
        once = blank(SOLVED | {"cells": cells})
        assert blank(once) == once

    @pytest.mark.parametrize(
        ("source", "marks", "wrong", "saw"),
        [
            ("x\n### BEGIN SOLUTION\ny", ("solution",), "never closed", "line 2"),
            ("x\n### END SOLUTION", ("solution",), "without '### BEGIN SOLUTION'", "line 2"),
            ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n", ("solution",), "without '### END SOLUTION'", "line 2"),
            ("### BEGIN HIDDEN TESTS\n", ("grade",), "never closed", "line 1"),
            ("### BEGIN SOLUTION\n### END SOLUTION", (), "no solution cell", "line 1"),
            ("### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS", ("solution",), "no grade cell", "line 1"),
            ("answer = 1", ("solution",), "give the answer away", "line 1"),
        ],
    )
    def test_marks_that_would_give_an_answer_away_are_refused(self, source, marks, wrong, saw):
        with pytest.raises(Refusal) as refusal:
            blank(notebook(("markdown", "# T", ()), ("code", source, marks)))
        assert wrong in refusal.value.wrong and refusal.value.saw == f"cell 2, {saw}"


class TestRefusals:
    def test_a_page_without_an_exercise(self):
        with pytest.raises(Refusal, match="15_board_report has no exercise yet") as refusal:
            checks.exercise("15", task=1)
        assert "08_clv_types" in refusal.value.saw

    def test_a_page_that_does_not_exist(self):
        with pytest.raises(Refusal, match="no page '99'"):
            checks.exercise("99", task=1)

    @pytest.mark.parametrize("wrong", [0, 9, -1, "1", 1.0, True, None])
    def test_a_task_that_does_not_exist(self, wrong):
        with pytest.raises(Refusal, match="has no task") as refusal:
            checks.exercise("08", task=wrong)
        assert refusal.value.saw == "tasks are 1 to 8" and refusal.value.try_ == "exercise('08', task=1)"


class Parsed(HTMLParser):
    """The tags of a piece of HTML with their roles, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)
        self.text = re.sub(r"\s+", " ", self.text).strip()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs).get("role")))

    def handle_data(self, data):
        self.text += data


def contrast(one, two):
    """WCAG's contrast of two colours such as #0072b2."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = sorted((light(one), light(two)))
    return (b + 0.05) / (a + 0.05)
