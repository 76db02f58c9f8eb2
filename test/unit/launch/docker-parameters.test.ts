import { describe, expect, test } from 'vitest';
import { dockerParameterErrors } from '../../../lib/launch/docker-parameters.ts';

describe('options of docker run that a task definition cannot carry', () => {
  test.each([
    ['net', 'host', 'net is no field of an ECS task definition: leave it out, or set the same thing in the image'],
    [
      'toString',
      '',
      'toString is no field of an ECS task definition: leave it out, or set the same thing in the image',
    ],
    ['privileged', 'yes', 'yes is no boolean: use true or false'],
    ['shm-size', 'big', 'big is no size: write a number with b, k, m or g'],
    ['tmpfs', '/run', 'needs a size on ECS: write /path:size=64m'],
    ['tmpfs', 'run', 'run cannot be read: write /path:size=64m'],
    ['device', 'fuse', 'fuse cannot be read: write /dev/host:/dev/container:rwm'],
    [
      'ulimit',
      'files=1',
      'files is no limit that ECS knows: core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack',
    ],
    [
      'security-opt',
      'seccomp=unconfined',
      'seccomp=unconfined is not carried by ECS: no-new-privileges, apparmor:PROFILE and label:VALUE are',
    ],
    [
      'volume',
      'data:/data',
      'data:/data cannot be read: write /path/on/agent:/path/in/container:ro; named volumes are external volumes of the container',
    ],
    ['sysctl', 'a', 'a cannot be read: write name=value'],
    ['add-host', 'db', 'db cannot be read: write host:address'],
    [
      'log-driver',
      'none',
      'none is no log driver that ECS knows: awslogs, fluentd, gelf, journald, json-file, splunk, syslog',
    ],
    ['log-opt', 'a=b', 'needs log-driver beside it: ECS knows no options of the default driver'],
    ['memory-swappiness', '101', '101 is no swappiness: write 0 to 100'],
    ['pid', 'container:x', 'container:x cannot be read: write host'],
    ['ipc', 'shareable', 'shareable cannot be read: write host or none'],
  ])('%s=%s', (key, value, error) => {
    expect(
      dockerParameterErrors([
        { key: 'init', value: '' },
        { key, value },
      ]),
    ).toEqual([{ index: 1, error }]);
  });

  test('options of a log driver beside it', () => {
    const parameters = [
      { key: 'log-opt', value: 'tag=x' },
      { key: 'log-driver', value: 'gelf' },
    ];
    expect(dockerParameterErrors(parameters)).toEqual([]);
  });
});
