// Numbers that move by themselves. One connection for the page, if it shows any: parts with data-live="<id> <name>" are
// replaced by what the server sends of them, the same markup that painted them. Only what nobody can press or type in
// is replaced. On <body> it fires `line-moved`, `booking-changed`, `ticket-changed`, `notices-changed` and `toast`, for whatever
// asks the server for something of the visitor's own (htmx: hx-trigger="line-moved from:body"). Pages of a door follow a
// subject of their own, [data-door], and hear `door-moved`.
const FIRST_TRY = 500, LONGEST_PAUSE = 10000, SILENCE = 45000, AWAY_AFTER = 2000, HIDDEN = 60000;
const TRIES_BEFORE_ASKING = 3, ASK_EVERY = 5000, MOST = 60, LINE_JITTER = 1500, DOOR_PAUSE = 700;
const SPOKEN = [10, 5, 1], SPEECH_PAUSE = 2000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SESSION_ENDED = 4401, TOO_MANY = 4429;
const TOPICS = { place: "line-moved", booking: "booking-changed", ticket: "ticket-changed", notice: "notices-changed" };

const root = document.documentElement;
const newest = new Map();
let socket, tries = 0, watched = null, since = 0, missed = document.hidden;
const timers = {};

function ids() {
  const found = [...document.querySelectorAll("[data-live]")].filter((part) => part.dataset.live.endsWith(" availability"));
  const lines = [...document.querySelectorAll("[data-entry][data-event]")].map((part) => part.dataset.event);
  const doors = [...document.querySelectorAll("[data-door]")].map((part) => part.dataset.door);
  const all = new Set([...found.map((part) => part.dataset.live.split(" ")[0]), ...lines, ...doors]);
  return [...all].filter((id) => UUID.test(id)).slice(0, MOST); // the page of components shows events that are none
}

// Pages that follow something of the visitor's own need the connection too.
const follows = () => document.querySelector('[hx-trigger*="from:body"]') !== null;
const wanted = () => !document.hidden && (ids().length > 0 || follows());

function after(name, milliseconds, work) {
  stop(name);
  timers[name] = setTimeout(() => { delete timers[name]; work(); }, milliseconds);
}

function stop(...names) {
  for (const name of names) {
    clearTimeout(timers[name]);
    delete timers[name];
  }
}

function connect() {
  if (socket || !wanted()) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket = mine;
  mine.addEventListener("open", () => { watched = null; watch(); stillThere(mine); });
  mine.addEventListener("message", (event) => { if (mine === socket) { stillThere(mine); hear(JSON.parse(event.data)); } });
  mine.addEventListener("close", (event) => { if (mine === socket) lost(event.code); });
}

// Says what the page shows, when that has changed.
function watch() {
  const now = ids();
  const words = now.join();
  if (socket?.readyState !== WebSocket.OPEN || words === watched) return;
  watched = words;
  socket.send(JSON.stringify({ events: now }));
}

// The server says something every twenty seconds at least; a connection that is silent is dead.
function stillThere(mine) {
  after("silence", SILENCE, () => { if (mine === socket) { socket = null; mine.close(); lost(0); } });
}

function arrived() {
  tries = 0;
  since = 0;
  stop("away", "ask", "retry");
  delete root.dataset.live;
  if (missed) after("missed", Math.random() * LINE_JITTER, () => [...Object.values(TOPICS), "door-moved"].forEach((name) => fire(name)));
  missed = false;
}

function lost(code) {
  socket = null;
  missed = true;
  stop("silence");
  newest.clear(); // the next connection's word counts, whatever it is
  if (!wanted()) return;
  tries += 1;
  since ||= performance.now();
  if (!root.dataset.live && tries <= TRIES_BEFORE_ASKING) after("away", Math.max(0, AWAY_AFTER - (performance.now() - since)), () => { root.dataset.live = "away"; });
  const pause = code === TOO_MANY ? LONGEST_PAUSE : Math.min(LONGEST_PAUSE, FIRST_TRY * 2 ** (tries - 1));
  after("retry", code === SESSION_ENDED ? FIRST_TRY : pause * (0.5 + Math.random() / 2), connect);
  if (tries === TRIES_BEFORE_ASKING || code === TOO_MANY) ask();
}

// Without a connection: every few seconds, while trying to get one.
async function ask() {
  const now = ids();
  if (socket?.readyState === WebSocket.OPEN || !now.length || !wanted()) return;
  after("ask", ASK_EVERY * (0.75 + Math.random() / 2), ask);
  try {
    const answer = await fetch(`/live/events?ids=${now.sort().join()}`, { cache: "no-cache", credentials: "omit" });
    if (!answer.ok) throw new Error(answer.status);
    const { news } = await answer.json();
    newest.clear();
    news.forEach(show);
    stop("away");
    delete root.dataset.live;
  } catch {
    root.dataset.live = "away";
  }
}

function hear(message) {
  if (message.type === "here") arrived();
  if (message.type === "away") root.dataset.live = "away"; // the server can't see itself
  if (message.type === "seats") show(message);
  if (message.type === "line") document.querySelector(`[data-door="${message.event}"]`) ? doorMoved() : lineMoved();
  if (message.type === "mine") {
    if (message.topic in TOPICS) fire(TOPICS[message.topic], message);
    if (message.message) fire("toast", { ...message, href: linkOf(message) });
  }
}

// A notice is opened where the bell's list is.
const linkOf = ({ topic, id }) => topic === "notice" && document.querySelector("a.bell") ? `${document.querySelector("a.bell").pathname}${id}` : "";

const lineMoved = () => after("line", Math.random() * LINE_JITTER, () => fire("line-moved"));

// All phones of a door ask, so not all at once; while people stream in, each about once a second.
const doorMoved = () => timers.door ?? after("door", DOOR_PAUSE * (0.5 + Math.random()), () => fire("door-moved"));

// What is fired while its part of the page is being fetched is fired again afterwards: that part may be too old, and htmx
// forgets what waited for it when it is replaced as a whole.
const fired = {}, sent = new WeakMap();

function fire(name, detail = {}) {
  fired[name] = (fired[name] ?? 0) + 1;
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

const heard = (part) => [...(part.getAttribute("hx-trigger") ?? "").matchAll(/([\w-]+) from:body/g)].map((found) => found[1]);
document.addEventListener("htmx:beforeRequest", ({ detail }) => sent.set(detail.xhr, { ...fired }));
document.addEventListener("htmx:afterSettle", ({ detail: { xhr, requestConfig } }) => {
  const before = sent.get(xhr);
  sent.delete(xhr);
  if (before) heard(requestConfig.elt).filter((name) => fired[name] !== before[name]).forEach((name) => fire(name));
});

function show(news) {
  const known = newest.get(news.event);
  if (known && (known.version > news.version || (known.version === news.version && known.at > news.at))) return;
  newest.set(news.event, news);
  // The first word of an event after a while without: its line may have moved meanwhile.
  if (!known && document.querySelector(`[data-entry][data-event="${news.event}"]`)) lineMoved();
  paint(news);
  speak(news, known);
}

function paint(news) {
  const sent = document.createElement("template");
  sent.innerHTML = news.html;
  for (const part of sent.content.querySelectorAll("[data-live]")) {
    for (const old of document.querySelectorAll(`[data-live="${part.dataset.live}"]`)) {
      if (old.contains(document.activeElement)) continue; // the focus stays where it is
      const fresh = part.cloneNode(true);
      if (fresh.dataset.liveTurn) fresh.hidden = !turned(fresh);
      if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
    }
  }
  for (const one of [{ id: news.event, state: news.state }, ...news.ticket_types]) {
    for (const part of document.querySelectorAll(`[data-live-state="${one.id}"]`)) part.dataset.state = one.state;
  }
}

// Whether tickets have sold out, or come back, since the page was painted.
function turned(part) {
  const painted = document.querySelector("[data-live-bookable]")?.dataset.liveBookable;
  return painted !== undefined && painted !== part.dataset.liveTurn;
}

// Ten, five, one, none, and back again: nothing else is worth interrupting somebody for.
function speak(news, known) {
  if (document.querySelector(`[data-live-spoken="${news.event}"]`) === null) return;
  const before = Number(root.dataset.liveSaid ?? NaN);
  root.dataset.liveSaid = news.bookable ? news.free : 0;
  if (Number.isNaN(before)) return;
  const passed = SPOKEN.some((mark) => before > mark && news.free <= mark);
  if (!news.bookable && before > 0) say(news.label);
  else if (news.bookable && before === 0) say("Tickets are available again.");
  else if (news.bookable && passed) say(news.label);
}

function say(words) {
  let region = document.querySelector("#live-said");
  if (!region) {
    region = document.createElement("p");
    region.id = "live-said";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  after("speech", SPEECH_PAUSE, () => { region.textContent = words; });
}

function leave() {
  const old = socket;
  socket = null;
  missed = true;
  stop(...Object.keys(timers));
  old?.close();
}

function come() {
  stop("hidden");
  if (socket) return;
  tries = 0;
  newest.clear();
  connect();
}

// A page that is looked at follows; one that is hidden for long, or put away for the way back, does not.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) after("hidden", HIDDEN, leave);
  else come();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => { if (event.persisted) come(); });
addEventListener("online", () => { if (!socket) { stop("retry"); connect(); } });
document.addEventListener("htmx:afterSettle", () => {
  newest.forEach(paint); // what was swapped in may be older
  if (socket) watch();
  else if (!timers.retry) connect();
});
connect();
