// <push-button data-key="…">: has this browser told of what is new, when its button is pressed and never otherwise.
// Shows one of its parts, by data-when: ask, denied, install (an iPhone's browser), unable, told. Without `data-always`
// only the first two. In lists of devices it marks the one that this browser is.
const HOME = "/notifications/devices";

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const subscription = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64url(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// Whether this browser is among those that the visitor is told on; the server is asked only if it may be.
async function told(current) {
  if (!current) return null;
  const answer = await fetch(`${HOME}/known`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const mine = await digest(current.endpoint);
  return (await answer.json()).devices.includes(mine) ? mine : null;
}

class PushButton extends HTMLElement {
  async connectedCallback() {
    this.hidden = false;
    this.status = this.querySelector("[role=status]");
    this.querySelector("button").addEventListener("click", () => this.ask());
    this.show(await this.state());
  }

  async state() {
    if (!able()) return navigator.standalone === false ? "install" : "unable";
    if (Notification.permission === "denied") return "denied";
    if (Notification.permission !== "granted") return "ask";
    const mine = await told(await subscription());
    if (!mine) return "ask";
    document.querySelector(`[data-device="${mine}"] [data-here]`)?.removeAttribute("hidden");
    return "told";
  }

  show(state) {
    const said = "always" in this.dataset || state === "ask" || state === "denied";
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = !said || part.dataset.when !== state;
  }

  async ask() {
    const button = this.querySelector("button");
    button.disabled = true;
    try {
      const permission = await Notification.requestPermission();
      if (permission === "granted") await this.subscribe();
      else if (permission === "denied") this.show("denied");
    } catch {
      this.status.textContent = "That did not work: the browser could not reach its push service. Try again later.";
    } finally {
      button.disabled = false;
    }
  }

  async subscribe() {
    const manager = (await navigator.serviceWorker.ready).pushManager;
    const old = await manager.getSubscription();
    // One that was made with another key of ours can't be used any more.
    if (old?.options.applicationServerKey && base64url(old.options.applicationServerKey) !== this.dataset.key) await old.unsubscribe();
    const fresh = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: this.dataset.key });
    const { endpoint, keys } = fresh.toJSON();
    const answer = await fetch(HOME, { method: "POST", body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth }) });
    if (!answer.ok) {
      this.status.textContent = (await answer.json()).detail;
      return;
    }
    localStorage.setItem("told", document.body.dataset.owner ?? "");
    if (document.querySelector("#devices")) return location.reload();
    this.show("told");
    this.status.textContent = "Done: you will be told on this device.";
  }
}

customElements.define("push-button", PushButton);
