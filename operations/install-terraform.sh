#!/usr/bin/env bash
# install-terraform.sh FOLDER: puts Terraform into FOLDER, unless one that can lock its state in S3 (1.10) is on the PATH.
# The zip's SHA-256 is pinned. To raise the version take the new sum from the SHA256SUMS file of HashiCorp's release page,
# whose signature `gpg --verify` checks: https://developer.hashicorp.com/terraform/tutorials/cli/verify-archive
set -euo pipefail

version=1.11.4
sha256=1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc # linux_amd64
folder=${1:?Say where to put Terraform: install-terraform.sh FOLDER}

found=$(terraform version -json 2>/dev/null | grep -o '"terraform_version": *"[^"]*"' | grep -o '[0-9][0-9.]*' || true)
if [[ -n $found && $(printf '%s\n' 1.10.0 "$found" | sort -V | head -n 1) == 1.10.0 ]]; then
  echo "Terraform $found is here already."
  exit 0
fi

if [[ $(uname -sm) != 'Linux x86_64' ]]; then
  echo "This installs Terraform for Linux on x86_64 only: on $(uname -sm) install Terraform $version or later yourself." >&2
  exit 1
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
curl --fail --silent --show-error --location --retry 3 --output "$scratch/terraform.zip" \
  "https://releases.hashicorp.com/terraform/$version/terraform_${version}_linux_amd64.zip"
echo "$sha256  $scratch/terraform.zip" | sha256sum --check --quiet
mkdir -p "$folder"
unzip -q -o "$scratch/terraform.zip" terraform -d "$folder"
echo "Terraform $version is in $folder."
