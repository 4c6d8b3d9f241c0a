"""What every test stands on."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _a_home_of_its_own(tmp_path_factory):
    """No test, and no kernel that a test starts, touches the answers of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMLEARN_HOME", str(tmp_path_factory.mktemp("own")))
        yield
