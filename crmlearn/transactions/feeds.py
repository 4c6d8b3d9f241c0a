"""A feed: what a person confirmed about the files of one shop. It reads the next one alike or refuses it by name."""

import difflib
import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import narwhals.stable.v2 as nw

from crmlearn import forms
from crmlearn.errors import Refusal, counted, refuse_all
from crmlearn.transactions.feedform import FORMAT, LATEST, FeedForm, rule
from crmlearn.transactions.feedtext import written
from crmlearn.transactions.policy import Policy
from crmlearn.transactions.reading import read
from crmlearn.transactions.sources import kind_of, open_table
from crmlearn.transactions.textfiles import SEPARATORS, as_said, names_in

KINDS = {"csv": "a text file", "parquet": "a Parquet file", "table": "a table in memory"}
_PYTHON = re.compile(r"\w+=['\[{]")


@dataclass(frozen=True)
class Feed:
    """A confirmed feed. `Feed.load("shop.yaml").read("orders.csv")` guesses nothing.

    form : FeedForm; everything it says
    name, sha256 : of its file
    """

    form: FeedForm
    name: str = field(default="the feed", compare=False)
    sha256: str = field(default="", compare=False)

    @classmethod
    def load(cls, path):
        """Read a feed file.

        path : path of a YAML file that `crmlearn inspect --save` wrote, or somebody by hand
        Errors: Refusals for everything that is wrong in it, each with its line
        """
        form = forms.load(path, FeedForm)
        return cls(form, Path(path).name, hashlib.sha256(Path(path).read_bytes()).hexdigest())

    @classmethod
    def of(cls, log, policy=None, currency=None, as_of=LATEST):
        """The feed that a reading shows.

        log : Read
        policy : Policy; how reports clean. currency : unit of the amounts, where the file does not tell it
        as_of : a day, "latest-order" or "last-sunday"
        """
        terms, seen = log.terms, log.seen
        decimal = terms["decimal"]
        apart = isinstance(decimal, dict)
        told = seen.currencies or seen.signs
        return cls(
            FeedForm.model_validate(
                {
                    "feed": FORMAT,
                    "file": {
                        "kind": seen.kind,
                        "encoding": terms["encoding"],
                        "separator": terms["separator"],
                        "names": list(seen.names),
                    },
                    "columns": {name: str(column) for name, column in terms["columns"].items()},
                    "reading": {
                        "decimal": None if apart else decimal,
                        "decimal_of": decimal if apart else {},
                        "once_per_order": terms["once_per_order"],
                        **{key: terms[key] for key in ("date_order", "timezone", "grain")},
                    },
                    "money": {
                        "currency": currency or (told[0] if len(told) == 1 else None),
                        "signs": list(seen.signs),
                    },
                    "statuses": list(seen.statuses),
                    "cleaning": _as_said(policy or Policy()),
                    "as_of": rule(as_of),
                }
            )
        )

    def text(self, source="the orders"):
        """The feed as the text of its file; `source` names the file that it was made of."""
        return written(self.form, source)

    def save(self, path, source="the orders", overwrite=False):
        """Write the feed file and return it as loaded from there; an existing one stays unless `overwrite`."""
        path = Path(path)
        new = path.with_name(f".{path.name}.new") if overwrite else path
        try:
            with new.open("w" if overwrite else "x", encoding="utf-8", newline="\n") as file:
                file.write(self.text(source))
            new.replace(path)
        except FileExistsError:
            raise Refusal(
                f"{path.name} is there already.", "a feed is never replaced unasked", "--overwrite, or another name"
            ) from None
        except OSError as error:
            raise Refusal(
                f"{path.name} cannot be written.", error.strerror or "no reason given", "another folder"
            ) from None
        return Feed.load(path)

    @property
    def terms(self):
        """What to tell `read`."""
        file, reading = self.form.file, self.form.reading
        return {
            "columns": {name: column for name, column in self.form.columns.model_dump().items() if column is not None},
            "grain": reading.grain,
            "once_per_order": reading.once_per_order,
            "date_order": reading.date_order,
            "timezone": reading.timezone,
            "decimal": reading.decimal_of or reading.decimal,
            "encoding": file.encoding,
            "separator": file.separator,
            "guess": False,
        }

    def policy(self):
        """The cleaning policy that the feed states."""
        return Policy(**_tuples(self.form.cleaning.model_dump()))

    def read(self, source):
        """Read the next file of this feed.

        source : path or DataFrame
        Returns: Read, as `read` gives it; a note says what differs without harm, ``seen.unusual`` what deserves a look
        Errors: Refusals that name the feed, the column and what changed: columns, encoding, separator, order of day
            and month, decimal sign, time zone, currency, grain
        """
        file = source if kind_of(source) != "table" else "the table"
        file = Path(file).name
        try:
            notes = self._same_columns(source)
            log = read(source, **self.terms)
        except Refusal as refusal:
            refuse_all([self._changed(file, problem) for problem in getattr(refusal, "problems", [refusal])])
        refuse_all([self._changed(file, problem) for problem in self._other_money(log.seen)])
        new = sorted(set(log.seen.statuses) - set(self.form.statuses) - set(self._cancelled()))
        odd = [f"{counted(len(new), 'status word')} not in {self.name}: {', '.join(new[:5])}"] if new else []
        unit = self.form.money.currency
        if self.form.columns.currency and unit and not log.seen.currencies:
            odd.append(f"no order says its currency; {unit} is taken")
        found = nw.from_native(log.mapping, eager_only=True)
        how = nw.when(nw.col("found") == "as you said").then(nw.lit(f"as {self.name} says")).otherwise("found")
        return replace(
            log,
            mapping=found.with_columns(found=how).to_native(),
            notes=(*notes, *log.notes, *odd),
            seen=log.seen._replace(unusual=(*log.seen.unusual, *odd)),
        )

    def _cancelled(self):
        return [word.strip().lower() for word in self.form.cleaning.cancelled_words]

    def _changed(self, file, problem):
        """A refusal of the reading in the words of the feed."""
        wrong = problem.wrong
        for name, column in self.terms["columns"].items():
            if name != column:
                wrong = wrong.replace(f"'{name}'", f"'{column}' ({name})")
        stays = f"if it stays so: crmlearn inspect {file} --save {self.name} --overwrite"
        before = "ask who sends the file" if _PYTHON.search(problem.try_) else problem.try_
        return Refusal(f"{file} is not as {self.name} says: {wrong}", problem.saw, f"{before}; {stays}")

    def _same_columns(self, source):
        """Refuse a source of another kind or with other columns; return notes."""
        said, kind = self.form.file, kind_of(source)
        if kind != said.kind:
            raise Refusal(f"this is {KINDS[kind]}.", KINDS[kind], f"{KINDS[said.kind]} is expected")
        names = self._names(source)
        gone = [name for name in said.names if name not in names]
        new = [name for name in names if name not in said.names]
        problems, known = [], {column: name for name, column in self.terms["columns"].items()}
        for name in gone:
            near = difflib.get_close_matches(name, new, 1, cutoff=0.5)
            use = f" ({known[name]})" if known.get(name, name) != name else ""
            saw = f"new: {', '.join(new)}" if new else f"columns {', '.join(names)}"
            mend = (
                f"did '{near[0]}' take its place? Then write so in {self.name}"
                if near
                else "export it again with this column"
            )
            problems.append(Refusal(f"the column '{name}'{use} is gone.", saw, mend))
            new = [other for other in new if other not in near]
        problems += [
            Refusal(
                f"the column '{name}' is new.", f"{counted(len(said.names), 'column')} in {self.name}", "leave it out"
            )
            for name in new
        ]
        refuse_all(problems)
        return [] if names == said.names else [f"the columns stand in another order than in {self.name}"]

    def _names(self, source):
        said = self.form.file
        if said.kind != "csv":
            return [str(name) for name in open_table(source)[0].columns]
        path = Path(source)
        as_said(path, said.encoding)
        names = names_in(path, said.encoding, said.separator)
        if set(names or ()) & set(said.names) != set(said.names):
            fits = [s for s in SEPARATORS if set(names_in(path, said.encoding, s) or ()) >= set(said.names)]
            if fits:
                saw = f"{fits[0]!r} instead of {said.separator!r}"
                raise Refusal("its columns are separated by another sign.", saw, "export it as before")
        if names is None:
            open_table(source, said.encoding, said.separator, guess=False)  # it knows what is wrong
        return names

    def _other_money(self, seen):
        said = self.form.money
        signs = [sign for sign in seen.signs if sign not in said.signs]
        if signs:
            saw = f"{', '.join(signs)}; the feed knows {', '.join(said.signs) or 'none'}"
            yield Refusal("amounts carry another sign of currency.", saw, "convert them before")
        if self.form.columns.currency is None or self.form.cleaning.currency is not None:
            return
        if set(seen.currencies) - {said.currency}:
            told = f"{said.currency} everywhere" if said.currency else "confirmed"
            yield Refusal(f"'currency' is not {told}.", ", ".join(seen.currencies), "convert the amounts before")


def _as_said(policy):
    """A policy's choices as plain values."""
    said = {name: getattr(policy, name) for name in Policy.__dataclass_fields__}
    first, last = policy.days()
    days = {name: day and f"{day:%Y-%m-%d}" for name, day in (("start", first), ("end", last))}
    return said | days | {"cancelled_words": list(policy.cancelled_words)}


def _tuples(said):
    return said | {"cancelled_words": tuple(said["cancelled_words"])}
