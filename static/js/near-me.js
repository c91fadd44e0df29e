// <near-me> around a hidden input and a button: asks where the visitor is, only when pressed, and rounds to about a kilometre.
class NearMe extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=hidden]");
    this.button = this.querySelector("button");
    this.said = this.querySelector("[role=status]");
    this.hidden = !("geolocation" in navigator);
    this.button.addEventListener("click", () => (this.input.value ? this.set("") : this.ask()));
    this.show();
  }

  ask() {
    this.said.textContent = "Asking your browser …";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.set(`${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`),
      () => { this.said.textContent = "Your browser did not say where you are."; },
      { timeout: 10000, maximumAge: 600000 },
    );
  }

  set(place) {
    this.input.value = place;
    this.said.textContent = place ? "Showing events around you." : "Showing events everywhere.";
    this.show();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() { this.button.setAttribute("aria-pressed", String(Boolean(this.input.value))); }
}

customElements.define("near-me", NearMe);
