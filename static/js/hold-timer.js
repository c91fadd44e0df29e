// <hold-timer until="ISO" now="ISO">: counts down by the server's clock. Spoken only at five, two and one minutes,
// half a minute and the end; fires `hold-ended` once, which bubbles (htmx: hx-trigger="hold-ended").
const SPOKEN = [300, 120, 60, 30, 0];
// Seconds from which on nobody needs a clock: the day and the hour are shown, as without JavaScript.
const FAR = 3 * 3600;

class HoldTimer extends HTMLElement {
  connectedCallback() {
    const now = Date.parse(this.getAttribute("now")) || Date.now();
    this.end = Date.now() + Date.parse(this.getAttribute("until")) - now;
    this.clock = this.querySelector("[data-clock]");
    this.said = this.querySelector("[role=status]");
    this.last = this.left();
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
  }

  left() {
    return Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
  }

  tick() {
    const left = this.left();
    this.clock.textContent = clock(left);
    this.toggleAttribute("data-soon", left <= 60);
    this.toggleAttribute("data-far", left > FAR);
    const passed = SPOKEN.find((mark) => this.last > mark && left <= mark);
    if (passed !== undefined) this.said.textContent = left ? `${words(left)} left.` : "The time is up.";
    this.last = left;
    if (left) return;
    clearInterval(this.ticking);
    this.setAttribute("data-ended", "");
    this.dispatchEvent(new Event("hold-ended", { bubbles: true }));
  }
}

function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function words(seconds) {
  if (seconds <= 30) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? "One minute" : `${minutes} minutes`;
}

customElements.define("hold-timer", HoldTimer);
