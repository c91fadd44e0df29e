// <local-time datetime="ISO"> stays empty unless this browser's zone shows another time at that instant
// than the event's own zone does; then it says "Your time: Sat 14 June, 21:00".
class LocalTime extends HTMLElement {
  connectedCallback() {
    const written = this.getAttribute("datetime") ?? "";
    const instant = new Date(written);
    if (Number.isNaN(instant.valueOf()) || offset(written) === -instant.getTimezoneOffset()) return;
    const words = new Intl.DateTimeFormat("en-GB", {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    this.textContent = `Your time: ${words.format(instant)}`;
  }
}

// Minutes east of UTC that an ISO time was written with.
function offset(written) {
  const [, sign, hours, minutes] = written.match(/([+-])(\d\d):?(\d\d)$/) ?? [null, "+", "0", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

customElements.define("local-time", LocalTime);
