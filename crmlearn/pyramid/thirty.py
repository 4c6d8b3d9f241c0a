"""The thirty elements of value, each in its tier, in our own words."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Element:
    """One element of value.

    name : as columns of a survey are called; title : as people say it; tier : one of TIERS
    means : one line, our own; in_notes : whether the common student notes name it
    """

    name: str
    title: str
    tier: str
    means: str
    in_notes: bool = True


TIERS = ("functional", "emotional", "life changing", "social impact")  # from the ground up

_TOLD = {
    "functional": """
        saves_time | Saves time | I am done sooner with a task.
        simplifies | Simplifies | There is less to understand or to decide.
        makes_money | Makes money | I earn something with it. | no
        reduces_risk | Reduces risk | A loss becomes less likely, or smaller.
        organizes | Organizes | Things and dates find their place. | no
        integrates | Integrates | Several things that I use become one.
        connects | Connects | It brings me together with others.
        reduces_effort | Reduces effort | It takes less strength or fewer steps.
        avoids_hassles | Avoids hassles | Trouble and quarrels do not arise.
        reduces_cost | Reduces cost | I spend less, on it or on something else. | no
        quality | Quality | It is well made and does what it should.
        variety | Variety | There is something to choose from.
        sensory_appeal | Sensory appeal | It tastes, smells, sounds, feels or looks good.
        informs | Informs | I learn something that I can rely on. | no
    """,
    "emotional": """
        reduces_anxiety | Reduces anxiety | I worry less.
        rewards_me | Rewards me | Being a customer brings me something back.
        nostalgia | Nostalgia | It reminds me of something good in my past.
        design_aesthetics | Design/aesthetics | Its shape and style please me. | no
        badge_value | Badge value | It shows others who I am or what I have reached.
        wellness | Wellness | It is good for body or mind.
        therapeutic_value | Therapeutic value | It helps me to recover, or gives comfort.
        fun_entertainment | Fun/entertainment | It amuses me. | no
        attractiveness | Attractiveness | It makes me feel more attractive. | no
        provides_access | Provides access | It opens a door to places, people or things. | no
    """,
    "life changing": """
        provides_hope | Provides hope | It lets me expect something good.
        self_actualization | Self-actualization | I become more of what I can be.
        motivation | Motivation | It moves me to reach what I want.
        heirloom | Heirloom | It is something to pass on.
        affiliation_belonging | Affiliation/belonging | I become part of a group that I like.
    """,
    "social impact": """
        self_transcendence | Self-transcendence | It helps others, or everybody.
    """,
}


def _elements():
    for tier, told in _TOLD.items():
        for line in told.strip().splitlines():
            name, title, means, *rest = (part.strip() for part in line.split("|"))
            yield Element(name, title, tier, means, not rest)


ELEMENTS = tuple(_elements())
TIER_OF = {e.name: e.tier for e in ELEMENTS}


def elements():
    """The thirty elements as a table.

    Returns: one row per element, from the ground up: name, title, tier, means, in_notes
    Source: names and tiers after Almquist, Senior & Bloch (2016), Harvard Business Review; definitions ours

    >>> elements().groupby("tier", sort=False).agg(elements=("name", "size"), in_notes=("in_notes", "sum"))
                   elements  in_notes
    tier
    functional           14        10
    emotional            10         6
    life changing         5         5
    social impact         1         1
    """
    return pd.DataFrame([vars(e) for e in ELEMENTS])
