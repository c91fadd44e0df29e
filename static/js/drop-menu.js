// <drop-menu> around <details>: closes on Escape, on a click elsewhere, and when the focus leaves.
class DropMenu extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.details.open) return;
      this.details.open = false;
      this.details.querySelector("summary").focus();
    });
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.details.open = false;
    });
    this.outside = (event) => {
      if (!this.contains(event.target)) this.details.open = false;
    };
    document.addEventListener("pointerdown", this.outside);
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.outside);
  }
}

customElements.define("drop-menu", DropMenu);
