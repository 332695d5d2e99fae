"""Seals: what belongs together is proved, each kind of change is seen, signatures hold against their key alone."""

from __future__ import annotations

import json
import shutil
import subprocess

import desk_run
import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from auditor import pipeline
from auditor.cli.commands import run_arguments
from auditor.messages import load_messages
from auditor.runfolder.seal import extend_chain, hash_file, read_seal, write_seal


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return desk_run.make_run(tmp_path_factory.mktemp("golden") / "run")


@pytest.fixture
def run(sealed, tmp_path):
    shutil.copytree(sealed, tmp_path / "run")
    return tmp_path / "run"


def call(*arguments):
    return run_arguments(list(map(str, arguments)), {"AUDITOR_LANG": "en"})


def write_keys(folder, name):
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def change_byte(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))


def test_an_audit_leaves_a_seal_that_holds(run, capsys):
    assert call("verify", run) == 0
    shown = capsys.readouterr().out
    assert "Not signed" in shown
    assert "sealed them again" in shown
    assert [link.file for link in read_seal(run).links] == ["snapshot.wacz", "facts.jsonl", "result.json"]


def test_public_tools_find_the_same_hashes(run):
    lines = "".join(f"{link.sha256}  {link.file}\n" for link in read_seal(run).links)
    check = subprocess.run(["sha256sum", "-c"], input=lines, text=True, cwd=run, capture_output=True, check=False)
    assert check.returncode == 0, check.stdout


@pytest.mark.parametrize("name", ["snapshot.wacz", "facts.jsonl", "result.json"])
@pytest.mark.parametrize("place", [40, -40])
def test_a_changed_bit_is_seen(run, capsys, name, place):
    change_byte(run / name, place)
    assert call("verify", run) == 1
    assert f"✗ {name} was changed" in capsys.readouterr().out


def test_an_archive_that_cannot_be_read_is_told_in_words(run, capsys):
    change_byte(run / "snapshot.wacz", len((run / "snapshot.wacz").read_bytes()) // 3)
    assert run_arguments(["verify", str(run)], {"AUDITOR_LANG": "zh"}) == 1
    said = capsys.readouterr().out
    assert "archive_tampered" not in said
    assert "part=" not in said


def test_judging_as_of_another_day_is_told(run, capsys):
    before = json.loads((run / "result.json").read_bytes())["as_of"]
    assert call("evaluate", run, "--as-of", before, "--quiet") == 0
    assert "--as-of" not in capsys.readouterr().err
    assert call("evaluate", run, "--quiet") == 0
    assert f"--as-of {before}" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["snapshot.wacz", "facts.jsonl", "result.json"])
def test_a_missing_file_is_seen(run, name):
    (run / name).unlink()
    assert call("verify", run) == 1


def test_a_changed_link_breaks_the_chain(run, capsys):
    seal = json.loads((run / "seal.json").read_text())
    (run / "facts.jsonl").write_bytes((run / "facts.jsonl").read_bytes() + b"\n")
    seal["links"][1]["sha256"] = hash_file(run / "facts.jsonl")
    (run / "seal.json").write_text(json.dumps(seal))
    assert call("verify", run) == 1
    assert "chain of hashes is broken" in capsys.readouterr().out


def forge_facts(run):
    """Change a fact and seal the folder again, as somebody could who may write in it."""
    text = (run / "facts.jsonl").read_text(encoding="utf-8")
    assert "规范性文件" in text
    (run / "facts.jsonl").write_text(text.replace("规范性文件", "规范化文件"), encoding="utf-8")
    (run / "seal.json").unlink()
    write_seal(run)


def test_a_forged_seal_is_seen_by_its_signature_and_by_extracting_again(run, tmp_path, capsys):
    private, public = write_keys(tmp_path, "ours")
    assert call("seal", run, "--key", private) == 0
    assert call("verify", run, "--public-key", public, "--deep") == 0
    shown = capsys.readouterr().out
    assert "The signature is right" in shown
    assert "extracted again are those that were kept" in shown
    forge_facts(run)
    assert call("verify", run) == 0, "without key and without extracting again it cannot be seen"
    assert call("verify", run, "--public-key", public) == 1
    assert call("verify", run, "--deep") == 1


def test_signature_of_another_key_is_refused(run, tmp_path):
    private, _ = write_keys(tmp_path, "theirs")
    _, public = write_keys(tmp_path, "ours")
    assert call("seal", run, "--key", private) == 0
    assert call("verify", run, "--public-key", public) == 1
    assert call("verify", run) == 0


def test_result_of_another_archive_is_seen(run, capsys):
    result = json.loads((run / "result.json").read_text())
    result["snapshot"]["run_id"] = "another"
    (run / "result.json").write_text(json.dumps(result))
    (run / "seal.json").unlink()
    write_seal(run)
    assert call("verify", run) == 1
    assert "not of this archive" in capsys.readouterr().out


def test_record_that_is_not_in_the_archive_is_seen(run, capsys):
    result = json.loads((run / "result.json").read_text())
    named = next(item for one in result["findings"] for item in one["evidence"] if item.get("record"))
    named["record"] = "<urn:uuid:00000000-0000-0000-0000-000000000000>"
    (run / "result.json").write_text(json.dumps(result))
    (run / "seal.json").unlink()
    write_seal(run)
    assert call("verify", run) == 1
    assert "are not in the archive" in capsys.readouterr().out


def test_judging_again_seals_again_and_keeps_a_signature_over_the_same(run, tmp_path):
    private, public = write_keys(tmp_path, "ours")
    call("seal", run, "--key", private)
    settings = desk_run.SETTINGS
    pipeline.judge_run(run, pipeline.plan_audit(settings), settings, load_messages("zh"), fresh=False)
    assert call("verify", run, "--public-key", public) == 0
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("- {clause: XH20-9.9z, reason: x, approver: y, expires: 2099-01-01}\n", encoding="utf-8")
    pipeline.judge_run(
        run,
        pipeline.plan_audit(desk_run.with_waivers(waivers)),
        settings,
        load_messages("zh"),
        fresh=False,
    )
    assert call("verify", run) == 0
    assert call("verify", run, "--public-key", public) == 1
    assert (run / "earlier" / "001" / "seal.json").is_file()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"not json", b"\xff"])
def test_seal_that_is_none_is_2(run, content):
    (run / "seal.json").unlink()
    if content is not None:
        (run / "seal.json").write_bytes(content)
    assert call("verify", run) == 2


def test_key_that_is_none_is_2(run, tmp_path):
    other = tmp_path / "x25519.pem"
    key = X25519PrivateKey.generate()
    other.write_bytes(key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    locked = tmp_path / "locked.pem"
    sign = Ed25519PrivateKey.generate()
    locked.write_bytes(
        sign.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.BestAvailableEncryption(b"x"))
    )
    for path in (tmp_path / "none.pem", run / "result.json", other, locked):
        assert call("seal", run, "--key", path) == 2
        assert call("verify", run, "--public-key", path) == 2


def test_folder_without_an_audit_is_2(tmp_path):
    assert call("seal", tmp_path) == 2
    assert call("verify", tmp_path) == 2


def test_chain_depends_on_order_and_names():
    assert extend_chain("a", "b", "c") != extend_chain("a", "c", "b")
