import { LOG_DRIVERS, ULIMIT_NAMES } from '../model/task.ts';
import type { TaskSettings } from './task-settings.ts';

/** What one value of an option means, or what is wrong with it. */
type DockerOption = (value: string) => TaskSettings | string;

/** An option without a value is on. */
const flag =
  (on: TaskSettings): DockerOption =>
  (value) => {
    if (value === '' || value === 'true') return on;
    return value === 'false' ? {} : `${value} is no boolean: use true or false`;
  };

const pattern =
  (form: RegExp, wanted: string, toSettings: (match: RegExpExecArray) => TaskSettings | string): DockerOption =>
  (value) => {
    const match = form.exec(value);
    return match === null ? `${value} cannot be read: write ${wanted}` : toSettings(match);
  };

const MIB_OF: ReadonlyMap<string, number> = new Map([
  ['b', 1 / 1024 / 1024],
  ['k', 1 / 1024],
  ['m', 1],
  ['g', 1024],
]);

/** `64m` → 64: whole MiB, as ECS counts; undefined for what is no size. */
function toMiB(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,12})([bkmg]?)b?$/i.exec(text) ?? [];
  const factor = MIB_OF.get(unit === '' ? 'b' : unit.toLowerCase());
  return digits === undefined || factor === undefined ? undefined : Math.max(1, Math.ceil(Number(digits) * factor));
}

const shmSize: DockerOption = (value) => {
  const size = toMiB(value);
  return size === undefined
    ? `${value} is no size: write a number with b, k, m or g`
    : { container: { linuxParameters: { sharedMemorySize: size } } };
};

/** ECS wants to know the size of a tmpfs. */
const tmpfs: DockerOption = pattern(/^(\/[^:]*)(?::(.*))?$/, '/path:size=64m', ([, containerPath = '', list = '']) => {
  const options = list.split(',').filter((option) => option !== '');
  const size = toMiB(options.find((option) => option.startsWith('size='))?.slice(5) ?? '');
  if (size === undefined) return 'needs a size on ECS: write /path:size=64m';
  const mountOptions = options.filter((option) => !option.startsWith('size='));
  return { container: { linuxParameters: { tmpfs: [{ containerPath, size, mountOptions }] } } };
});

const DEVICE_RIGHTS = { r: 'read', w: 'write', m: 'mknod' } as const;

const device: DockerOption = pattern(
  /^(\/[^:]+)(?::(\/[^:]+))?(?::([rwm]+))?$/,
  '/dev/host:/dev/container:rwm',
  ([, hostPath = '', containerPath = hostPath, rights = 'rwm']) => {
    const rightsAsked = (['r', 'w', 'm'] as const).filter((right) => rights.includes(right));
    const permissions = rightsAsked.map((right) => DEVICE_RIGHTS[right]);
    return { container: { linuxParameters: { devices: [{ hostPath, containerPath, permissions }] } } };
  },
);

const ulimit: DockerOption = pattern(
  /^([a-z]+)=(-1|\d{1,10})(?::(-1|\d{1,10}))?$/,
  'name=soft:hard',
  ([, text = '', soft = '', hard = soft]) => {
    const name = ULIMIT_NAMES.find((one) => one === text);
    return name === undefined
      ? `${text} is no limit that ECS knows: ${ULIMIT_NAMES.join(', ')}`
      : { container: { ulimits: [{ name, softLimit: Number(soft), hardLimit: Number(hard) }] } };
  },
);

const securityOption: DockerOption = (value) =>
  /^(no-new-privileges|apparmor[:=]|label[:=])/.test(value)
    ? { container: { dockerSecurityOptions: [value] } }
    : `${value} is not carried by ECS: no-new-privileges, apparmor:PROFILE and label:VALUE are`;

const volume: DockerOption = pattern(
  /^(\/[^:]*):(\/[^:]*)(?::(ro|rw))?$/,
  '/path/on/agent:/path/in/container:ro; named volumes are external volumes of the container',
  ([, hostPath = '', containerPath = '', mode]) => ({
    mountPoints: [{ hostPath, containerPath, readOnly: mode === 'ro' }],
  }),
);

const keyed = (toSettings: (key: string, value: string) => TaskSettings): DockerOption =>
  pattern(/^([^=]+)=(.*)$/s, 'name=value', ([, key = '', value = '']) => toSettings(key, value));

const logDriver: DockerOption = (value) => {
  const driver = LOG_DRIVERS.find((one) => one === value);
  return driver === undefined
    ? `${value} is no log driver that ECS knows: ${LOG_DRIVERS.join(', ')}`
    : { container: { logConfiguration: { logDriver: driver } } };
};

const capability =
  (kind: 'add' | 'drop'): DockerOption =>
  (value) => ({
    container: { linuxParameters: { capabilities: { [kind]: [value.toUpperCase().replace(/^CAP_/, '')] } } },
  });

const swappiness: DockerOption = (value) =>
  /^(100|\d{1,2})$/.test(value)
    ? { container: { linuxParameters: { swappiness: Number(value) } } }
    : `${value} is no swappiness: write 0 to 100`;

/** Options of `docker run` that are fields of an ECS task definition (aws.md §1.6), by their long names. */
export const DOCKER_OPTIONS: ReadonlyMap<string, DockerOption> = new Map([
  [
    'add-host',
    pattern(/^([^:]+):(.+)$/, 'host:address', ([, hostname = '', ipAddress = '']) => ({
      container: { extraHosts: [{ hostname, ipAddress }] },
    })),
  ],
  ['cap-add', capability('add')],
  ['cap-drop', capability('drop')],
  ['device', device],
  ['dns', (value) => ({ container: { dnsServers: [value] } })],
  ['dns-search', (value) => ({ container: { dnsSearchDomains: [value] } })],
  ['env', keyed((name, value) => ({ container: { environment: [{ name, value }] } }))],
  ['hostname', (value) => ({ container: { hostname: value } })],
  ['init', flag({ container: { linuxParameters: { initProcessEnabled: true } } })],
  ['interactive', flag({ container: { interactive: true } })],
  ['ipc', pattern(/^(host|none)$/, 'host or none', ([mode]) => ({ ipcMode: mode === 'host' ? 'host' : 'none' }))],
  ['label', keyed((key, value) => ({ dockerLabels: { [key]: value } }))],
  ['log-driver', logDriver],
  ['log-opt', keyed((key, value) => ({ container: { logConfiguration: { options: { [key]: value } } } }))],
  ['memory-swappiness', swappiness],
  ['pid', pattern(/^host$/, 'host', () => ({ pidMode: 'host' }))],
  ['privileged', flag({ privileged: true })],
  ['read-only', flag({ container: { readonlyRootFilesystem: true } })],
  ['security-opt', securityOption],
  ['shm-size', shmSize],
  ['sysctl', keyed((namespace, value) => ({ container: { systemControls: [{ namespace, value }] } }))],
  ['tmpfs', tmpfs],
  ['tty', flag({ container: { pseudoTerminal: true } })],
  ['ulimit', ulimit],
  ['user', (value) => ({ user: value })],
  ['volume', volume],
  ['workdir', (value) => ({ container: { workingDirectory: value } })],
]);
