// Evently as an app: registers the service worker (static/js/worker/).
const TICKETS = /^\/tickets\//;
const owner = document.body.dataset.owner;

async function begin() {
  const controlled = navigator.serviceWorker.controller !== null;
  await navigator.serviceWorker.register("/sw.js");
  if (owner === "none") return;
  const registration = await navigator.serviceWorker.ready;
  // This page came before there was a worker that could have kept it.
  if (!controlled && TICKETS.test(location.pathname)) registration.active.postMessage({ keep: location.href });
  await leave(registration);
}

// Somebody else was told on this browser, and did not sign out.
async function leave(registration) {
  const told = localStorage.getItem("told");
  if (!told || told === owner) return;
  localStorage.removeItem("told");
  await (await registration.pushManager?.getSubscription())?.unsubscribe();
}

// Some browsers refuse, in private windows for one: then it is a site as any other.
if ("serviceWorker" in navigator) begin().catch(() => {});
