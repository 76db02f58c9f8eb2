"""Leads a system through an app's life with PyPI's `marathon`, and prints as JSON what the client saw.

    python marathon_python.py http://127.0.0.1:8080

The system has to be empty at the beginning, and is at the end. Nothing is judged here: a refusal is printed as its
exception. It ends with an error when the system does not come to rest in time.
"""

from client_run import client, follow, print_seen, rest, see, see_refusal, seen, wait_until
from marathon.models import MarathonApp, MarathonGroup
from marathon.models.app import PortDefinition

# All that this run causes and the client can read: of the types with a plan it wants a full one, as of Marathon before 1.8.
EVENT_TYPES = [
    "event_stream_attached",
    "api_post_event",
    "status_update_event",
    "instance_changed_event",
    "group_change_success",
    "deployment_success",
    "deployment_failed",
    "app_terminated_event",
]
WEB = "/clients/web"
GREEDY = "/clients/greedy"


def task_ids():
    return {task.id for task in client.list_tasks(WEB)}


def system():
    see("ping", client.ping().decode())
    see("info", client.get_info())
    see("leader", client.get_leader())
    see("metrics", sorted(client.get_metrics()))
    see_refusal("callbacks", client.list_event_subscriptions)


def an_app():
    return MarathonApp(
        cmd="sleep 1000",
        cpus=0.1,
        mem=16,
        instances=2,
        env={"STAGE": "test"},
        labels={"team": "web"},
        port_definitions=[PortDefinition(port=0, protocol="tcp", name="http")],
    )


def create():
    see("created", client.create_app(WEB, an_app()))
    rest("create_app")
    see_refusal("created twice", lambda: client.create_app(WEB, an_app()))
    see_refusal("created wrong", lambda: client.create_app("/clients/wrong", MarathonApp(cmd="x", cpus=-1)))
    see("app", client.get_app(WEB, embed_task_stats=True))
    see("apps", [app.id for app in client.list_apps(cmd="sleep", label="team==web", app_id="web")])
    see("apps with tasks", {app.id: len(app.tasks) for app in client.list_apps(embed_tasks=True, embed_counts=True)})
    see("no apps", client.list_apps(label="team!=web"))
    see_refusal("missing app", lambda: client.get_app("/clients/missing"))
    see("tasks", client.list_tasks(WEB))
    see("service ports of all tasks", [task.service_ports for task in client.list_tasks()])
    see("endpoints", [f"{end.app_id} {end.service_port} {end.task_id}" for end in client.list_endpoints()])


def change():
    first = client.get_app(WEB).version
    see("scaled", client.scale_app(WEB, instances=3))
    rest("scale_app to 3")
    see("scaled by -1", client.scale_app(WEB, delta=-1))
    rest("scale_app by -1")
    see("updated", client.update_app(WEB, MarathonApp(env={"STAGE": "prod"})))
    rest("update_app")
    see("updated list", client.update_apps([MarathonApp(id=WEB, labels={"team": "shop"})]))
    rest("update_apps")
    before = task_ids()
    see("restarted", client.restart_app(WEB))
    rest("restart_app")
    see("kept by the restart", sorted(before & task_ids()))
    versions = see("versions", client.list_versions(WEB))
    see("definitions", [
        {"instances": app.instances, "env": app.env, "labels": app.labels}
        for app in (client.get_version(WEB, version) for version in versions)
    ])
    see("rolled back", client.rollback_app(WEB, first))
    rest("rollback_app")
    see("after the rollback", {"env": client.get_app(WEB).env, "labels": client.get_app(WEB).labels})


def replaced(killed):
    wait_until(f"another task than {killed}", lambda: len(task_ids() - killed) == 2 and not task_ids() & killed)
    wait_until("two running tasks", lambda: client.get_app(WEB).tasks_running == 2)


def kill():
    victim = client.list_tasks(WEB)[0]
    see("killed the one asked for", client.kill_task(WEB, victim.id).id == victim.id)
    replaced({victim.id})
    before = task_ids()
    see("killed all", sorted(task.id for task in client.kill_tasks(WEB)) == sorted(before))
    replaced(before)
    see("killed and scaled", client.kill_given_tasks([client.list_tasks(WEB)[0].id], scale=True))
    rest("kill_given_tasks with scale")
    see("instances after the kills", client.get_app(WEB).instances)


def wait_in_queue():
    """An app that fits on no agent: its deployment stays, locks it, and is cancelled."""
    client.create_app(GREEDY, MarathonApp(cmd="sleep 1000", cpus=1000, mem=16))
    deployment = see("deployments", client.list_deployments())[0]
    wait_until("a refusal of an agent", lambda: any(refusals(item) for item in queue()))
    see_refusal("typed queue", client.list_queue)
    see("queue", queue())
    client.reset_delay(GREEDY)
    see_refusal("locked", lambda: client.scale_app(GREEDY, instances=2))
    see("forced", client.scale_app(GREEDY, instances=2, force=True))
    see("the former still runs", deployment.id in [other.id for other in client.list_deployments()])
    see("ended", client.delete_deployment(client.list_deployments()[0].id, force=True))
    rest("delete_deployment with force")
    see("deleted while it waits", client.delete_app(GREEDY))
    rest("delete_app of what waits")


def queue():
    """The queue past the client's model, which has no place for the `role` of Marathon 1.9 and later."""
    items = client._do_request("GET", "/v2/queue").json()["queue"]
    return [{"id": item["app"]["id"], **{key: item[key] for key in item if key != "app"}} for item in items]


def refusals(item):
    return item["processedOffersSummary"]["unusedOffersCount"] > 0


def groups():
    tree = MarathonGroup(id="/clients/tree", apps=[MarathonApp(id="leaf", cmd="sleep 1000", cpus=0.1, mem=16)])
    version = see("group created", client.create_group(tree))["version"]
    rest("create_group")
    see("group", client.get_group("/clients/tree"))
    see_refusal("groups", client.list_groups)
    see("group scaled", client.scale_group("/clients/tree", 2))
    rest("scale_group")
    see("leaf after the scaling", client.get_app("/clients/tree/leaf").instances)
    see("group updated", client.update_group("/clients/tree", MarathonGroup(dependencies=[WEB])))
    rest("update_group")
    see("dependencies", client.get_group("/clients/tree").dependencies)
    see_refusal("group rolled back", lambda: client.rollback_group("/clients/tree", version))
    see("group deleted", client.delete_group("/clients/tree"))
    rest("delete_group")
    see_refusal("missing group", lambda: client.get_group("/clients/tree"))


def main():
    events = follow(EVENT_TYPES)
    system()
    create()
    change()
    kill()
    wait_in_queue()
    groups()
    see("deleted", client.delete_app(WEB))
    rest("delete_app")
    wait_until("the app's end on the stream", lambda: is_told(seen["deleted"]["deploymentId"], events))
    see("events", events)
    see_refusal("plans on the typed stream", lambda: next(unread_plan()))
    see("apps at the end", client.list_apps())
    see("abdicated", client.delete_leader())
    print_seen()


def is_told(deployment_id, events):
    return any(getattr(event, "id", None) == deployment_id for event in events)


def unread_plan():
    """The first event with a plan, caused when the stream is there."""
    stream = client.event_stream(event_types=["event_stream_attached", "deployment_info"])
    next(stream)
    client.create_app("/clients/last", MarathonApp(cmd="sleep 1000", instances=0))
    rest("create_app without instances")
    client.delete_app("/clients/last")
    rest("delete_app without instances")
    return stream


main()
