// <copy-button value="…"> around a hidden button: copies, and says so in the button's place.
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = this.querySelector("[role=status]");
      try {
        await navigator.clipboard.writeText(this.getAttribute("value"));
        said.textContent = "Copied";
      } catch {
        said.textContent = "Select the text and copy it yourself";
      }
      setTimeout(() => { said.textContent = ""; }, 3000);
    });
  }
}

customElements.define("copy-button", CopyButton);
