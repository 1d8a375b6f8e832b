# Needs: $tuple, $libc, $overlay (maybe empty). Sourced by crossdev.
# Leaves: $overlay; in it the category cross-TUPLE with links to the packages of ::gentoo. Its layout.conf is not ours.
# shellcheck shell=bash disable=SC2154

for name in "cross-$tuple" crossdev; do
    [[ -n $overlay ]] || overlay=$(portageq get_repo_path / "$name") || true
done
[[ -d $overlay ]] || fail "crossdev: no repository [crossdev] in repos.conf, and no -oO"

gentoo=$(portageq get_repo_path / gentoo)
mkdir -p "$overlay/profiles" "$overlay/cross-$tuple"
grep -qsx "cross-$tuple" "$overlay/profiles/categories" || echo "cross-$tuple" >>"$overlay/profiles/categories"
for package in sys-devel/binutils sys-devel/gcc sys-kernel/linux-headers "sys-libs/$libc"; do
    link=$overlay/cross-$tuple/${package#*/}
    [[ -e $link ]] || ln -sfn "$gentoo/$package" "$link"
done
