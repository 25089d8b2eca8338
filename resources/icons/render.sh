#!/bin/sh
# Renders the PNGs again after a change to the drawings. Needs rsvg-convert (Debian: librsvg2-bin).
set -eu
cd "$(dirname "$0")"
for size in 16 24 32 48 64 128 256 512; do
  rsvg-convert -w "$size" -h "$size" icon.svg -o "${size}x${size}.png"
done
# The packager makes the icons of macOS and Windows from this one.
rsvg-convert -w 1024 -h 1024 icon.svg -o icon.png
twice() {
  rsvg-convert -w "$2" -h "$2" "$1.svg" -o "$1.png"
  rsvg-convert -w "$(($2 * 2))" -h "$(($2 * 2))" "$1.svg" -o "$1@2x.png"
}
twice tray 22
twice tray-waiting 22
twice trayTemplate 16
twice pending 16
