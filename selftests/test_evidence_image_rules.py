"""The rules about the image, each asked about one digest, media type, size or tag at a time."""

from dataclasses import replace
from typing import Any

import pytest

from packaging_readiness.evidence.rules_image import digest_fault, image_problems
from selftests.stored_facts import CONTRACT, IMAGE, facts, held, row, told
from selftests.synthetic_facts import GIT_SHA, IMAGE_DIGEST

RESULTS = "check_results.json"
RESOLVED = "m1c.mismatch.tag-to-digest"
DIGEST, VALUE = "m1c.provenance.field[image_digest]", "m1c.provenance.anchor[oci_digest_value]"
FORMAT, ALGORITHM = "m1c.mismatch.digest-format", "m1c.provenance.anchor[oci_digest_algo]"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OTHER = "sha256:" + "3e" * 32
Told = list[tuple[str, str]]


def problems(*results: Any, **more: Any) -> Told:
    return told(image_problems(facts(*results, **more)))


def resolved(**other: Any) -> dict[str, Any]:
    """The row that resolved the tag, with other facts; those that are None it did not observe."""
    observed = {
        "registry_digest": IMAGE_DIGEST,
        "recomputed_digest": IMAGE_DIGEST,
        "manifest_media_type": MANIFEST,
        "manifest_bytes": 2724,
        **other,
    }
    return held(RESOLVED, **{name: value for name, value in observed.items() if value is not None})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (IMAGE_DIGEST, None),
        (None, "digest-missing"),
        ("", "digest-missing"),
        ([], "digest-malformed"),
        (5, "digest-malformed"),
        ("sha256:", "digest-malformed"),
        ("2f" * 32, "digest-malformed"),
        ("sha256:" + "2g" * 32, "digest-malformed"),
        ("sha256:" + "2f" * 31 + "2g", "digest-malformed"),
        ("sha256:" + "2f" * 32 + "\n", "digest-malformed"),
        ("sha256:2f:2f", "digest-malformed"),
        ("sha512:" + "2f" * 64, "digest-algorithm"),
        ("sha1:" + "2f" * 20, "digest-algorithm"),
        ("sha256:" + "2f" * 32 + "2", "digest-length"),
        ("sha256:" + "2f" * 31 + "2", "digest-length"),
        ("sha256:" + "2F" * 31, "digest-length"),
        ("sha256:" + "2F" * 32, "digest-not-lower-case"),
    ],
    ids=repr,
)  # fmt: skip
def test_each_fault_of_a_digest_has_its_code(value: Any, code: str | None) -> None:
    assert digest_fault(value) == code


def test_one_image_under_one_tag_has_no_problem() -> None:
    tag = f"git-{GIT_SHA}"
    assert problems() == []
    for media_type in (MANIFEST, DOCKER_MANIFEST):
        assert problems(
            held(DIGEST, image_digest=IMAGE_DIGEST),
            held(VALUE, oci_digest_value=IMAGE_DIGEST),
            held(ALGORITHM, oci_digest_algo="sha256"),
            held(FORMAT, image_digest=IMAGE_DIGEST),
            resolved(image_tag=tag, manifest_media_type=media_type),
            held("m1c.provenance.field[image_tag]", image_tag=tag),
            image={**IMAGE, "media_type": media_type},
        ) == []  # fmt: skip


def test_a_check_that_needs_the_image_cannot_hold_without_one() -> None:
    needs, does_not = "m1b.run.mpr[promote-valid]", "m1c.push.role-permission"
    assert problems(held(needs)) == [("image-missing", RESULTS)]
    assert problems(row(needs, "fail"), held(does_not)) == []
    assert problems(held(needs), image=IMAGE) == []


@pytest.mark.parametrize(("row_id", "name"), [(DIGEST, "image_digest"), (VALUE, "oci_digest_value"),
                                              (FORMAT, "image_digest")])  # fmt: skip
def test_every_row_that_names_the_digest_is_judged(row_id: str, name: str) -> None:
    assert problems(held(row_id), image=IMAGE) == [("digest-missing", row_id)]
    assert problems(held(row_id, **{name: [IMAGE_DIGEST]}), image=IMAGE) == [("digest-malformed", row_id)]
    assert problems(held(row_id, **{name: OTHER}), image=IMAGE) == [("image-digest-differs", RESULTS)]
    assert problems(row(row_id, "error", observation={name: OTHER}), image=IMAGE) == []


def test_the_digest_of_the_run_itself_is_judged() -> None:
    assert problems(image={**IMAGE, "digest": IMAGE_DIGEST.upper()}) == [("digest-algorithm", RESULTS)]
    assert problems(image={"digest": None, "media_type": INDEX, "manifest_bytes": 7}) == [("digest-missing", RESULTS)]


@pytest.mark.parametrize("name", ["registry_digest", "recomputed_digest"])
def test_both_digests_of_the_registry_are_judged(name: str) -> None:
    found = problems(resolved(**{name: "sha256:2f"}), image=IMAGE)
    assert found[:2] == [("digest-length", RESOLVED), ("registry-digest-differs", RESOLVED)]
    assert found[2:] == ([("tag-moved", RESOLVED)] if name == "registry_digest" else [])
    assert problems(row(RESOLVED, "fail", observation={name: "sha256:2f"}), image=IMAGE) == []


@pytest.mark.parametrize(
    ("algorithm", "digests", "expected"),
    [
        ("sha256", [IMAGE_DIGEST, IMAGE_DIGEST], []),
        ("sha512", [IMAGE_DIGEST, IMAGE_DIGEST], ["digest-algorithm-differs"]),
        ("sha25", [IMAGE_DIGEST, IMAGE_DIGEST], ["digest-algorithm-differs"]),
        (5, [IMAGE_DIGEST, IMAGE_DIGEST], []),
        (
            "sha256",
            [IMAGE_DIGEST, "sha512:2f"],
            ["digest-algorithm", "image-digest-differs", "digest-algorithm-differs"],
        ),
    ],
    ids=["same", "other", "prefix of it", "no text", "one of two"],
)  # fmt: skip
def test_the_named_algorithm_is_that_of_every_digest(algorithm: Any, digests: list[str], expected: list[str]) -> None:
    found = problems(
        held(ALGORITHM, oci_digest_algo=algorithm),
        held(FORMAT, image_digest=digests[1]),
        image={**IMAGE, "digest": digests[0]},
    )
    assert [code for code, _ in found] == expected


@pytest.mark.parametrize("media_type", [INDEX, DOCKER_LIST])
def test_an_index_is_not_the_manifest_of_the_platform(media_type: str) -> None:
    assert problems(resolved(manifest_media_type=media_type), image={**IMAGE, "media_type": media_type}) == [
        ("index-not-manifest", RESOLVED)
    ]
    own = resolved(manifest_media_type=media_type, registry_digest=OTHER, recomputed_digest=OTHER)
    assert problems(own, image=IMAGE) == []


def test_a_manifest_is_of_a_known_type_and_has_the_digest_that_was_checked() -> None:
    unknown = {**IMAGE, "media_type": None}
    assert problems(resolved(manifest_media_type="text/html"), image=unknown) == [("media-type-unknown", RESOLVED)]
    assert problems(resolved(manifest_media_type=None), image=IMAGE) == [("media-type-unknown", RESOLVED)]
    moved = resolved(registry_digest=OTHER, recomputed_digest=OTHER)
    assert problems(moved, image=IMAGE) == [("tag-moved", RESOLVED)]
    # Nothing else names a digest: there is none that the tag could have left.
    assert problems(moved) == [("image-missing", RESULTS)]
    without = resolved(registry_digest=None, recomputed_digest=None)
    assert problems(without, image=IMAGE) == [("digest-missing", RESOLVED), ("digest-missing", RESOLVED)]


@pytest.mark.parametrize(
    ("of_registry", "of_image", "expected"),
    [
        ({}, {"media_type": DOCKER_MANIFEST}, ["media-type-differs"]),
        ({}, {"media_type": None}, []),
        ({}, {"manifest_bytes": 2725}, ["manifest-size-differs"]),
        ({}, {"manifest_bytes": None}, []),
        ({"manifest_bytes": None}, {"manifest_bytes": 2725}, []),
        ({"registry_digest": OTHER, "recomputed_digest": OTHER}, {"manifest_bytes": 1}, ["tag-moved"]),
    ],
)
def test_one_digest_has_one_type_and_one_size(
    of_registry: dict[str, Any], of_image: dict[str, Any], expected: list[str]
) -> None:
    found = problems(resolved(**of_registry), image={**IMAGE, **of_image})
    assert found == [(code, RESOLVED) for code in expected]


TAGGED = (
    *("m1c.provenance.field[image_tag]", RESOLVED),
    *("m1c.mismatch.tag-carries-git-sha", "m1c.mismatch.mutable-tag"),
)


def tagged(row_id: str, tag: Any) -> dict[str, Any]:
    return resolved(image_tag=tag) if row_id == RESOLVED else held(row_id, image_tag=tag)


@pytest.mark.parametrize("row_id", TAGGED)
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("latest", "tag-convenience"),
        ("dev-full-latest", "tag-convenience"),
        ("git-" + "0" * 40, "tag-not-of-commit"),
        (f"git-{GIT_SHA[:39]}", "tag-not-of-commit"),
        (GIT_SHA, "tag-not-of-commit"),
        ("", "tag-not-of-commit"),
    ],
    ids=["latest", "convenience", "other", "short", "bare", "empty"],
)  # fmt: skip
def test_every_row_that_names_the_tag_is_judged(row_id: str, tag: str, code: str) -> None:
    assert problems(tagged(row_id, tag), image=IMAGE) == [(code, row_id)]
    assert problems(tagged(row_id, [tag]), image=IMAGE) == []
    good = next(other for other in TAGGED if other not in (row_id, RESOLVED))
    both = problems(tagged(row_id, tag), held(good, image_tag=f"git-{GIT_SHA}"), image=IMAGE)
    assert both == [("tag-differs", RESULTS), (code, row_id)]


def test_a_tag_is_held_against_a_pattern_and_a_commit_only() -> None:
    wrong = held(TAGGED[0], image_tag="latest")
    for pattern in ({"IMAGE_TAG_GIT_SHA_PATTERN": "git-sha"}, {}):
        rest = {key: value for key, value in CONTRACT.handles.items() if key != "IMAGE_TAG_GIT_SHA_PATTERN"}
        contract = replace(CONTRACT, handles={**rest, **pattern})
        assert problems(wrong, image=IMAGE, contract=contract) == []
    assert problems(wrong, image=IMAGE, run={"git_sha": None}) == []
    pinned = replace(CONTRACT, handles={**CONTRACT.handles, "IMAGE_TAG_GIT_SHA_PATTERN": "{git_sha}-arm"})
    assert problems(held(TAGGED[0], image_tag=f"{GIT_SHA}-arm"), image=IMAGE, contract=pinned) == []
