import { describe, expect, it } from 'vitest';
import { volumeNamesOf, volumeNameViolations } from '../../../lib/group/volume-names.ts';
import type { AppVolume } from '../../../lib/model/app-volume.ts';
import { resolvePathId } from '../../../lib/model/path-id.ts';
import { aPod } from '../../fixtures/a-pod.ts';
import { anApp } from '../../fixtures/an-app.ts';

const user = (id: string, ...names: readonly string[]) => ({
  id: resolvePathId(id),
  volumes: names.map((name) => ({ name: name.replace('~', ''), shared: name.startsWith('~') })),
});
const none = { id: resolvePathId('/none') };

describe('names of external volumes', () => {
  it.each([
    ['none is named', [none], [none, user('/b', 'v')], []],
    ['nobody else has it', [user('/a', 'v')], [user('/a', 'v'), user('/b', 'w'), none], []],
    ['both share it', [user('/a', '~v')], [user('/a', '~v'), user('/b', '~v')], []],
    [
      'both want it alone',
      [user('/a', 'v')],
      [user('/b', 'v'), user('/a', 'v')],
      [
        ['/apps//b/container/volumes', "Volume name 'v' in /b conflicts with volume(s) of same name in app(s): /a"],
        ['/apps//a/container/volumes', "Volume name 'v' in /a conflicts with volume(s) of same name in app(s): /b"],
      ],
    ],
    [
      'the other one does not share it',
      [user('/a', '~v')],
      [user('/a', '~v'), user('/b', 'v')],
      [['/apps//b/container/volumes', "Volume name 'v' in /b conflicts with volume(s) of same name in app(s): /a"]],
    ],
    [
      'several share it, and one of them does not',
      [user('/c', 'w', 'v')],
      [user('/d/e', '~v'), user('/b', '~v'), user('/c', 'w', 'v')],
      [
        [
          '/apps//c/container/volumes',
          "Volume name 'v' in /c conflicts with volume(s) of same name in app(s): /b, /d/e",
        ],
      ],
    ],
    [
      'others quarrel about what does not change',
      [user('/a', 'v')],
      [user('/a', 'v'), user('/b', 'w'), user('/c', 'w')],
      [],
    ],
  ])('when %s', (_name, changed, all, violations) => {
    expect(volumeNameViolations(changed, all)).toEqual(violations);
  });

  it('are not looked for when none changes', () => {
    const all = {
      [Symbol.iterator]: (): never => {
        throw new Error('looked at');
      },
    };
    expect(volumeNameViolations([none], all)).toEqual([]);
  });

  it('are those of Docker’s drivers', () => {
    const dvdi = { provider: 'dvdi', options: {} } as const;
    const volumes: readonly AppVolume[] = [
      { kind: 'host', containerPath: 'a', hostPath: '/a', mode: 'RO' },
      { kind: 'external', containerPath: 'b', mode: 'RW', external: { ...dvdi, name: 'v', shared: false } },
      { kind: 'external', containerPath: 'c', mode: 'RW', external: { ...dvdi, name: 'w', shared: true } },
    ];
    expect(volumeNamesOf(anApp({ container: { type: 'MESOS', volumes } }))).toEqual([
      { name: 'v', shared: false },
      { name: 'w', shared: true },
    ]);
    expect(volumeNamesOf(anApp())).toEqual([]);
    expect(volumeNamesOf(aPod())).toEqual([]);
  });
});
