# Needs: $tuple, $arch, $libc, $stable (maybe empty). Sourced by crossdev.
# Leaves: this tuple's files below /etc/portage, written anew; the function use_line.
# shellcheck shell=bash disable=SC2154

portage=/etc/portage
host=$(portageq envvar ARCH)
for name in package.{accept_keywords,use,env,mask} profile/package.use.{mask,force}; do
    [[ ! -f $portage/$name ]] || fail "crossdev: please make $portage/$name a directory"
    mkdir -p "$portage/$name"
    rm -f "$portage/$name/cross-$tuple"
done
rm -rf "$portage/env/cross-$tuple"
mkdir -p "$portage/env/cross-$tuple"

keywords=$arch
[[ -n $stable ]] || keywords+=" ~$arch"
[[ $arch == "$host" ]] || keywords+=" -$host -~$host"
for package in binutils gcc linux-headers "$libc"; do
    atom=cross-$tuple/$package
    echo "$atom $keywords" >>"$portage/package.accept_keywords/cross-$tuple"
    echo "$atom multilib" >>"$portage/profile/package.use.mask/cross-$tuple"
    echo "$atom $atom.conf" >>"$portage/package.env/cross-$tuple"
    printf '%s\n' 'SYMLINK_LIB=no' "COLLISION_IGNORE=\"\${COLLISION_IGNORE} /usr/lib/debug/.build-id\"" \
        >"$portage/env/$atom.conf"
done

# use_line PACKAGE FLAGS: what a package was built with stays in package.use, or the next --newuse would build it again.
use_line() {
    local file=$portage/package.use/cross-$tuple
    touch "$file"
    sed -i "\,^cross-$tuple/$1 ,d" "$file"
    echo "cross-$tuple/$1 $2" >>"$file"
}
