/** A task that answers 500 on /health once it was asked for /sicken, and 503 on /ready until it has seen its file. */
const server = (failures: string, readyFile: string): string => `
  const fs = require('node:fs');
  let sick = false;
  let ready = false;
  require('node:http').createServer((request, response) => {
    if (request.url === '/sicken') sick = true;
    if (request.url === '/health' && sick) fs.appendFileSync('${failures}', process.env.MESOS_TASK_ID + '\\n');
    if (request.url === '/health' && sick) response.statusCode = 500;
    if (request.url === '/ready') ready ||= fs.existsSync('${readyFile}');
    if (request.url === '/ready' && !ready) response.statusCode = 503;
    response.end();
  }).listen(process.env.PORT0);`;

/**
 * The `cmd` of an app with one port whose health and readiness a test decides: /sicken makes a task unhealthy for good,
 * `readyFile` makes ready for good those that are asked while it is there. Each failure of /health is a line with the task's id in the file `failures`.
 */
export const healthServerCommand = (failures: string, readyFile: string): string =>
  `exec '${process.execPath}' -e "${server(failures, readyFile)}"`;
