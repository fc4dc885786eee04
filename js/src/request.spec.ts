import { ServerConnection } from '@jupyterlab/services';
import { expect, it } from 'vitest';

import { serverClock } from './clock';
import { request, RequestError } from './request';

function asked(text: string, status = 200, headers = {}): Promise<unknown> {
  const fetch = () => Promise.resolve(new Response(text, { status, headers }));
  return request(ServerConnection.makeSettings({ fetch }), 'GET', 'engines');
}

it('gives the answer', async () => {
  expect(await asked('{"engines": []}')).toEqual({ engines: [] });
});

it.each([
  ['a page to sign in', '<html>', 200, /sign in/, true],
  ['a sentence', '{"message": "no"}', 409, /^no$/, false],
  ['a page of a proxy', '<html>', 502, /502/, true]
])('tells %s', async (_, text, status, message, passing) => {
  const error = await asked(text, status).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(RequestError);
  expect((error as RequestError).message).toMatch(message);
  expect((error as RequestError).passing).toBe(passing);
});

it('knows the time of the server from an answer, whatever that says', async () => {
  const then = Date.now() + 3_600_000;
  await asked('', 500, { Date: new Date(then).toUTCString() }).catch(() => undefined);
  expect(Math.abs(serverClock.now() - then / 1000)).toBeLessThan(60);
});
