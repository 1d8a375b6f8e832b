"""Keys made for the tests, and what they sign: gpg in a home of its own."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

LONG_AGO = "20200101T000000"


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its public part, which may hold that it is revoked."""

    fingerprint: str
    public: bytes
    time: str | None = None


class Signer:
    """A home of gpg's with secret keys."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def make(self, name: str, expires: str = "never", time: str | None = None) -> Key:
        """A new ed25519 key; `time` is when it believes to be made, and to sign."""
        user = f"{name} <{name.split()[0]}@example.org>"
        words = ["--status-fd", "1", "--passphrase", "", "--quick-gen-key"]
        said = self.gpg(*words, user, "ed25519", "sign", expires, time=time).decode()
        fingerprint = said.partition("KEY_CREATED P ")[2].split()[0]
        return Key(fingerprint, self.gpg("--export", fingerprint), time)

    def revoke(self, key: Key, other_home: Path) -> Key:
        """The key as it looks to who has heard of its revocation."""
        certificate = self.home / "openpgp-revocs.d" / f"{key.fingerprint}.rev"
        # gpg puts a colon before the armour, so that nobody does this by mistake.
        revocation = certificate.read_text().replace("\n:-----", "\n-----").encode()
        other = Signer(other_home)
        other.gpg("--import", data=key.public)
        other.gpg("--import", data=revocation)
        return Key(key.fingerprint, other.gpg("--export", key.fingerprint), key.time)

    def sign(self, key: Key, content: bytes) -> bytes:
        """A detached signature."""
        return self.gpg("-u", key.fingerprint, "--armor", "--detach-sign", data=content, key=key)

    def clear_sign(self, key: Key, text: str) -> bytes:
        """The text with a signature around it."""
        return self.gpg("-u", key.fingerprint, "--clear-sign", data=text.encode(), key=key)

    def gpg(
        self, *words: str, data: bytes = b"", time: str | None = None, key: Key | None = None
    ) -> bytes:
        """What gpg writes."""
        time = time or (key.time if key else None)
        faked = [f"--faked-system-time={time}!"] if time else []
        command = ["gpg", "--batch", "--quiet", f"--homedir={self.home}", *faked, *words]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def close(self) -> None:
        """End the agent that gpg started for the home."""
        command = ["gpgconf", "--homedir", str(self.home), "--kill", "all"]
        subprocess.run(command, check=True, capture_output=True)
