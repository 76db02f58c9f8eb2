// Leads a system through an app's life with go-marathon, and prints as JSON what the client saw; with a server's
// command and the file that makes it ready, through the health of real processes.
//
//	go run . http://127.0.0.1:8080 [COMMAND READY_FILE]
//
// The system has to be empty at the beginning, and is at the end. Nothing is judged here: a refusal is printed as its
// error. It ends with an error when a call fails that should not, or the system does not come to rest in time.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	marathon "github.com/gambol99/go-marathon"
)

const (
	limit  = 30 * time.Second
	pause  = 50 * time.Millisecond
	web    = "/clients/web"
	greedy = "/clients/greedy"
	tree   = "/clients/tree"
	leaf   = tree + "/leaf"
)

// What an app's life causes and the client decodes.
const wantedOfLife = marathon.EventIDAPIRequest | marathon.EventIDStatusUpdate | marathon.EventIDAppTerminated |
	marathon.EventIDGroupChangeSuccess | marathon.EventIDDeploymentInfo | marathon.EventIDDeploymentStepSuccess |
	marathon.EventIDDeploymentSuccess | marathon.EventIDDeploymentFailed

var (
	client marathon.Marathon
	seen   = map[string]any{}
)

type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// must ends the run at an error that the client should not have met.
func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// refused keeps the error that the client makes of an answer.
func refused(name string, err error) {
	switch told := err.(type) {
	case nil:
		panic(name + ": not refused")
	case *marathon.APIError:
		seen[name] = refusal{told.ErrCode, told.Error()}
	default:
		seen[name] = told.Error()
	}
}

func waitUntil(what string, holds func() bool) {
	for end := time.Now().Add(limit); !holds(); time.Sleep(pause) {
		if time.Now().After(end) {
			panic(fmt.Sprintf("waited %s for %s", limit, what))
		}
	}
}

// journal holds the events of a subscription in the order in which the client handed them on, which is no order: it has
// a goroutine for each.
type journal struct {
	sync.Mutex
	events []any
	ended  map[string]bool
}

// follow subscribes; the process's end ends it.
func follow(wanted int) *journal {
	channel := must(client.AddEventsListener(wanted))
	told := &journal{ended: map[string]bool{}}
	go func() {
		for event := range channel {
			told.Lock()
			told.events = append(told.events, event.Event)
			if success, ok := event.Event.(*marathon.EventDeploymentSuccess); ok {
				told.ended[success.ID] = true
			}
			told.Unlock()
		}
	}()
	return told
}

func (told *journal) hasEnded(deployment string) bool {
	told.Lock()
	defer told.Unlock()
	return told.ended[deployment]
}

func (told *journal) all() []any {
	told.Lock()
	defer told.Unlock()
	return append([]any{}, told.events...)
}

// done waits for the end of a deployment, as the API lists them.
func done(name string, deployment *marathon.DeploymentID, err error) {
	check(err)
	seen[name] = deployment
	check(client.WaitOnDeployment(deployment.DeploymentID, limit))
}

func app(id string, instances int) *marathon.Application {
	return new(marathon.Application).Name(id).Command("sleep 1000").CPU(0.1).Memory(16).Count(instances).
		AddEnv("STAGE", "test").AddLabel("team", "web").
		AddPortDefinition(marathon.PortDefinition{Protocol: "tcp", Name: "http", Port: new(int)})
}

func system() {
	seen["ping"] = must(client.Ping())
	info := must(client.Info())
	seen["info"] = []any{info.Name, info.Version, info.Leader, info.HTTPConfig.HTTPPort, info.MarathonConfig.LocalPortMin}
	seen["leader"] = must(client.Leader())
	_, err := client.Subscriptions()
	refused("callbacks", err)
}

func create() {
	created := must(client.CreateApplication(app(web, 2)))
	seen["deployments of the created"] = len(created.DeploymentIDs())
	check(client.WaitOnApplication(web, limit))
	check(client.WaitOnDeployment(created.DeploymentIDs()[0].DeploymentID, limit))
	_, err := client.CreateApplication(app(web, 2))
	refused("created twice", err)
	_, err = client.CreateApplication(app("/clients/wrong", 1).CPU(-1))
	refused("created wrong", err)
	_, err = client.Application("/clients/missing")
	refused("missing app", err)
	seen["app"] = must(client.Application(web))
	stats := must(client.ApplicationBy(web, &marathon.GetAppOpts{Embed: []string{"app.taskStats"}})).TaskStats
	seen["running by the stats"] = stats["totalSummary"].Stats.Counts["running"]
	seen["ok"] = must(client.ApplicationOK(web))
	seen["apps"] = must(client.ListApplications(url.Values{"label": {"team==web"}}))
	seen["no apps"] = must(client.ListApplications(url.Values{"cmd": {"nothing"}}))
	seen["tasks"] = must(client.Tasks(web)).Tasks
	all := must(client.AllTasks(&marathon.AllTasksOpts{Status: "running"})).Tasks
	seen["service ports of all tasks"] = [][]int{all[0].ServicePorts, all[1].ServicePorts}
}

func change() {
	first := must(client.Application(web)).Version
	deployment, err := client.ScaleApplicationInstances(web, 3, false)
	done("scaled", deployment, err)
	deployment, err = client.UpdateApplication(app(web, 2).AddEnv("STAGE", "prod"), false)
	done("updated", deployment, err)
	deployment, err = client.RestartApplication(web, false)
	done("restarted", deployment, err)
	versions := must(client.ApplicationVersions(web)).Versions
	seen["versions"] = versions
	definitions := []any{}
	for _, version := range versions {
		definition := must(client.ApplicationByVersion(web, version))
		definitions = append(definitions, []any{*definition.Instances, *definition.Env})
	}
	seen["definitions"] = definitions
	seen["has the first version"] = must(client.HasApplicationVersion(web, first))
	deployment, err = client.SetApplicationVersion(web, &marathon.ApplicationVersion{Version: first})
	done("rolled back", deployment, err)
	seen["after the rollback"] = must(client.Application(web)).Env
}

func ids() map[string]bool {
	found := map[string]bool{}
	for _, task := range must(client.Tasks(web)).Tasks {
		found[task.ID] = true
	}
	return found
}

// replaced waits until two tasks run and none of them was there before.
func replaced(before ...string) {
	waitUntil("other tasks", func() bool {
		now := ids()
		for _, id := range before {
			if now[id] {
				return false
			}
		}
		return len(now) == 2 && must(client.Application(web)).TasksRunning == 2
	})
}

func kill() {
	tasks := must(client.Tasks(web)).Tasks
	_, err := client.KillTask(tasks[0].ID, nil)
	refused("killed by its id alone", err)
	check(client.KillTasks([]string{tasks[0].ID}, &marathon.KillTaskOpts{}))
	replaced(tasks[0].ID)
	killed := must(client.KillApplicationTasks(web, &marathon.KillApplicationTasksOpts{})).Tasks
	seen["killed all"] = len(killed)
	replaced(killed[0].ID, killed[1].ID)
	check(client.KillTasks([]string{must(client.Tasks(web)).Tasks[0].ID}, &marathon.KillTaskOpts{Scale: true}))
	waitUntil("the end of the kill that scales", func() bool { return len(must(client.Deployments())) == 0 })
	seen["instances after the kills"] = *must(client.Application(web)).Instances
}

// waitInQueue has an app that fits on no agent: its deployment stays, locks it, and is cancelled.
func waitInQueue() {
	must(client.CreateApplication(app(greedy, 1).CPU(1000)))
	waitUntil("the queue", func() bool { return len(must(client.Queue()).Items) == 1 })
	item := must(client.Queue()).Items[0]
	seen["queue"] = []any{item.Application.ID, item.Count, item.Delay.TimeLeftSeconds}
	seen["deployments"] = must(client.Deployments())
	check(client.DeleteQueueDelay(greedy))
	_, err := client.ScaleApplicationInstances(greedy, 2, false)
	refused("locked", err)
	forced := must(client.ScaleApplicationInstances(greedy, 2, true))
	seen["forced"] = forced
	cancelled := must(client.DeleteDeployment(forced.DeploymentID, false))
	seen["cancelled"] = cancelled
	deployment, err := client.DeleteApplication(greedy, true)
	done("deleted while it waits", deployment, err)
}

func groups() {
	check(client.CreateGroup(marathon.NewApplicationGroup(tree).App(app(leaf, 1))))
	check(client.WaitOnGroup(tree, limit))
	seen["group"] = must(client.Group(tree))
	seen["has the group"] = []bool{must(client.HasGroup(tree)), must(client.HasGroup("/clients/other"))}
	top := must(client.Groups())
	seen["groups"] = []string{top.ID, top.Groups[0].ID, top.Groups[0].Groups[0].ID}
	embedded := must(client.GroupsBy(&marathon.GetGroupOpts{Embed: []string{"group.groups", "group.apps"}}))
	seen["apps of groups"] = []string{embedded.Groups[0].Apps[0].ID, embedded.Groups[0].Groups[0].Apps[0].ID}
	deployment, err := client.UpdateGroup(tree, marathon.NewApplicationGroup(tree).App(app(leaf, 2)), false)
	done("group updated", deployment, err)
	seen["leaf after the update"] = *must(client.Application(leaf)).Instances
	deployment, err = client.DeleteGroup(tree, false)
	done("group deleted", deployment, err)
	_, err = client.Group(tree)
	refused("missing group", err)
}

func life() {
	told := follow(wantedOfLife)
	system()
	create()
	change()
	kill()
	waitInQueue()
	groups()
	last, err := client.DeleteApplication(web, false)
	done("deleted", last, err)
	waitUntil("the app's end on the stream", func() bool { return told.hasEnded(last.DeploymentID) })
	seen["events"] = told.all()
	seen["apps at the end"] = must(client.ListApplications(nil))
	seen["abdicated"] = must(client.AbdicateLeader())
}

func main() {
	config := marathon.NewDefaultConfig()
	config.URL = os.Args[1]
	config.EventsTransport = marathon.EventsTransportSSE
	config.PollingWaitTime = pause
	client = must(marathon.NewClient(config))
	if len(os.Args) == 4 {
		health(os.Args[2], os.Args[3])
	} else {
		life()
	}
	check(json.NewEncoder(os.Stdout).Encode(seen))
}
