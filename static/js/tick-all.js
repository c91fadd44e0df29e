// <tick-all data-name="booking">: a box that ticks all boxes of that name in its form, and shows whether all, some or none are.

class TickAll extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.box = document.createElement("input");
    this.box.type = "checkbox";
    this.box.setAttribute("aria-label", "Tick all on this page");
    const label = document.createElement("label");
    label.className = "check";
    label.append(this.box);
    this.replaceChildren(label);
    this.box.addEventListener("change", () => this.boxes.forEach((box) => { box.checked = this.box.checked; }));
    this.form.addEventListener("change", this);
    this.handleEvent();
  }

  disconnectedCallback() {
    this.form.removeEventListener("change", this);
  }

  handleEvent() {
    const ticked = this.boxes.filter((box) => box.checked).length;
    this.box.checked = ticked > 0 && ticked === this.boxes.length;
    this.box.indeterminate = ticked > 0 && ticked < this.boxes.length;
  }

  get boxes() {
    return [...this.form.querySelectorAll(`input[name="${this.dataset.name}"]`)];
  }
}

customElements.define("tick-all", TickAll);
