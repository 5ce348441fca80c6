#!/usr/bin/env bash
# Writes files.sha256: every file that pom.xml needs, by its path in Maven Central. Needs mvn.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash fetch.sh "$work"
(cd "$work" && find . -type f ! -name '*.xml' ! -name '*.dll' ! -name '_*' -printf '%P\n' | sort | xargs sha256sum) >files.sha256
