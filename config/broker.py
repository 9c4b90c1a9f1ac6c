"""How Celery uses Redis: a short pipe, in front of a ledger that holds the truth."""

from typing import Any

ARTICLES, IMAGES, LISTINGS, CONTROL, SUSPECTS = "articles", "images", "listings", "control", "suspects"
QUEUES = (ARTICLES, IMAGES, LISTINGS, CONTROL, SUSPECTS)

ROUTES = {
    "tasks.article.*": {"queue": ARTICLES},
    "tasks.images.*": {"queue": IMAGES},
    "tasks.ledger.*": {"queue": CONTROL},
    "tasks.crawl.run": {"queue": LISTINGS},
    "tasks.crawl.tick": {"queue": CONTROL},
}

# What the clock sends, whoever and however many clocks there are: doing it twice is harmless. Each message is worth nothing
# once the next ones follow; but "expires" is a point in time, which the worker's clock may have passed before the sender's, so
# that what must not stop for that goes without.
BEAT = {
    "crawl": {"task": "tasks.crawl.tick", "schedule": 5.0},  # s; a slot opens at most this late
    "reconcile": {"task": "tasks.ledger.reconcile", "schedule": 30.0, "options": {"expires": 30}},
    "report": {"task": "tasks.ledger.report", "schedule": 60.0, "options": {"expires": 60}},
}


def celery_settings(broker_url: str) -> dict[str, Any]:
    """Return Celery's configuration for *broker_url*.

    What only acts on prefork (time limits, recycling, reject_on_worker_lost) is left out: articles have a
    deadline of their own, and the supervisor recycles processes.
    """
    return {
        "broker_url": broker_url,
        "broker_transport": "tasks.transport:Transport",
        "broker_transport_options": {
            "visibility_timeout": 300,  # s; longer than an article's deadline. No message waits: later is `next_at`
            "unacked_restore_interval": 5,  # s; messages of dead consumers come back soon, the ledger drops the doubles
            "unacked_restore_throttle": 1,
            "socket_timeout": 4,  # s; without it a black-holed Redis hangs the consumer for good
            "socket_connect_timeout": 3,
            "socket_keepalive": broker_url.startswith(("redis://", "rediss://")),  # meaningless on a Unix socket
            "health_check_interval": 3,
            "client_name": "newsmill",
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_routes": ROUTES,
        "beat_schedule": BEAT,
        "task_create_missing_queues": False,
        "task_default_queue": CONTROL,
        "task_serializer": "json",
        "accept_content": ["json"],
        "event_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,  # results, progress and truth are the ledger's
        "task_acks_late": True,
        "task_acks_on_failure": True,  # a failed task's URL lives on in the ledger
        "task_publish_retry": False,  # a publish that fails is the reconciler's to repeat
        "task_track_started": True,
        "task_send_sent_event": True,
        "worker_send_task_events": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # the ledger's fence settles who did it
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_enable_remote_control": True,  # Flower's buttons
        "timezone": "UTC",
        "enable_utc": True,
    }
