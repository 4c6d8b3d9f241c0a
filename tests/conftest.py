"""What every test stands on."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _a_home_of_its_own(tmp_path_factory):
    """No test, and no kernel that a test starts, touches the answers of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMLEARN_HOME", str(tmp_path_factory.mktemp("own")))
        yield


@pytest.fixture(scope="session")
def base():
    """CDNOW from the raw log, calibration to 30 September 1997, weeks."""
    from crmlearn import datasets, transactions

    read = transactions.read(datasets.path("cdnow"))
    tx = transactions.clean(read.tx, transactions.Policy(end="1997-09-30")).tx
    return transactions.summarise(tx, as_of="1997-09-30", unit="week")
