#!/usr/bin/env bash
# fetch.sh <folder>: what pom.xml needs, each file by its path in Maven Central.
set -euo pipefail
mvn --quiet --batch-mode --strict-checksums --file "$(dirname "$0")/pom.xml" \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -Dmdep.useRepositoryLayout=true -DincludeScope=runtime -DoutputDirectory="$1"
