import { expect, it } from 'vitest';
import { parseTaskId } from '../../../lib/model/task-id.ts';

const UUID = '7d0f2a34-7b30-11eb-9d3a-0242ac110002';

it.for([
  [`shop_cart.instance-${UUID}._app.1`, '/shop/cart', { container: '_app', incarnation: 1 }],
  [`shop_cart.instance-${UUID}._app.12`, '/shop/cart', { container: '_app', incarnation: 12 }],
  [`shop_cart.instance-${UUID}._app`, '/shop/cart', { container: '_app' }],
  [`shop_cart.instance-${UUID}`, '/shop/cart', {}],
  [`shop_pod.instance-${UUID}.web.3`, '/shop/pod', { container: 'web', incarnation: 3 }],
  [`a.b-c.instance-${UUID}._app.1`, '/a.b-c', { container: '_app', incarnation: 1 }],
] as const)('%s is an instance of %s', ([text, runSpec, task]) => {
  expect(parseTaskId(text)).toEqual({
    kind: 'instance',
    instance: text.slice(0, text.indexOf(UUID) + UUID.length),
    runSpec,
    ...task,
  });
});

it.for([
  [`shop_cart.${UUID}`, { kind: 'legacy' }],
  [`shop_cart_${UUID}`, { kind: 'legacy' }],
  [`shop_cart.${UUID}.2`, { kind: 'legacy' }],
  ['shop_cart.instance-none._app.1', { kind: 'badUuid', text: 'none' }],
  ['shop_cart.task', { kind: 'badUuid', text: 'task' }],
  ['shop_cart', { kind: 'badUuid', text: 'cart' }],
  ['shop', { kind: 'malformed' }],
  ['', { kind: 'malformed' }],
  [`/shop/cart.instance-${UUID}`, { kind: 'malformed' }],
] as const)('%s addresses nothing here', ([text, addressed]) => {
  expect(parseTaskId(text)).toEqual(addressed);
});
