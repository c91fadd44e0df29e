// <theme-switch>: buttons with data-value "system", "light" or "dark". Hidden until defined.
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-value]");
      if (button) choose(button.dataset.value);
    });
    document.addEventListener("theme-chosen", () => this.show());
    this.show();
  }

  show() {
    const current = document.documentElement.dataset.theme ?? "system";
    for (const button of this.querySelectorAll("[data-value]")) {
      button.setAttribute("aria-pressed", String(button.dataset.value === current));
    }
  }
}

function choose(value) {
  const root = document.documentElement;
  if (value === "system") delete root.dataset.theme;
  else root.dataset.theme = value;
  try {
    if (value === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", value);
  } catch {
    // It holds for this page.
  }
  document.dispatchEvent(new Event("theme-chosen"));
}

customElements.define("theme-switch", ThemeSwitch);
