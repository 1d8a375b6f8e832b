#!/bin/bash
# Needs: the host's glibc.
# Leaves: the locale en_US.UTF-8, which glibc does not bring compiled.
set -euo pipefail

grep -qsx 'en_US.UTF-8 UTF-8' /etc/locale.gen || echo 'en_US.UTF-8 UTF-8' >>/etc/locale.gen
locale-gen
