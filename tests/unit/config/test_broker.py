"""Celery's settings: what the protocol of the ledger rests on."""

import pytest

from config.broker import QUEUES, celery_settings

SETTINGS = celery_settings("redis://:secret@broker.example:6379/0")


def test_messages_are_json_only_and_acknowledged_late_one_at_a_time() -> None:
    assert SETTINGS["accept_content"] == ["json"]
    assert SETTINGS["task_serializer"] == SETTINGS["event_serializer"] == "json"
    assert SETTINGS["task_acks_late"] is True
    assert SETTINGS["worker_prefetch_multiplier"] == 1


def test_task_events_are_on_for_flower() -> None:
    assert SETTINGS["worker_send_task_events"] is True
    assert SETTINGS["task_send_sent_event"] is True
    assert SETTINGS["task_track_started"] is True


def test_no_result_lies_about_in_redis() -> None:
    assert SETTINGS["result_backend"] is None
    assert SETTINGS["task_ignore_result"] is True


def test_a_black_holed_redis_is_noticed() -> None:
    options = SETTINGS["broker_transport_options"]
    assert 0 < options["socket_timeout"] <= 10
    assert options["health_check_interval"] > 0
    assert options["socket_keepalive"] is True


def test_keepalive_is_left_alone_on_a_unix_socket() -> None:
    options = celery_settings("redis+socket:///run/valkey.sock")["broker_transport_options"]
    assert options["socket_keepalive"] is False


def test_there_is_one_queue_for_each_role_and_no_other() -> None:
    assert set(SETTINGS["task_queues"]) == set(QUEUES) == {"articles", "images", "listings", "control", "suspects"}
    assert SETTINGS["task_create_missing_queues"] is False


@pytest.mark.parametrize("name", ["task_time_limit", "task_soft_time_limit", "worker_max_tasks_per_child"])
def test_what_has_no_effect_on_threads_is_not_pretended(name: str) -> None:
    assert name not in SETTINGS


def test_the_application_takes_these_settings_and_knows_the_contracts_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.article
    import tasks.images
    import tasks.ledger
    from tasks.celery import app

    names = {tasks.article.ingest.name, tasks.images.fetch.name, tasks.ledger.report.name, tasks.ledger.reconcile.name}
    assert names == {"tasks.article.ingest", "tasks.images.fetch", "tasks.ledger.report", "tasks.ledger.reconcile"}
    assert names <= set(app.tasks)


def test_the_tick_that_opens_slots_does_not_expire_by_the_clock_of_another_machine() -> None:
    assert "expires" not in SETTINGS["beat_schedule"]["crawl"].get("options", {})


def test_what_the_clock_sends_loses_its_worth_and_goes_to_the_control_process() -> None:
    from fnmatch import fnmatch

    from config.broker import CONTROL, ROUTES

    assert {entry["task"] for entry in SETTINGS["beat_schedule"].values()} == {
        "tasks.crawl.tick",
        "tasks.ledger.reconcile",
        "tasks.ledger.report",
    }
    for entry in SETTINGS["beat_schedule"].values():
        assert entry["schedule"] <= entry.get("options", {}).get("expires", 60) <= 60, entry["task"]
        assert [route["queue"] for pattern, route in ROUTES.items() if fnmatch(entry["task"], pattern)] == [CONTROL]
