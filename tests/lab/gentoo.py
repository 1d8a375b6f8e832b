"""A repository ::gentoo that can move: the lab's own, in git, served on the loopback."""

import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

EBUILD = """\
EAPI=8
DESCRIPTION="For tests: a file with a version in it"
HOMEPAGE="https://packages.debian.org/"
LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm64"
S=${WORKDIR}
src_install() { insinto /usr/share/lab-moving; newins - ${PN} <<<"${PV}"; }
"""
"""A package that builds at once and shows what was installed."""

RUST = """\
EAPI=8
DESCRIPTION="Stand-in: has the standard library of each cross target that it was built for"
HOMEPAGE="https://packages.debian.org/"
LICENSE="GPL-2"
SLOT="0"
KEYWORDS="amd64 arm64"
S=${WORKDIR}
src_install() {
	keepdir /usr/lib/rust/lib/rustlib/x86_64-unknown-linux-musl
	[[ -n ${I_KNOW_WHAT_I_AM_DOING_CROSS} ]] || return 0
	local target
	for target in "${RUST_CROSS_TARGETS[@]}"; do
		type -P "${target##*:}-gcc" >/dev/null || die "${target##*:}-gcc is missing"
		target=${target#*:}
		keepdir "/usr/lib/rust/lib/rustlib/${target%%:*}"
	done
}
"""
"""What the real one does with RUST_CROSS_TARGETS, as far as it can be seen on the disk."""

CLANG = EBUILD.replace(
    "insinto /usr/share/lab-moving; newins", "exeinto /usr/lib/llvm/19/bin; newexe"
)


@dataclass(frozen=True, slots=True)
class Gentoo:
    """The repository's working tree, and where git finds it."""

    tree: Path
    uri: str

    def add(self, package: str, ebuild: str = EBUILD) -> None:
        """Put an ebuild there: `category/name-version`."""
        category, _, version = package.partition("/")
        name = version.rpartition("-")[0]
        directory = self.tree / category / name
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{version}.ebuild").write_text(ebuild)
        categories = self.tree / "profiles/categories"
        if category not in categories.read_text().split():
            categories.write_text(f"{categories.read_text()}{category}\n")

    def commit(self) -> str:
        """Make everything the newest commit; return its name."""
        self._git("add", "--all", "--force")
        self._git("commit", "--quiet", "--message=a day")
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *words: str) -> str:
        who = ("-c", "user.name=lab", "-c", "user.email=lab@localhost", "-c", "gc.auto=0")
        command = ["git", "-C", str(self.tree), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def serve_gentoo(original: Path, tree: Path) -> Iterator[Gentoo]:
    """A copy of a repository, in git, on git's own protocol."""
    shutil.copytree(original, tree, symlinks=True)
    subprocess.run(["git", "init", "--quiet", str(tree)], check=True)

    class Daemon(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            words = ("daemon", "--inetd", "--export-all", f"--base-path={tree.parent}")
            subprocess.run(["git", *words], stdin=self.request, stdout=self.request, check=False)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        gentoo = Gentoo(tree=tree, uri=f"git://127.0.0.1:{server.server_address[1]}/{tree.name}")
        gentoo.commit()
        yield gentoo
        server.shutdown()


@contextmanager
def serve_snapshots() -> Iterator[str]:
    """A mirror that has a snapshot of every day; nobody looks into it."""

    class Mirror(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if "/snapshots/" in self.path else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
