"""The command line as people and scripts use it: what it prints, where, and with which exit status."""

import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from support import files
from support.server import wait_for

DONE, REFUSED, USAGE, BATCH_FAILED, UNREACHABLE = range(5)


@pytest.fixture(scope="module")
def dataset(lake):
    return lake.dataset_of("Cli rows", files.PROPERTIES)


@pytest.fixture
def folder(tmp_path):
    """Three good files, one of them in a folder, and what belongs to none of them."""
    made = tmp_path / "files"
    (made / "day=1").mkdir(parents=True)
    (made / "a.parquet").write_bytes(files.numbered(1, 10))
    (made / "b.parquet").write_bytes(files.numbered(11, 10))
    (made / "day=1/c.parquet").write_bytes(files.numbered(21, 10))
    (made / "_SUCCESS").write_bytes(b"")
    return made


def ids(server, lake, dataset):
    table = server.iceberg_catalog().load_table(("prod", lake.table_name(dataset)))
    return sorted(row["id"] for row in table.scan().to_arrow().to_pylist())


# -- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [
    [], ["nonsense"], ["push"], ["push", "x"], ["dataset"], ["dataset", "create", "x"], ["batch", "show"],
    ["dataset", "create", "x", "--schema", "a", "--from", "b"], ["push", "x", "--dataset", "d", "--parallel", "0"],
    ["push", "x", "--dataset", "d", "--part-size", "1"], ["serve", "--nonsense"],
], ids=" ".join)  # fmt: skip
def test_wrong_command_lines(server, words):
    ran = server.run(*words)
    assert ran.returncode == USAGE
    assert ran.stderr and not ran.stdout


@pytest.mark.parametrize("words", [["--help"], ["push", "--help"], ["dataset", "create", "--help"], ["--version"]], ids=" ".join)
def test_help(server, words):
    ran = server.run(*words)
    assert ran.returncode == DONE and ran.stdout and not ran.stderr
    assert "worker" not in ran.stdout


@pytest.mark.parametrize("words, path, known", [
    (["event", "tail"], "lakegate", "events"), (["dataset", "destroy", "x"], "lakegate dataset", "delete"), (["worke"], "lakegate", "xdm"),
], ids=str)  # fmt: skip
def test_a_command_that_is_none(server, words, path, known):
    ran = server.run(*words)
    assert ran.returncode == USAGE
    assert f'{path} has no command "' in ran.stderr and known in ran.stderr and "worker" not in ran.stderr


def test_a_grant_that_is_none(server):
    ran = server.run("key", "create", "Nobody", "--grant", "rede")
    assert ran.returncode == USAGE and '"rede" is no right' in ran.stderr


def test_no_server(server, free_port):
    ran = server.run("dataset", "list", env={"LAKEGATE_URL": f"http://127.0.0.1:{free_port}"})
    assert ran.returncode == UNREACHABLE
    assert f"127.0.0.1:{free_port}" in ran.stderr and "lakegate serve" in ran.stderr and "--url" in ran.stderr and not ran.stdout


def test_tls_where_there_is_none(server):
    ran = server.run("dataset", "list", "--url", server.url.replace("http:", "https:"))
    assert ran.returncode == UNREACHABLE and "begins with http://" in ran.stderr


@pytest.mark.parametrize("words", [["token"], ["dataset", "list", "--json"], ["config", "show"], ["key", "create", "Lost"], ["events", "tail", "--from-start"]], ids=" ".join)
def test_a_result_that_could_not_be_written_is_not_done(server, dataset, words):
    environment = server.environment(LAKEGATE_URL=server.url, LAKEGATE_CREDENTIALS=str(server.folder / "credentials.json"))
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([str(server.program), *words], env=environment, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True,
                             timeout=60, check=False)
    assert ran.returncode == REFUSED, ran.stderr
    assert "Standard output could not be written" in ran.stderr


def test_names_command_no_terminal(server, lake):
    """A dataset's name may hold what a terminal obeys, or what turns the line around: it is shown, and does nothing."""
    schema = lake.adhoc_schema("Sly", files.PROPERTIES)
    name = "Sly\u009b2J \u202edesrever\u2066 \u2028end"
    dataset = lake.dataset(name, schema)
    shown = [server.run("dataset", "list").stdout, server.run("dataset", "show", dataset).stdout,
             server.run("dataset", "preview", dataset).stderr, server.run("dataset", "show", name + "?").stderr]
    for text in shown:
        assert "desrever" in text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text), repr(text)
    assert json.loads(server.run("dataset", "show", dataset, "--json").stdout)[dataset]["name"] == name


def test_no_credentials(server, tmp_path):
    ran = server.run("dataset", "list", "--credentials", tmp_path / "none.json")
    assert ran.returncode == REFUSED
    assert "none.json" in ran.stderr and "LAKEGATE_CREDENTIALS" in ran.stderr


@pytest.mark.parametrize("text, says", [("", "no JSON object"), ("{}", "baseUrl"), ('{"baseUrl": 1}', "baseUrl")])
def test_unusable_credentials(server, tmp_path, text, says):
    (tmp_path / "c.json").write_text(text)
    ran = server.run("token", "--credentials", tmp_path / "c.json")
    assert ran.returncode == REFUSED and says in ran.stderr


def test_wrong_secret(server, tmp_path):
    (tmp_path / "c.json").write_text(json.dumps({**server.credentials, "clientSecret": "wrong"}))
    ran = server.run("dataset", "list", "--credentials", tmp_path / "c.json")
    assert ran.returncode == REFUSED and "invalid client_secret parameter" in ran.stderr
    assert "wrong" not in ran.stderr


# -- token, config ------------------------------------------------------------------------------------------------------


def test_token(server):
    ran = server.run("token")
    assert ran.returncode == DONE
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", ran.stdout)
    answer = json.loads(server.run("token", "--json").stdout)
    assert answer["token_type"] == "bearer" and answer["access_token"]


def test_config_show_says_where_values_come_from(server, tmp_path):
    (tmp_path / "lakegate.toml").write_text("[http]\npool_threads = 9\n[upload]\npart_bytes_max = '1MB'\n")
    ran = server.run("config", "show", "--json", "--config", tmp_path / "lakegate.toml", "--set", "http.pool_threads=7",
                     env={"LAKEGATE_UPLOAD_PART_BYTES_MAX": "2MB"})
    assert ran.returncode == DONE, ran.stderr
    shown = {setting["name"]: setting for setting in json.loads(ran.stdout)}
    assert (shown["http.pool_threads"]["value"], shown["http.pool_threads"]["origin"]) == ("7", "the command line")
    assert (shown["upload.part_bytes_max"]["value"], shown["upload.part_bytes_max"]["origin"]) == ("2000000", "LAKEGATE_UPLOAD_PART_BYTES_MAX")
    assert shown["log.level"]["origin"] == "default"
    plain = server.run("config", "show", "--set", "http.pool_threads=7")
    assert re.search(r"^http\.pool_threads = 7 +# the command line; ", plain.stdout, re.MULTILINE)


def test_config_show_refuses_what_serve_would(server):
    ran = server.run("config", "show", "--set", "http.pool_threads=many")
    assert ran.returncode == USAGE and "http.pool_threads" in ran.stderr
    unknown = server.run("config", "show", "--set", "http.pool_thread=7")
    assert unknown.returncode == USAGE and "Did you mean http.pool_threads?" in unknown.stderr and "ignored" not in unknown.stderr


def test_a_listening_address_that_is_none(server, tmp_path):
    ran = server.run("serve", "--data", tmp_path / "lake", "--listen", "nowhere")
    assert ran.returncode == USAGE and "expected HOST:PORT" in ran.stderr
    assert not (tmp_path / "lake").exists()


def test_a_settings_file_that_is_not_there(server, tmp_path):
    ran = server.run("config", "show", "--config", tmp_path / "none.toml")
    assert ran.returncode == USAGE and "none.toml: No such file or directory" in ran.stderr


# -- datasets and schemas -----------------------------------------------------------------------------------------------


def test_dataset_from_a_file_until_it_is_deleted(server, lake, folder):
    created = server.run("dataset", "create", "From a file", "--from", folder / "a.parquet", "--json")
    assert created.returncode == DONE, created.stderr
    ((dataset, document),) = json.loads(created.stdout).items()
    assert document["name"] == "From a file"
    pushed = server.run("push", folder / "a.parquet", "--dataset", "From a file")
    assert pushed.returncode == DONE, pushed.stderr
    assert ids(server, lake, dataset) == list(range(1, 11))

    listed = server.run("dataset", "list")
    assert listed.returncode == DONE and dataset in listed.stdout
    assert dataset in json.loads(server.run("dataset", "list", "--json").stdout)
    shown = server.run("dataset", "show", "From a file")
    assert dataset in shown.stdout and document["tags"]["adobe/pqs/table"][0] in shown.stdout
    preview = server.run("dataset", "preview", dataset, "--rows", "2")
    assert preview.returncode == DONE, preview.stderr
    assert preview.stdout.split()[:2] == ["id", "text"] and "row 0" in preview.stdout
    deleted = server.run("dataset", "delete", dataset)
    assert deleted.returncode == DONE, deleted.stderr
    gone = server.run("dataset", "show", dataset)
    assert gone.returncode == REFUSED and dataset in gone.stderr
    again = server.run("dataset", "create", "From a file", "--from", folder / "a.parquet")
    assert again.returncode == REFUSED and "LG-1401-400" in again.stderr
    assert "Choose another name" in again.stderr and "--schema ID" in again.stderr
    (schema,) = {fact["$id"] for fact in json.loads(server.run("schema", "list", "--json").stdout) if fact["title"] == "From a file"}
    assert server.run("dataset", "create", "From a file", "--schema", schema).returncode == DONE


def test_dataset_of_a_schema(server, lake):
    schema = lake.adhoc_schema("Of a schema", files.PROPERTIES)
    created = server.run("dataset", "create", "Of a schema", "--schema", schema, "--description", "A sentence.")
    assert created.returncode == DONE, created.stderr
    assert schema in created.stdout


def test_names_that_two_datasets_bear(server, lake):
    schema = lake.adhoc_schema("Twins", files.PROPERTIES)
    twins = [lake.dataset("Twins", schema) for _ in range(2)]
    ran = server.run("dataset", "show", "Twins")
    assert ran.returncode == REFUSED
    assert all(twin in ran.stderr for twin in twins)
    assert server.run("dataset", "show", twins[0]).returncode == DONE


def test_a_file_that_makes_no_schema(server, tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"nothing")
    ran = server.run("dataset", "create", "Nothing", "--from", tmp_path / "x.parquet")
    assert ran.returncode == REFUSED and "x.parquet" in ran.stderr


def test_schemas(server, lake):
    schema = lake.adhoc_schema("Listed schema", files.PROPERTIES)
    listed = server.run("schema", "list")
    assert listed.returncode == DONE and "Listed schema" in listed.stdout and schema in listed.stdout
    assert any(entry["$id"] == schema for entry in json.loads(server.run("schema", "list", "--json").stdout))
    shown = json.loads(server.run("schema", "show", schema).stdout)
    assert shown["title"] == "Listed schema"
    full = json.loads(server.run("schema", "show", schema, "--full").stdout)
    assert "allOf" not in full
    library = json.loads(server.run("schema", "list", "--global", "--json").stdout)
    assert {"classes", "fieldgroups", "datatypes"} <= {entry["type"] for entry in library}
    profile = "https://ns.adobe.com/xdm/context/profile"
    assert re.search(rf"^classes +XDM Individual Profile +\S+ +{profile}$", server.run("schema", "list", "--global").stdout, re.MULTILINE)
    assert json.loads(server.run("schema", "show", profile).stdout)["$id"] == profile
    missing = server.run("schema", "show", "https://ns.adobe.com/none")
    assert missing.returncode == REFUSED


# -- push ---------------------------------------------------------------------------------------------------------------


def test_push_a_folder(server, lake, folder):
    dataset = lake.dataset_of("Folder", files.PROPERTIES)
    ran = server.run("push", folder, "--dataset", dataset)
    assert ran.returncode == DONE, ran.stderr
    assert re.match(r"batch \w+: active, 30 rows", ran.stdout)
    assert "uploaded day=1/c.parquet" in ran.stderr and "3 of 3" in ran.stderr
    assert "\x1b" not in ran.stderr
    assert ids(server, lake, dataset) == list(range(1, 31))


def test_push_a_pattern(server, lake, folder):
    dataset = lake.dataset_of("Pattern", files.PROPERTIES)
    ran = server.run("push", folder / "[ab].parquet", "--dataset", dataset, "--json")
    assert ran.returncode == DONE, ran.stderr
    batch = json.loads(ran.stdout)
    assert batch["status"] == "active" and batch["recordCount"] == 20
    assert ids(server, lake, dataset) == list(range(1, 21))


def test_push_in_parts(server, lake, tmp_path):
    dataset = lake.dataset_of("Parts", files.PROPERTIES)
    (tmp_path / "big.parquet").write_bytes(files.noise(1, 40_000))
    (tmp_path / "small.parquet").write_bytes(files.numbered(100_001, 5))
    ran = server.run("push", tmp_path / "big.parquet", tmp_path / "small.parquet", "--dataset", dataset, "--part-size", "100KB", "--parallel", "3")
    assert ran.returncode == DONE, ran.stderr
    assert ids(server, lake, dataset) == [*range(1, 40_001), *range(100_001, 100_006)]


def test_push_bad_data(server, dataset, tmp_path):
    (tmp_path / "good.parquet").write_bytes(files.numbered(1, 3))
    (tmp_path / "bad.parquet").write_bytes(files.numbered(1, 3).replace(b"text", b"tixt"))
    ran = server.run("push", tmp_path, "--dataset", dataset)
    assert ran.returncode == BATCH_FAILED
    assert ": failed" in ran.stdout
    assert re.search(r"CODE +FILE +COLUMN +ROWS +FOUND +EXPECTED", ran.stdout)
    assert "bad.parquet" in ran.stdout and "tixt" in ran.stdout
    failed = json.loads(server.run("batch", "list", "--status", "failed", "--dataset", dataset, "--json").stdout)
    shown = server.run("batch", "show", next(iter(failed)))
    assert shown.returncode == DONE and "bad.parquet" in shown.stdout


@pytest.mark.parametrize("sources, says", [
    (["missing.parquet"], "missing.parquet"), (["none-*.parquet"], "none-*.parquet"),
])  # fmt: skip
def test_push_nothing(server, dataset, tmp_path, sources, says):
    ran = server.run("push", *[tmp_path / source for source in sources], "--dataset", dataset)
    assert ran.returncode == REFUSED and says in ran.stderr


def test_push_to_nowhere(server, folder):
    ran = server.run("push", folder, "--dataset", "No such dataset")
    assert ran.returncode == REFUSED and "No such dataset" in ran.stderr


def test_push_without_waiting(server, lake, dataset, folder):
    ran = server.run("push", folder / "a.parquet", "--dataset", dataset, "--no-wait", "--json")
    assert ran.returncode == DONE, ran.stderr
    batch = json.loads(ran.stdout)["id"]
    waited = server.run("batch", "wait", batch)
    assert waited.returncode == DONE and "active" in waited.stdout
    again = server.run("push", folder / "a.parquet", "--dataset", dataset, "--json")
    assert json.loads(again.stdout)["id"] != batch


def test_an_interrupted_push_goes_on(server, lake, tmp_path):
    """Killed somewhere on its way, the same command ends in one active batch with every row once."""
    dataset = lake.dataset_of("Interrupted", files.PROPERTIES)
    (tmp_path / "big.parquet").write_bytes(files.noise(1, 60_000))
    words = ["push", tmp_path / "big.parquet", "--dataset", dataset, "--part-size", "64KiB", "--parallel", "2"]
    home = server.folder.with_name(server.folder.name + ".home")
    server.run("token")  # writes the credentials of this home
    environment = server.environment(HOME=str(home), XDG_STATE_HOME=str(home), LAKEGATE_URL=server.url,
                                     LAKEGATE_CREDENTIALS=str(home / "credentials.json"))
    process = subprocess.Popen([str(word) for word in (server.program, *words)], env=environment, stderr=subprocess.PIPE, text=True)
    begun = process.stderr.readline()
    batch = begun.split()[1]
    head = lambda: lake.send("HEAD", lake.file_path(batch, dataset, "big.parquet")).headers.get("Range")  # noqa: E731
    wait_for(head, what="the first part")
    process.kill()
    process.wait()
    process.stderr.close()
    assert lake.batch(batch)["status"] == "loading"
    ran = server.run(*words)
    assert ran.returncode == DONE, ran.stderr
    assert f"batch {batch}, taken up again" in ran.stderr
    assert ids(server, lake, dataset) == list(range(1, 60_001))
    afresh = server.run(*words)
    assert batch not in afresh.stdout and afresh.returncode == DONE


def test_bars_on_a_terminal(server, dataset, folder):
    primary, secondary = pty.openpty()
    home = server.folder.with_name(server.folder.name + ".home")
    server.run("token")
    environment = server.environment(HOME=str(home), XDG_STATE_HOME=str(home), LAKEGATE_URL=server.url, TERM="xterm",
                                     LAKEGATE_CREDENTIALS=str(home / "credentials.json"))
    process = subprocess.Popen([str(server.program), "push", str(folder), "--dataset", dataset], env=environment,
                               stdout=subprocess.PIPE, stderr=secondary, text=True)
    os.close(secondary)
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([primary], [], [], 1)[0]:
            try:
                shown += os.read(primary, 65536)
            except OSError:  # the other side is closed
                break
    result = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=60) == DONE
    os.close(primary)
    assert b"[########################] 100%" in shown and b"\x1b[" in shown
    assert "active, 30 rows" in result


# -- batches ------------------------------------------------------------------------------------------------------------


def test_batch_list_and_show(server, lake, dataset):
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 7)})
    listed = server.run("batch", "list", "--dataset", "Cli rows", "--limit", "3")
    assert listed.returncode == DONE, listed.stderr
    assert re.search(rf"^{batch} +active +20\d\d-.*Z +{dataset} +7 ", listed.stdout, re.MULTILINE)
    assert json.loads(server.run("batch", "show", batch, "--json").stdout)["id"] == batch
    missing = server.run("batch", "show", "nothing")
    assert missing.returncode == REFUSED and "nothing" in missing.stderr


def test_batch_revert(server, lake):
    dataset = lake.dataset_of("Reverted", files.PROPERTIES)
    batch = lake.load(dataset, {"a.parquet": files.numbered(1, 7)})
    ran = server.run("batch", "revert", batch)
    assert ran.returncode == DONE, ran.stderr
    assert ids(server, lake, dataset) == []


def test_batch_abort_and_wait(server, lake, dataset):
    batch = lake.create_batch(dataset)
    late = server.run("batch", "wait", batch, "--timeout", "1")
    assert late.returncode == UNREACHABLE and "loading" in late.stderr
    ran = server.run("batch", "abort", batch)
    assert ran.returncode == DONE and "aborted" in ran.stdout
    assert server.run("batch", "wait", batch).returncode == BATCH_FAILED
    active = lake.load(dataset, {"a.parquet": files.numbered(1, 7)})
    refused = server.run("batch", "abort", active)
    assert refused.returncode == REFUSED and "active" in refused.stderr
