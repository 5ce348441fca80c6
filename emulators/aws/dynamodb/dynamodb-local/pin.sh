#!/usr/bin/env bash
# Writes files.sha256: every file that pom.xml needs, by its path in Maven Central. Needs mvn.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mvn --quiet --batch-mode --strict-checksums dependency:copy-dependencies \
  -Dmdep.useRepositoryLayout=true -DincludeScope=runtime -DoutputDirectory="$work"
(cd "$work" && find . -type f ! -name '*.xml' ! -name '*.dll' -printf '%P\n' | sort | xargs sha256sum) >files.sha256
