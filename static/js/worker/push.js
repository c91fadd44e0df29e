// The service worker's part that tells people: shows what was pushed, opens what it is about.
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  const { data } = event.notification;
  event.notification.close();
  event.waitUntil(open(data?.actions?.[event.action] ?? data?.url ?? "/"));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));

function read(data) {
  try {
    return data.json();
  } catch {
    return {}; // browsers demand that something is shown
  }
}

// Of the same tag only the newest is seen, and it replaces the others without a sound.
function show({ title, body, tag, url, owner, actions = [] }) {
  return self.registration.showNotification(title ?? "Evently", {
    body: body ?? "",
    tag: tag ?? "",
    renotify: false,
    icon: self.EVENTLY.icon,
    badge: self.EVENTLY.badge,
    actions: actions.slice(0, 2).map((one, number) => ({ action: String(number), title: one.title })),
    data: { url, owner, actions: actions.map((one) => one.url) },
  });
}

// In a page of ours that is open, the one that is looked at first; else in a new one.
async function open(address) {
  const asked = new URL(address, location.origin);
  const url = asked.origin === location.origin ? asked.href : location.origin;
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => one.focused) ?? pages.find((one) => one.visibilityState === "visible") ?? pages[0];
  try {
    await page?.focus().catch(() => {}); // it may not be ours to raise
    if (page && (await page.navigate(url))) return;
  } catch {
    // It has gone, or is none of this worker's.
  }
  await self.clients.openWindow(url);
}

// The browser's push service has given it another address, or taken the old one back.
async function subscribeAgain({ oldSubscription, newSubscription }) {
  const options = { userVisibleOnly: true, applicationServerKey: self.EVENTLY.key };
  const fresh = newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const { endpoint, keys } = fresh.toJSON();
  const fields = { endpoint, p256dh: keys.p256dh, auth: keys.auth, instead_of: oldSubscription?.endpoint ?? "" };
  await fetch(self.EVENTLY.devices, { method: "POST", body: new URLSearchParams(fields) });
}
