"""`make audit`: whether a pinned package has a vulnerability that the package index knows of.

Asks for all three lists of pins. pip-audit calls a package that it could not look up skipped, and says of nothing but
skipped packages that no vulnerability was found; here that is an audit that did not take place. Exit codes: 0 every
package was looked up and none is known to be vulnerable; 1 a vulnerability is known; 3 not run, or not for every
package. `make test` runs it where CI is set, and fails by a known vulnerability alone: it has to hold without the
network.
"""

import json
import subprocess
import sys

from installation import RUNTIME, SUITE, install
from layout import ROOT, VENV_PYTHON
from refusal import exit_code_of

LISTS = ("requirements.txt", "requirements-test.txt", "requirements-demo.txt")
#: Where vulnerabilities are looked up, one after the other until one answers for every package.
SERVICES = ("pypi", "osv")
FOUND, NOT_RUN = 1, 3
#: Seconds for one service and all packages.
PATIENCE = 120


def main() -> int:
    install([RUNTIME, SUITE])
    reasons = []
    for service in SERVICES:
        report, reason = ask(service)
        code, sentence = verdict(report, service) if report is not None else (NOT_RUN, reason)
        if code != NOT_RUN:
            print(sentence)
            return code
        reasons.append(f"{service}: {sentence}")
    print(f"NOT RUN  the audit of the pinned packages. {' '.join(reasons)}", file=sys.stderr)
    return NOT_RUN


def ask(service: str) -> tuple[dict | None, str]:
    """pip-audit's report from `service`; None and a sentence where it gave none."""
    command = [
        *(VENV_PYTHON, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"),
        *("--vulnerability-service", service, "--format", "json", "--timeout", "15"),
    ]
    for name in LISTS:
        command += ["--requirement", name]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, f"No answer within {PATIENCE} seconds."
    try:
        return json.loads(ran.stdout), ""
    except ValueError:
        said = (ran.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        return None, f"The data could not be reached ({said.partition(':')[0][:100]})."


def verdict(report: dict, service: str) -> tuple[int, str]:
    """Exit code and sentence for a report of pip-audit."""
    packages = report["dependencies"]
    known = [
        f"{package['name']} {package['version']}: {flaw['id']}"
        + (f", mended in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else "")
        for package in packages
        for flaw in package.get("vulns", [])
    ]
    skipped = sorted(package["name"] for package in packages if "skip_reason" in package)
    unseen = f" {len(skipped)} of {len(packages)} packages could not be looked up." if skipped else ""
    if known:
        return FOUND, "\n".join(["Known vulnerabilities:", *known]) + unseen
    if skipped or not packages:
        return NOT_RUN, unseen.strip() or "The lists name no package."
    return 0, f"None of {len(packages)} pinned packages has a vulnerability known to {service}."


if __name__ == "__main__":
    sys.exit(exit_code_of(main))
