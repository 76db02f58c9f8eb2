"""Leads real processes through readiness, health and the deployments that wait for them, with PyPI's `marathon`, and
prints as JSON what the client saw.

    python marathon_python_health.py http://127.0.0.1:8080 COMMAND READY_FILE

COMMAND is a server with /health, which fails for good once /sicken was asked for, and /ready, which fails until
READY_FILE is there. The system has to be empty at the beginning, and is at the end. Nothing is judged here.
"""

import pathlib
import sys
import urllib.request

from client_run import client, follow, print_seen, rest, see, see_refusal, wait_until
from marathon.models import MarathonApp
from marathon.models.app import MarathonHealthCheck, PortDefinition, ReadinessCheck

EVENT_TYPES = [
    "event_stream_attached",
    "add_health_check_event",
    "remove_health_check_event",
    "failed_health_check_event",
    "health_status_changed_event",
    "instance_health_changed_event",
    "unhealthy_task_kill_event",
    "unhealthy_instance_kill_event",
    "deployment_success",
    "deployment_failed",
]
SOUND = "/clients/sound"
COMMAND = sys.argv[2]
READY_FILE = pathlib.Path(sys.argv[3])


def an_app():
    return MarathonApp(
        cmd=COMMAND,
        cpus=0.1,
        mem=32,
        instances=1,
        env={"STAGE": "test"},
        port_definitions=[PortDefinition(port=0, protocol="tcp", name="http")],
        health_checks=[
            MarathonHealthCheck(
                protocol="HTTP",
                path="/health",
                port_index=0,
                grace_period_seconds=10,
                interval_seconds=1,
                timeout_seconds=1,
                max_consecutive_failures=4,
            )
        ],
        readiness_checks=[
            ReadinessCheck(
                name="ready",
                protocol="HTTP",
                path="/ready",
                port_name="http",
                interval_seconds=2,
                timeout_seconds=1,
                http_status_codes_for_ready=[200],
                preserve_last_response=True,
            )
        ],
    )


def the_app():
    return client.get_app(SOUND, embed_counts=True, embed_tasks=True, embed_deployments=True, embed_readiness=True)


def task_ids():
    return {task.id for task in client.list_tasks(SOUND)}


def heard():
    """What the readiness checks of the deployments heard last."""
    actions = [action for deployment in client.list_deployments() for action in deployment.current_actions]
    return [result for action in actions for result in action.readiness_check_results or []]


def unready(tasks):
    """Waits until a deployment has a task that runs, is healthy, and answers that it is not ready."""
    wait_until(f"{tasks} healthy tasks", lambda: the_app().tasks_healthy == tasks)
    wait_until(
        "an answer of an unready task",
        lambda: any("lastResponse" in result and not result["ready"] for result in heard()),
    )


def start():
    client.create_app(SOUND, an_app())
    unready(1)
    see("deployments of the unready", client.list_deployments())
    see("the unready app", the_app().readiness_check_results)
    READY_FILE.touch()
    rest("create_app")
    see("app", the_app())


def cancel():
    READY_FILE.unlink()
    before = task_ids()
    deployment_id = see("updated", client.update_app(SOUND, MarathonApp(env={"STAGE": "wrong"})))["deploymentId"]
    unready(2)
    see("deployments of the upgrade", client.list_deployments())
    see_refusal("locked", lambda: client.scale_app(SOUND, instances=2))
    see("cancelled", client.delete_deployment(deployment_id))
    see("kept while it rolls back", before <= task_ids())
    READY_FILE.touch()
    rest("delete_deployment")
    see("after the rollback", {"env": client.get_app(SOUND).env, "tasks": len(task_ids())})
    see_refusal("cancelled again", lambda: client.delete_deployment(deployment_id))


def force():
    READY_FILE.unlink()
    former = client.update_app(SOUND, MarathonApp(env={"STAGE": "slow"}))["deploymentId"]
    see("forced over", former)
    unready(2)
    see("forced", client.update_app(SOUND, MarathonApp(env={"STAGE": "prod"}), force=True))
    see("the former still runs", former in [other.id for other in client.list_deployments()])
    READY_FILE.touch()
    rest("update_app with force")
    see("after the forced", {"env": client.get_app(SOUND).env, "tasks": len(task_ids())})


def sicken():
    task = client.list_tasks(SOUND)[0]
    see("sickened", task.id)
    urllib.request.urlopen(f"http://{task.host}:{task.ports[0]}/sicken").close()
    wait_until("an unhealthy task", lambda: the_app().tasks_unhealthy == 1)
    sick = the_app()
    see("sick", {"healthy": sick.tasks_healthy, "results": sick.tasks[0].health_check_results})
    wait_until("a healthy task in its place", lambda: the_app().tasks_healthy == 1 and task.id not in task_ids())
    see("in its place", len(task_ids()))
    see("last failure", client.get_app(SOUND, embed_last_task_failure=True).last_task_failure)


def main():
    events = follow(EVENT_TYPES)
    start()
    cancel()
    force()
    sicken()
    deleted = see("deleted", client.delete_app(SOUND))["deploymentId"]
    rest("delete_app")
    wait_until("the end on the stream", lambda: any(getattr(event, "id", None) == deleted for event in events))
    see("events", events)
    see("apps at the end", client.list_apps())
    print_seen()


main()
