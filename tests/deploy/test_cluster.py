"""Laws of deploy/cluster: no engine runs it here, so it is read: each setting, command and name in it is there."""

import os
import re
import signal
import subprocess
import time

import pytest
import yaml

import crawler.settings
from archive import cli
from archive.rfi.editions import BY_SPIDER
from archive.terminal import usage
from tests.deploy.reading import DEPLOY, ROOT, run

COMPOSE = yaml.safe_load((DEPLOY / "cluster/compose.yaml").read_text("utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "cluster/kubernetes.yaml").read_text("utf-8")))
IMAGE = "rfi-archive-cluster"
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == IMAGE}
AWS = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}
"""What botocore reads by itself."""
LOOP = {"PAUSE", "WORDS"}
"""What the loop of a worker reads."""
SHARED = {"CONTACT", "QUEUE_URL", "INDEX_URL", "STORE_URL"}


def pods():
    """Give the pods of kubernetes.yaml by the names of what starts them."""
    for one in KUBERNETES:
        spec = one["spec"].get("jobTemplate", one)["spec"].get("template")
        if spec:
            yield one["metadata"]["name"], one, spec["spec"]


def containers():
    return [(name, container) for name, _, pod in pods() for container in pod["containers"]]


def _commands():
    """Give the commands of all of our containers, as they are run there."""
    for one in OURS.values():
        yield [word.replace("$$", "$") for word in one["command"]]
    for _, container in containers():
        yield container["command"]


COMMANDS = [*_commands()]


def test_each_setting_is_one():
    """Law: whatever is set for a worker is a setting of the crawler, or read by S3's client or the worker's loop."""
    named = {name for one in OURS.values() for name in one["environment"]}
    named |= {variable["name"] for _, container in containers() for variable in container.get("env", ())}
    secret = re.findall(r"[A-Z_]{4,}", (DEPLOY / "cluster/kubernetes.yaml").read_text("utf-8").split("\n")[2])

    assert {name for name in named if not hasattr(crawler.settings, name)} == AWS | LOOP
    assert named >= SHARED
    assert {*secret} == SHARED | AWS


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_each_command_is_one(words):
    """Law: every command is scrapy's for a spider that there is, a verb with words that it takes, or a script that a shell reads."""
    if words[0] == "/bin/sh":
        assert run(*words[:1], "-n", *words[1:]).returncode == 0
        assert set(re.findall(r"\b(rfi_\w+)", words[2])) == set(BY_SPIDER)
    elif words[0] == "rfi-archive":
        assert words[1] in usage.VERBS
        assert cli._parser().parse_args(words[1:]).verb == words[1]
    else:
        assert words[:2] == ["scrapy", "crawl"]
        assert words[2] in BY_SPIDER


def test_each_name_is_given():
    """Law: whatever a service waits for or keeps its files in is there; images are ours or named with what they are."""
    services, volumes = COMPOSE["services"], COMPOSE["volumes"]
    for one in services.values():
        assert set(one.get("depends_on", ())) <= services.keys()
        assert {volume.split(":")[0] for volume in one.get("volumes", ())} <= volumes.keys()
        assert "healthcheck" in services["redis"] or "redis" not in one.get("depends_on", ())
    build = COMPOSE["x-archiver"]["build"]
    assert (ROOT / build["dockerfile"]).exists()
    assert f"ARG {next(iter(build['args']))}=" in (ROOT / build["dockerfile"]).read_text("utf-8")
    assert (ROOT / f"requirements/{build['args']['PINS']}.txt").read_text("utf-8").count("scrapy-redis==")
    claims = {one["metadata"]["name"] for one in KUBERNETES if one["kind"] == "PersistentVolumeClaim"}
    for _, whole, pod in pods():
        given = {volume["name"] for volume in pod.get("volumes", ())}
        given |= {claim["metadata"]["name"] for claim in whole["spec"].get("volumeClaimTemplates", ())}
        assert {mount["name"] for one in pod["containers"] for mount in one["volumeMounts"]} <= given
        named = {
            v["persistentVolumeClaim"]["claimName"] for v in pod.get("volumes", ()) if "persistentVolumeClaim" in v
        }
        assert named <= claims


def test_who_writes_keeps_its_volume():
    """Law: whoever records has a disk that outlives its process; all run as the image's user, and end in order."""
    for name, whole, pod in pods():
        assert pod["securityContext"]["runAsUser"] == 10001
        if any("serve" in one["command"] for one in pod["containers"]):
            continue
        assert pod["terminationGracePeriodSeconds"] >= 10, name
        assert "volumeClaimTemplates" in whole["spec"] or "persistentVolumeClaim" in pod["volumes"][0]
    selectors = [
        (one["spec"]["selector"]["matchLabels"], one["spec"]["template"]["metadata"]["labels"])
        for one in KUBERNETES
        if "selector" in one["spec"]
    ]
    assert selectors
    assert all(wanted == has for wanted, has in selectors)


def test_the_secret_stands_nowhere():
    """Law: passwords come from outside; without one nothing is started."""
    text = (DEPLOY / "cluster/compose.yaml").read_text("utf-8")
    assert set(re.findall(r"\$\{([A-Z_0-9]+):\?\}", text)) == {
        "CONTACT",
        "REDIS_PASSWORD",
        "POSTGRES_PASSWORD",
        "S3_PASSWORD",
    }
    assert not re.findall(r"(?i)(?:password|secret\w*key)\w*: (?!\$\{)", text)


@pytest.mark.slow
@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] == "/bin/sh"], ids=["beat", "worker", "pod"])
def test_a_worker_that_is_told_to_stop_ends_its_crawl(words, tmp_path):
    """Law: the loop goes on after a crawl has ended; told to stop, it lets the crawl under way end in order, and begins no other."""
    fake = tmp_path / "scrapy"
    fake.write_text(
        f"""#!/bin/sh
echo "$@" >>{tmp_path}/said
trap 'sleep 0.2; echo ended >>{tmp_path}/said; exit 0' TERM
test "$(wc -l <{tmp_path}/said)" -lt 3 && exit 1
while :; do sleep 0.05; done
"""
    )
    fake.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PAUSE": "0.1", "WORDS": "-a discover=frontier"}
    with subprocess.Popen(words, env=env) as loop:
        end = time.monotonic() + 20
        while not (tmp_path / "said").exists() or (tmp_path / "said").read_text().count("\n") < 3:
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(0.2)
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(20) == 0

    begun = [f"crawl {spider} -a discover=frontier" for spider in ("rfi_cn", "rfi_tw", "rfi_cn")]
    assert (tmp_path / "said").read_text().splitlines() == [*begun, "ended"]
