// <fresh-key hidden> around a form's hidden key, which makes a repeated submission the same booking: a visit starts with
// a new one, also where the browser had kept the page. Going back is the same visit, and leads to the same basket.
class FreshKey extends HTMLElement {
  connectedCallback() {
    const [visit] = performance.getEntriesByType("navigation");
    if (visit?.type === "back_forward") return;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    this.querySelector("input").value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

customElements.define("fresh-key", FreshKey);
