import { describe, expect, it } from 'vitest';
import type { Store } from '../../../lib/gateways/store.ts';
import { StoreUnavailable } from '../../../lib/gateways/store.ts';
import { stateKeys } from '../../../lib/state/keys.ts';
import { aRequest } from './a-request.ts';
import { createTestApi } from './an-api.ts';

const APP = { id: '/shop/cart', cmd: './serve', cpus: 0.1, mem: 32 };
const VERSION = '2021-03-02T08:00:00.000Z';

describe('the API', () => {
  it('creates an app: the definition, its deployment, where it is', async () => {
    const { api } = createTestApi();
    const answer = await api(aRequest({ method: 'POST', body: APP }));
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'Marathon-Deployment-Id': expect.any(String), Location: '/shop/cart' },
      json: { id: '/shop/cart', version: VERSION, tasksRunning: 0, portDefinitions: [{ port: 0 }] },
    });
    expect(answer.json).toHaveProperty('deployments', [{ id: answer.headers?.['Marathon-Deployment-Id'] }]);
  });

  it('shows what was created, alone and in the list', async () => {
    const { api } = createTestApi();
    await api(aRequest({ method: 'POST', body: APP }));
    const alone = await api(aRequest({ path: '/v2/apps//shop/cart' }));
    expect(alone).toMatchObject({
      status: 200,
      json: { app: { id: '/shop/cart', portDefinitions: [{ port: 10_000 }] } },
    });
    expect(await api(aRequest())).toMatchObject({ status: 200, json: { apps: [{ id: '/shop/cart' }] } });
  });

  it('updates, adds a version, and goes back to an old one', async () => {
    const { api, clock } = createTestApi();
    await api(aRequest({ method: 'POST', body: APP }));
    await clock.pass(1_000);
    const put = (body: unknown) =>
      api(aRequest({ method: 'PUT', path: '/v2/apps/shop/cart', query: { force: 'true' }, body }));
    const later = '2021-03-02T08:00:01.000Z';
    expect(await put({ cmd: './serve --new' })).toMatchObject({ status: 200, json: { version: later } });
    await clock.pass(1_000);
    expect(await put({ version: VERSION })).toMatchObject({ status: 200 });
    expect(await api(aRequest({ path: '/v2/apps/shop/cart/versions' }))).toMatchObject({
      status: 200,
      json: { versions: ['2021-03-02T08:00:02.000Z', later, VERSION] },
    });
    expect(await api(aRequest({ path: '/v2/apps/shop/cart' }))).toMatchObject({ json: { app: { cmd: './serve' } } });
    expect(await api(aRequest({ path: `/v2/apps/shop/cart/versions/${later}` }))).toMatchObject({
      status: 200,
      json: { id: '/shop/cart', cmd: './serve --new', version: later },
    });
  });

  it('creates by PUT, with 201, but not by PATCH', async () => {
    const { api } = createTestApi();
    const { id: _, ...body } = APP;
    expect(await api(aRequest({ method: 'PATCH', path: '/v2/apps/shop/cart', body }))).toMatchObject({ status: 404 });
    expect(await api(aRequest({ method: 'PUT', path: '/v2/apps/shop/cart', body }))).toMatchObject({
      status: 201,
      headers: { Location: '/shop/cart' },
    });
  });

  it('deletes by force unless told otherwise', async () => {
    const { api } = createTestApi();
    await api(aRequest({ method: 'POST', body: APP }));
    const path = '/v2/apps/shop/cart';
    expect(await api(aRequest({ method: 'DELETE', path, query: { force: 'false' } }))).toMatchObject({ status: 409 });
    expect(await api(aRequest({ method: 'DELETE', path }))).toMatchObject({ status: 200 });
    expect(await api(aRequest({ path }))).toMatchObject({ status: 404 });
    expect(await api(aRequest({ method: 'DELETE', path }))).toMatchObject({ status: 404 });
  });

  it.for([
    { request: { path: '/v2/nothing' }, status: 404, json: { message: 'URI not found' } },
    { request: { path: '/v2/apps/none' }, status: 404, json: { message: "App '/none' does not exist" } },
    { request: { path: '/v2/apps/..' }, status: 404, json: { message: "App '/' does not exist" } },
    { request: { path: '/v2/apps/none/tasks' }, status: 404, json: { message: "App '/none' does not exist" } },
    { request: { path: '/v2/apps/none/versions' }, status: 404, json: { message: "App '/none' does not exist" } },
    {
      request: { path: '/v2/apps/none/versions/yesterday' },
      status: 422,
      json: { message: "Invalid timestamp provided 'yesterday'. Expecting ISO-8601 datetime string." },
    },
    {
      request: { method: 'POST', path: '/v2/apps/none/restart' },
      status: 404,
      json: { message: "App '/none' does not exist" },
    },
    { request: { method: 'DELETE', path: '/v2/info' }, status: 405, json: { message: 'Method Not Allowed' } },
    { request: { headers: { accept: 'text/html' } }, status: 406, json: { message: 'Not Acceptable' } },
    {
      request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: APP },
      status: 415,
      json: { message: 'Unsupported Media Type' },
    },
    {
      request: { method: 'POST', body: '{' },
      status: 400,
      json: { message: 'Invalid JSON', details: expect.any(String) },
    },
    {
      request: { method: 'POST', body: '' },
      status: 400,
      json: { message: 'Please specify data in JSON format', details: expect.stringContaining('No content') },
    },
    {
      request: { method: 'POST', body: { ...APP, id: 7 } },
      status: 422,
      json: { message: 'Invalid JSON', details: [{ path: '/id', errors: ['error.expected.jsstring'] }] },
    },
    {
      request: { method: 'PUT', path: '/v2/apps/..', body: { cmd: 'x' } },
      status: 422,
      json: {
        message: 'Object is not valid',
        details: expect.arrayContaining([{ path: '/id', errors: ['Path must contain at least one path element'] }]),
      },
    },
    {
      request: { method: 'PUT', path: '/v2/apps/Upper', body: { cmd: 'x' } },
      status: 422,
      json: { message: expect.any(String), details: [{ path: '/id', errors: expect.any(Array) }] },
    },
  ])('answers $request.method $request.path with $status', async ({ request, status, json }) => {
    const { api, errors } = createTestApi();
    expect(await api(aRequest(request))).toMatchObject({ status, json });
    expect(errors).toEqual([]);
  });

  it('says what a path takes', async () => {
    const { api } = createTestApi();
    const allow = { Allow: 'GET, POST, PUT, PATCH, HEAD, OPTIONS' };
    expect(await api(aRequest({ method: 'OPTIONS' }))).toEqual({ status: 200, headers: allow });
    expect(await api(aRequest({ method: 'DELETE' }))).toMatchObject({ status: 405, headers: allow });
  });

  it('keeps a fault of its own to the log', async () => {
    const { store, answerOn, errors } = createTestApi();
    await store.put({ ...stateKeys('stride').root, junk: true });
    expect(await answerOn(store)(aRequest())).toEqual({
      status: 500,
      json: { message: 'Internal error; the log has the cause under request request-1.' },
    });
    expect(errors).toHaveLength(1);
  });

  it('says to try again when the store does not answer', async () => {
    const { store, answerOn, errors } = createTestApi();
    const silent: Store = { ...store, get: () => Promise.reject(new StoreUnavailable('no answer')) };
    expect(await answerOn(silent)(aRequest())).toEqual({
      status: 503,
      json: { message: 'The store did not answer. Nothing was changed: please try again.' },
    });
    expect(errors).toHaveLength(1);
  });
});
