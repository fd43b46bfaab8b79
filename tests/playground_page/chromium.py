"""Finds the Chromium that shows the page, and installs Debian's where that is possible."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
INSTALL_SECONDS = 300


class ChromiumMissing(Exception):
    """There is no Chromium here; the message says what to install."""


def find_chromium() -> str:
    """Return the path of a Chromium. Raises ChromiumMissing."""
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None:
        raise ChromiumMissing(
            "The tests of the page need Chromium; "
            "on Debian or Ubuntu: sudo apt-get install chromium"
        )
    return path


def main() -> None:
    """Install Debian's Chromium where there is none and that is possible, else say what to do."""
    try:
        find_chromium()
    except ChromiumMissing:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            print("Installing Chromium for the tests of the page (once) ...", flush=True)
            _install()
    try:
        find_chromium()
    except ChromiumMissing as missing:
        print(f"{missing}. They are skipped now.")


def _install() -> None:
    """Try to install it; whether that worked shows in whether it is found afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        try:
            subprocess.run(
                ["apt-get", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return


if __name__ == "__main__":
    main()
