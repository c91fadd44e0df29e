// <zone-guess> around a select of time zones: chooses the browser's own zone while nothing is chosen.
class ZoneGuess extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    if (!select || select.value) return;
    select.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (select.selectedIndex < 0) select.value = "";
  }
}

customElements.define("zone-guess", ZoneGuess);
