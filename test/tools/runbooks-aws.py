"""Reads command lines (JSON lists, one a line) and lets the AWS command line take each as far as a port of this machine where nobody listens.

Prints one JSON line for each that is refused before: {"argv": [...], "said": "..."}. Runs in the judge's own Python, so that the client is
loaded once for all of them.
"""
import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

NOBODY = "http://127.0.0.1:9"
os.environ["AWS_ENDPOINT_URL"] = NOBODY

from awscli.clidriver import create_clidriver  # noqa: E402

driver = create_clidriver()
for line in sys.stdin:
    argv = json.loads(line)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            driver.main(argv)
        except SystemExit:
            pass
    if f'Could not connect to the endpoint URL: "{NOBODY}' not in said.getvalue():
        print(json.dumps({"argv": argv, "said": said.getvalue().strip()[-300:]}))
