#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Puts the four gzip'd IDX files of Fashion-MNIST into a folder, taken from the package
# dataset-fashion-mnist of Debian or Ubuntu (31 MB). Needs no root and installs nothing.
#
# usage: tools/fashion-mnist.sh TARGET_DIR

set -eu

PACKAGE=dataset-fashion-mnist
FOLDER=usr/share/datasets/fashion-mnist
FILES='train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz
  t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz'

fail() {
  echo "fashion-mnist.sh: $1" >&2
  exit 1
}

if [ "$#" -ne 1 ] || [ -z "$1" ]; then
  echo 'usage: tools/fashion-mnist.sh TARGET_DIR' >&2
  exit 2
fi
target=$1

for tool in apt-get dpkg-deb gzip mktemp; do
  command -v "$tool" >/dev/null ||
    fail "'$tool' is missing; this script needs Debian or Ubuntu"
done
mkdir -p -- "$target" || fail "cannot create the folder '$target'"
target=$(cd -- "$target" && pwd)

scratch=$(mktemp -d) || fail 'cannot create a temporary folder'
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Run by root, apt-get downloads as the user _apt only into a folder which that user can write.
if [ "$(id -u)" -eq 0 ] && id _apt >/dev/null 2>&1; then
  chown _apt "$scratch"
fi
(cd "$scratch" && apt-get download -qq "$PACKAGE") ||
  fail "cannot download the package '$PACKAGE'; check the network, or run apt-get update first"
dpkg-deb -x "$scratch"/"$PACKAGE"_*.deb "$scratch/unpacked" ||
  fail "cannot unpack the package '$PACKAGE'"

for file in $FILES; do
  gzip -t "$scratch/unpacked/$FOLDER/$file" ||
    fail "the package '$PACKAGE' has no sound '$FOLDER/$file'"
done
for file in $FILES; do
  cp -- "$scratch/unpacked/$FOLDER/$file" "$target/$file" ||
    fail "cannot write '$target/$file'"
done
echo "$target: $(echo $FILES)"
