"""Hand-written files against their form: every error at once, each with its line."""

from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from crmlearn.errors import Refusal
from crmlearn.forms import Form, load


class Cat(Form):
    kind: Literal["cat"]
    lives: int


class Dog(Form):
    kind: Literal["dog"]
    name: Annotated[str, Field(min_length=1)]


class House(Form):
    owner: str
    animals: list[Annotated[Cat | Dog, Field(discriminator="kind")]]


@pytest.fixture
def write(tmp_path):
    def written(text, encoding="utf-8"):
        path = tmp_path / "house.yaml"
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return written


def refused(path):
    with pytest.raises(Refusal) as caught:
        load(path, House)
    return str(caught.value)


GOOD = "owner: Tan\nanimals:\n  - {kind: cat, lives: 9}\n  - kind: dog\n    name: Rex\n"


def test_a_good_file_is_read(write):
    house = load(write("\ufeff" + GOOD), House)  # an editor on Windows puts a mark in front
    assert house.owner == "Tan" and house.animals[0].lives == 9 and house.animals[1].name == "Rex"
    assert type(house.animals[0].lives) is int and type(house.owner) is str


def test_every_error_is_told_at_once_with_its_line(write):
    said = refused(
        write("ownr: Tan\nanimals:\n  - {kind: cat, lives: nine}\n  - kind: dgo\n    name: Rex\n  - kind: dog\n")
    )
    assert "house.yaml, line 1: there is no key 'ownr'" in said and "Try: owner" in said
    assert "house.yaml, line 1: 'owner' is missing" in said
    assert "line 3 (animals 1 lives): 'lives' needs a whole number" in said
    assert "line 4 (animals 2): kind 'dgo' is not known" in said and "Try: kind: dog" in said
    assert "line 6 (animals 3): 'name' is missing" in said


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: [1\nb: 2", "no readable YAML"),
        ("owner: Tan\nowner: Lim\n", "no readable YAML"),  # a key twice
        ("- 1\n- 2\n", "needs keys and values"),
        ("", "needs keys and values"),
        (b"owner: \xff\xfe", "not written in UTF-8"),
        ("owner: !!python/object/apply:os.system [ls]\nanimals: []", "'owner' needs text"),
        ("owner: no\nanimals: 3\n", "'animals' needs a list"),  # in YAML 1.2 no is a word
        ("x" * 1_000_001, "too large"),
        ("a: &a [1]\nb: [" + "*a, " * 101 + "]", "more than 100 aliases"),
        ("a: " + "[" * 3000, "lists in lists"),
        (
            "a: &a [1]\n"
            + "".join(f"b{i}: &b{i} [{', '.join(['*' + ('a' if not i else f'b{i - 1}')] * 9)}]\n" for i in range(9)),
            "unfolds into too much",
        ),
        ("a: &a [*a]", "there is no key"),
        ("owner: Tan\n\tanimals: []", "Try: indent with spaces"),
        ("owner: Tan\nowner: Lim\n", "Try: name it once"),
    ],
)
def test_what_is_no_such_file_is_refused(write, text, wrong):
    assert wrong in refused(write(text))


def test_a_missing_file_is_refused_with_its_neighbour(write, tmp_path):
    write(GOOD)
    assert "Try: house.yaml" in refused(tmp_path / "hous.yaml")


@pytest.mark.parametrize("name", ["~nosuchuser/x.yaml", "a\0b.yaml", "x" * 300 + ".yaml"])
def test_odd_names_are_refused(name):
    refused(name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=200))
def test_no_text_breaks_it(write, text):
    try:
        load(write(text.encode("utf-8", "surrogatepass")), House)
    except Refusal as refusal:
        assert refusal.lines()
