// A form that was sent is not sent again by a second click while the answer is on its way: two drafts, two teams …
// Forms that htmx or a dialog took over arrive here prevented; a page that comes back from the cache starts afresh.
const WAITS = 10000;
const sent = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (performance.now() - (sent.get(form) ?? -WAITS) < WAITS) return event.preventDefault();
  sent.set(form, performance.now());
  form.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", () => {
  for (const form of sent.keys()) form.removeAttribute("aria-busy");
  sent.clear();
});
