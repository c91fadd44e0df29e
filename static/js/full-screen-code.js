// <full-screen-code> around a .code figure and a hidden button: shows the code as large as the screen, and keeps it awake.
class FullScreenCode extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => this.open());
  }

  async open() {
    const dialog = document.createElement("dialog");
    dialog.className = "code-screen";
    dialog.setAttribute("aria-label", "Ticket code, full screen");
    dialog.append(this.querySelector(".code").cloneNode(true));
    const close = document.createElement("button");
    close.className = "button button-secondary";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    dialog.addEventListener("close", () => {
      this.awake?.release();
      dialog.remove();
    });
    this.append(dialog);
    dialog.showModal();
    this.awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }
}

customElements.define("full-screen-code", FullScreenCode);
