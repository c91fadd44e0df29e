// The service worker's part that keeps things. What it may keep, and nothing else:
// – static files, whose names change with their content: from the cache first;
// – the page for when there is no network;
// – one's own tickets and their codes, once opened: from the network, and what was kept where there is none.
// Whose an answer is, it says itself (core/owner.py). Tickets stand in a cache of their owner's, and go as soon as a
// page is somebody else's or nobody's. docs/decisions/offline.md says more.
const { offline, precache, ownerHeader } = self.EVENTLY;
const FILES = "files", PAGES = "pages", TICKETS = "tickets-";
const MOST_TICKETS = 50;
const TICKET = /^\/tickets\/(booking\/)?[0-9a-f-]{36}(\/qr\.svg)?$/;
const HASHED = /\.[0-9a-f]{12}\.[^/]+$/;
const NOBODY = "none";
const AWAY = [502, 503, 504]; // what a proxy says for a server that does not answer
const GONE = [403, 404, 410];

let owner; // of the newest page; unknown until there is one
let begun = 0, newest = 0; // requests are numbered, as answers come in any order

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (isTicket(event.data?.keep)) event.waitUntil(fetched(new Request(event.data.keep)).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(navigated(event));
  else if (request.method === "GET" && isFile(request.url)) event.respondWith(file(request));
  else if (request.method === "GET" && isTicket(request.url)) event.respondWith(picture(request));
});

function isTicket(address) {
  const url = new URL(address ?? "", location.origin);
  return url.origin === location.origin && TICKET.test(url.pathname);
}

function isFile(address) {
  const url = new URL(address);
  return url.origin === location.origin && url.pathname.startsWith(self.EVENTLY.static) && HASHED.test(url.pathname);
}

async function install() {
  const files = await caches.open(FILES);
  const missing = await Promise.all(precache.map(async (url) => ((await files.match(url)) ? null : url)));
  await files.addAll(missing.filter(Boolean));
  const pages = await caches.open(PAGES);
  await pages.add(new Request(offline, { credentials: "omit", cache: "reload" })); // as a stranger sees it
  await self.skipWaiting();
}

async function activate() {
  await forgetFiles();
  await self.clients.claim();
}

// What neither this version nor a saved ticket names.
async function forgetFiles() {
  const named = new Set(precache);
  for (const answer of await savedAnswers()) {
    for (const [url] of (await answer.text()).matchAll(/[^"'\s()]+\.[0-9a-f]{12}\.[^"'\s()/]+/g)) named.add(url);
  }
  const files = await caches.open(FILES);
  for (const request of await files.keys()) {
    if (!named.has(new URL(request.url).pathname)) await files.delete(request);
  }
}

async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) await files.put(request, answer.clone());
  return answer;
}

async function navigated({ request }) {
  let answer;
  try {
    answer = await fetched(request);
  } catch {
    return (await saved(request)) ?? (await caches.match(offline)) ?? Response.error();
  }
  const away = AWAY.includes(answer.status) && !answer.headers.has(ownerHeader);
  return (away && (await saved(request))) || answer;
}

async function picture(request) {
  try {
    return await fetched(request);
  } catch {
    return (await saved(request)) ?? Response.error();
  }
}

// From the network; looks whose it is, and keeps it if it is a ticket of theirs.
async function fetched(request) {
  const number = ++begun;
  const answer = await fetch(request);
  const whose = answer.headers.get(ownerHeader);
  if (whose !== null && number > newest) {
    newest = number;
    if (whose !== owner) await belongTo(whose);
  }
  if (request.method === "GET" && isTicket(request.url)) await keep(request, answer.clone(), whose);
  return answer;
}

// Whatever was somebody else's goes: their tickets, and what was shown to them.
async function belongTo(whose) {
  owner = whose;
  for (const name of await caches.keys()) {
    if (name.startsWith(TICKETS) && name !== TICKETS + owner) await caches.delete(name);
  }
  for (const shown of await self.registration.getNotifications()) {
    if (shown.data?.owner && shown.data.owner !== owner) shown.close();
  }
}

async function keep(request, answer, whose) {
  if (whose === null || whose === NOBODY || whose !== owner) return;
  const tickets = await caches.open(TICKETS + owner);
  if (GONE.includes(answer.status)) await tickets.delete(request, { ignoreVary: true });
  if (answer.status !== 200 || answer.redirected) return;
  await tickets.put(request.url.split("#")[0], answer);
  const all = await tickets.keys(); // the oldest first
  for (const old of all.slice(0, Math.max(0, all.length - MOST_TICKETS))) await tickets.delete(old, { ignoreVary: true });
  if (whose !== owner) await caches.delete(TICKETS + whose); // they have signed out meanwhile
}

async function ticketCaches() {
  const names = (await caches.keys()).filter((name) => name.startsWith(TICKETS));
  return Promise.all(names.map((name) => caches.open(name)));
}

async function savedAnswers() {
  const found = [];
  for (const cache of await ticketCaches()) found.push(...(await cache.matchAll()));
  return found;
}

// A page says of itself that it is a saved one.
async function saved(request) {
  if (request.method !== "GET" || !isTicket(request.url)) return null;
  for (const cache of await ticketCaches()) {
    const answer = await cache.match(request, { ignoreVary: true });
    if (answer && request.mode === "navigate") return new Response((await answer.text()).replace("<body", "<body data-saved"), { headers: answer.headers });
    if (answer) return answer;
  }
  return null;
}
