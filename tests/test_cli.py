import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import crmlearn
from crmlearn import cli, reports
from crmlearn.errors import Refusal
from crmlearn.reports import shelf


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one report in it."""
    told = 'data: str = ""  # a file of orders\nmonths: int = 12  # in [1, 120]. How far ahead\nend: str = ""'
    work = "print('for', months)\nif end:\n    raise KeyError('tan@shop.sg')"
    cells = [
        new_markdown_cell("# A small report"),
        new_code_cell(told, metadata={"tags": ["parameters"]}),
        new_code_cell(work),
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / "small.ipynb")
    monkeypatch.setattr(shelf, "folder", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_report_prints_where_its_page_lies(folder, capsys):
    assert cli.main(["report", "small", "--out", "pages", "-p", "months=3"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [str(Path("pages/small/small.html"))] and "running small ..." in err
    assert "for 3" in (folder / "pages/small/small.html").read_text(encoding="utf-8")


def test_a_failing_report_exits_1_masked(folder, capsys):
    assert cli.main(["report", "small", "-p", "end=bad"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[-3:] == [
        "The report small failed.",
        "  Saw: KeyError: '[mail]'",
        f"  Try: open {Path('out/small-failed/small.ipynb')}",
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["smal"], "There is no report 'smal'.\n  Saw: reports are small\n  Try: small"),
        ([], "Which report?\n  Saw: no name\n  Try: crmlearn report small"),
        (["small", "-p", "months"], "-p needs a name and a value.\n  Saw: -p months\n  Try: -p horizon_months=12"),
        (["small", "-p", "=3"], "-p needs a name and a value."),
        (["small", "-p", "feed=x"], "feed is no -p parameter.\n  Saw: -p feed=x\n  Try: --feed x"),
        (["small", "--feed", "x"], "small has no parameter 'feed'."),
        (["small", "-p", "out=x"], "out is no -p parameter.\n  Saw: -p out=x\n  Try: --out x"),
        (["small", "-p", "months=1", "-p", "months=2"], "months is told twice."),
        (["small", "-p", "month=3"], "small has no parameter 'month'.\n  Saw: month='3'\n  Try: did you mean months=3"),
        (["small", "-p", "months=0", "--data", "no.csv"], "The data file no.csv cannot be read."),
        (["small", "--frobnicate"], "unrecognized arguments: --frobnicate"),
    ],
)
def test_bad_input_exits_2(folder, capsys, typed, said):
    assert cli.main(["report", *typed]) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err


def test_list_shows_reports_and_what_they_may_be_told(folder, capsys):
    assert cli.main(["report", "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "small: A small report",
        "  --data FILE                  str    a file of orders",
        "  -p months=12                 int    in [1, 120]. How far ahead",
        "  -p end=                      str",
    ]


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped."),
        (Refusal("bad tan@shop.sg.", "91234567", "mend it"), 2, "bad [mail].\n  Saw: [number]\n  Try: mend it"),
        (ValueError("of tan@shop.sg"), 1, "ValueError: of [mail]"),
    ],
)
def test_whatever_happens_is_told_masked(folder, capsys, monkeypatch, raised, code, said):
    def run(*_, **__):
        raise raised

    monkeypatch.setattr(reports, "run", run)
    assert cli.main(["report", "small"]) == code
    assert said in capsys.readouterr().err


def test_version_and_usage(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"crmlearn {crmlearn.__version__}\n"
    assert cli.main([]) == 2
    assert "usage: crmlearn" in capsys.readouterr().err


def test_start_up_opens_no_room():
    code = (
        "import sys, crmlearn.cli as c; c.main(['--version']); "
        "sys.exit(bool({'pandas', 'papermill', 'narwhals'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_advice_in_pythons_words_is_said_for_the_command_line_too(tmp_path, capsys):
    file = tmp_path / "orders.csv"
    file.write_text("a,b,c\n1,2,3\n")
    assert cli.main(["report", "customer_base", "--data", str(file), "--out", str(tmp_path / "out")]) == 2
    assert "-p amount_column=COLUMN" in capsys.readouterr().err
