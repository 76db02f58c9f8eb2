package main

import (
	"fmt"
	"net/http"
	"os"

	marathon "github.com/gambol99/go-marathon"
)

const sound = "/clients/sound"

// What the health of tasks causes and the client decodes.
const wantedOfHealth = marathon.EventIDAddHealthCheck | marathon.EventIDRemoveHealthCheck |
	marathon.EventIDFailedHealthCheck | marathon.EventIDChangedHealthCheck | marathon.EventIDStatusUpdate |
	marathon.EventIDDeploymentSuccess | marathon.EventIDDeploymentFailed

func httpCheck(path string, gracePeriodSeconds int) marathon.HealthCheck {
	check := marathon.HealthCheck{Protocol: "HTTP", GracePeriodSeconds: gracePeriodSeconds, IntervalSeconds: 1, TimeoutSeconds: 1}
	return check.SetPath(path).SetPortIndex(0).SetMaxConsecutiveFailures(4)
}

// soundApp has two checks, since the client knows no readiness checks: a task becomes healthy when it is ready too.
func soundApp(command, stage string) *marathon.Application {
	return app(sound, 1).Command(command).AddEnv("STAGE", stage).
		AddHealthCheck(httpCheck("/health", 10)).AddHealthCheck(httpCheck("/ready", 300))
}

func soundIDs() map[string]bool {
	found := map[string]bool{}
	for _, task := range must(client.Tasks(sound)).Tasks {
		found[task.ID] = true
	}
	return found
}

func counts(of *marathon.Application) []int {
	return []int{of.TasksRunning, of.TasksHealthy, of.TasksUnhealthy}
}

// startSound waits with the client's own helpers: for tasks that run, and for deployments, which wait for health.
func startSound(command, readyFile string) {
	created := must(client.CreateApplication(soundApp(command, "test")))
	check(client.WaitOnApplication(sound, limit))
	deployment := created.DeploymentIDs()[0].DeploymentID
	seen["deployments of the unhealthy"] = must(client.Deployments())
	seen["has the deployment"] = must(client.HasDeployment(deployment))
	seen["waited in vain"] = client.WaitOnDeployment(deployment, pause).Error()
	check(os.WriteFile(readyFile, nil, 0o600))
	check(client.WaitOnDeployment(deployment, limit))
	seen["healthy"] = must(client.ApplicationOK(sound))
	seen["app"] = must(client.Application(sound))
}

// upgrading begins an upgrade that ends only when the ready file is there again, and waits until its task runs.
func upgrading(command, stage string) *marathon.DeploymentID {
	deployment := must(client.UpdateApplication(soundApp(command, stage), false))
	waitUntil("the upgrade's task", func() bool { return must(client.Application(sound)).TasksRunning == 2 })
	return deployment
}

func cancelUpgrade(command, readyFile string) {
	check(os.Remove(readyFile))
	before := must(client.Tasks(sound)).Tasks[0].ID
	updated := upgrading(command, "wrong")
	seen["updated"] = updated
	seen["deployments of the upgrade"] = must(client.Deployments())
	seen["deployments of the app"] = must(client.ApplicationDeployments(sound))
	_, err := client.ScaleApplicationInstances(sound, 2, false)
	refused("locked", err)
	cancelled := must(client.DeleteDeployment(updated.DeploymentID, false))
	seen["kept while it rolls back"] = soundIDs()[before]
	check(os.WriteFile(readyFile, nil, 0o600))
	done("cancelled", cancelled, nil)
	after := must(client.Application(sound))
	seen["after the rollback"] = []any{(*after.Env)["STAGE"], len(after.Tasks)}
	_, err = client.DeleteDeployment(updated.DeploymentID, false)
	refused("cancelled again", err)
}

func forceUpgrade(command, readyFile string) {
	check(os.Remove(readyFile))
	former := upgrading(command, "slow")
	seen["forced over"] = former
	deployment := must(client.UpdateApplication(soundApp(command, "prod"), true))
	seen["the former still runs"] = must(client.HasDeployment(former.DeploymentID))
	check(os.WriteFile(readyFile, nil, 0o600))
	done("forced", deployment, nil)
	after := must(client.Application(sound))
	seen["after the forced"] = []any{(*after.Env)["STAGE"], len(after.Tasks)}
}

func sicken() {
	task := must(client.Tasks(sound)).Tasks[0]
	seen["sickened"] = task.ID
	answer := must(http.Get(fmt.Sprintf("http://%s:%d/sicken", task.Host, task.Ports[0])))
	check(answer.Body.Close())
	var sick *marathon.Application
	waitUntil("an unhealthy task", func() bool {
		sick = must(client.Application(sound))
		return sick.TasksUnhealthy == 1
	})
	seen["sick"] = []any{counts(sick), sick.Tasks[0].HealthCheckResults}
	seen["sick is ok"] = must(client.ApplicationOK(sound))
	waitUntil("a healthy task in its place", func() bool {
		return must(client.Application(sound)).TasksHealthy == 1 && !soundIDs()[task.ID]
	})
	after := must(client.Application(sound))
	seen["in its place"] = counts(after)
	seen["last failure"] = after.LastTaskFailure
}

// health leads processes of `command` through health and the deployments that wait for it. The command is a server
// with /health, which fails for good once /sicken was asked for, and /ready, which fails until the file is there.
func health(command, readyFile string) {
	told := follow(wantedOfHealth)
	startSound(command, readyFile)
	cancelUpgrade(command, readyFile)
	forceUpgrade(command, readyFile)
	sicken()
	last, err := client.DeleteApplication(sound, false)
	done("deleted", last, err)
	waitUntil("the end on the stream", func() bool { return told.hasEnded(last.DeploymentID) })
	seen["events"] = told.all()
	seen["apps at the end"] = must(client.ListApplications(nil))
}
