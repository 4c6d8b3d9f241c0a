"""No tests here: these scripts run in the environments of other libraries, and import them."""

collect_ignore_glob = ["*.py"]
