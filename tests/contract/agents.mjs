// Runs the document's examples against the server at ORIGIN, and prints, as JSON, what was sent and what was answered.
//
// The examples name paths without a host, and variables that they leave to their reader: `token` and `adminToken` are
// in TOKEN and ADMIN_TOKEN, the others are what earlier calls made. DAYS, such as {"2025-10-02": "2031-05-07"}, moves
// the days on which they call customers back.
import { readFile } from 'node:fs/promises';

const { ORIGIN, TOKEN, ADMIN_TOKEN, DAYS = '{}' } = process.env;
const calls = [];
const send = globalThis.fetch;

globalThis.fetch = async (path, options) => {
  const url = new URL(path, ORIGIN);
  const answer = await send(url, options);
  const { method, headers } = new Request(url, options);
  const type = headers.get('content-type');
  const call = { method, path, type, sent: JSON.parse(options.body), status: answer.status };
  calls.push({ ...call, answer: await answer.clone().json() });
  return answer;
};

const made = (kind) => calls.find(({ status, answer }) => status === 201 && kind in answer).answer[kind];
Object.defineProperties(globalThis, {
  token: { value: TOKEN },
  adminToken: { value: ADMIN_TOKEN },
  agentId: { get: () => made('agent').id },
  customerId: { get: () => made('customer').id },
  customerPhone: { get: () => made('customer').phone_number },
});

let examples = await readFile(new URL('agents_examples.mjs', import.meta.url), 'utf8');
for (const [written, day] of Object.entries(JSON.parse(DAYS))) examples = examples.replaceAll(written, day);
await import('data:text/javascript,' + encodeURIComponent(examples));
console.log(JSON.stringify(calls));
