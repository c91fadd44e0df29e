// <quantity-stepper> around a number input between two hidden buttons: shows them, keeps within min and max, and says why it stops.
class QuantityStepper extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.said = this.querySelector("[role=status]");
    [this.less, this.more] = this.querySelectorAll("button");
    for (const button of [this.less, this.more]) button.hidden = false;
    this.less.addEventListener("click", () => this.step(-1));
    this.more.addEventListener("click", () => this.step(1));
    this.input.addEventListener("change", () => this.clamp());
    this.show();
  }

  get lowest() { return Number(this.input.min || 0); }
  get highest() { return this.input.max === "" ? Infinity : Number(this.input.max); }

  // None, or as many as the smallest booking takes: what lies between can't be booked.
  get least() { return Number(this.dataset.least) || 1; }

  step(by) {
    let wanted = (Number(this.input.value) || 0) + by;
    if (wanted > 0 && wanted < this.least) wanted = by > 0 ? this.least : 0;
    if (wanted > this.highest) return this.say(this.dataset.limit ?? `${this.highest} is the most.`);
    if (wanted < this.lowest) return this.say(`${this.lowest} is the least.`);
    this.input.value = wanted;
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.say(wanted === this.highest && this.dataset.limit ? `${wanted}. ${this.dataset.limit}` : "");
  }

  clamp() {
    const value = Math.floor(Number(this.input.value)) || 0;
    this.input.value = Math.min(Math.max(value, this.lowest), this.highest);
    if (value > this.highest) this.say(this.dataset.limit ?? `${this.highest} is the most.`);
    this.show();
  }

  say(words) {
    this.said.textContent = words;
    this.show();
  }

  // aria-disabled, not disabled: the focus stays where it is, and a press still explains.
  show() {
    const value = Number(this.input.value) || 0;
    this.less.setAttribute("aria-disabled", String(value <= this.lowest));
    this.more.setAttribute("aria-disabled", String(value >= this.highest));
  }
}

customElements.define("quantity-stepper", QuantityStepper);
