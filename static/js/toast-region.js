// <toast-region>: turns the page's messages, and later `toast` events ({message, tone, href}) that live.js fires, or htmx
// from an HX-Trigger header, into toasts. Good news leaves by itself, but not while hovered or focused; bad news stays.
const STAYS = 8000;
const TONES = { success: "ok", warning: "warn", error: "bad", debug: "info" };

class ToastRegion extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-label", "Notifications");
    if (this.showPopover) this.popover = "manual";
    const early = [...this.querySelectorAll(".toast")];
    this.replaceChildren();
    this.show();
    // A live region speaks what arrives after it exists.
    setTimeout(() => {
      this.append(...early);
      early.forEach((toast) => this.equip(toast));
    }, 100);
    this.listener = (event) => this.add(event.detail.message ?? event.detail.value, event.detail.tone, event.detail.href);
    this.failed = (event) => this.explain(event.detail.xhr);
    document.body.addEventListener("toast", this.listener);
    document.body.addEventListener("htmx:responseError", this.failed);
    document.body.addEventListener("htmx:sendError", this.failed);
    this.addEventListener("pointerenter", () => this.pause());
    this.addEventListener("pointerleave", () => this.resume());
    this.addEventListener("focusin", () => this.pause());
    this.addEventListener("focusout", () => this.resume());
  }

  disconnectedCallback() {
    document.body.removeEventListener("toast", this.listener);
    document.body.removeEventListener("htmx:responseError", this.failed);
    document.body.removeEventListener("htmx:sendError", this.failed);
  }

  add(message, tone = "info", href = "") {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.dataset.tone = tone;
    const words = document.createElement(href ? "a" : "span");
    words.textContent = message;
    if (href) words.href = href;
    const line = document.createElement("p");
    line.append(words);
    toast.append(line);
    this.append(toast);
    this.equip(toast);
    this.show();
  }

  equip(toast) {
    toast.dataset.tone = TONES[toast.dataset.tone] ?? toast.dataset.tone;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => this.dismiss(toast));
    toast.append(close);
    this.start(toast);
  }

  start(toast) {
    if (toast.dataset.tone === "bad" || toast.dataset.tone === "warn") return;
    toast.timer = setTimeout(() => this.dismiss(toast), STAYS);
  }

  pause() {
    for (const toast of this.children) clearTimeout(toast.timer);
  }

  resume() {
    if (this.matches(":hover, :focus-within")) return;
    for (const toast of this.children) this.start(toast);
  }

  dismiss(toast) {
    toast.remove();
  }

  // Re-opening lifts the region above a dialog that was opened meanwhile.
  show() {
    if (!this.popover) return;
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
  }

  explain(xhr) {
    if (!xhr?.status) return this.add("We could not reach the server. Check your connection and try again.", "bad");
    const wait = Number(xhr.getResponseHeader("Retry-After"));
    if (xhr.status === 429) return this.add(`That was a lot at once. Please try again in ${wait || 60} seconds.`, "warn");
    if (xhr.status === 403) return this.add("You may not do that. Perhaps you signed out: reload the page.", "bad");
    return this.add("That did not work, and it is our fault. Please try again.", "bad");
  }
}

customElements.define("toast-region", ToastRegion);
