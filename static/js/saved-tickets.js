// <saved-tickets>: lists the tickets that the service worker has kept in this browser, the next event first. Each page
// of tickets says in its head what it is (<meta name="saved-…">).
async function pages() {
  const found = [];
  for (const name of (await caches.keys()).filter((one) => one.startsWith("tickets-"))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request, { ignoreVary: true });
      if (answer?.headers.get("Content-Type")?.startsWith("text/html")) found.push({ url: request.url, html: await answer.text() });
    }
  }
  return found;
}

function read({ url, html }) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const said = (name) => page.querySelector(`meta[name="saved-${name}"]`)?.content ?? "";
  return { url, title: said("title"), when: said("when"), what: said("what"), ends: said("ends") };
}

// What is over comes last.
const order = (now) => (one, other) =>
  (one.ends < now) - (other.ends < now) || one.ends.localeCompare(other.ends) || one.title.localeCompare(other.title);

function item({ url, title, when, what }) {
  const link = document.createElement("a");
  link.href = url;
  const words = document.createElement("span");
  for (const [kind, text] of [["strong", title], ["small", when], ["small", what]]) {
    const line = document.createElement(kind);
    line.textContent = text;
    words.append(line);
  }
  link.append(words);
  const entry = document.createElement("li");
  entry.append(link);
  return entry;
}

class SavedTickets extends HTMLElement {
  async connectedCallback() {
    const saved = (await pages().catch(() => [])).map(read).filter((one) => one.title);
    if (!saved.length) return;
    const list = document.createElement("ul");
    list.className = "settings-list";
    list.setAttribute("role", "list");
    list.append(...saved.sort(order(new Date().toISOString())).map(item));
    this.querySelector("[data-none]").replaceWith(list);
  }
}

customElements.define("saved-tickets", SavedTickets);
