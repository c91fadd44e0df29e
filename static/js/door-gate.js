// [data-gate]: where this phone stands, remembered on it and sent with whatever is checked in.
const GATE = "evently.door.gate";

function fill(root) {
  for (const field of root.querySelectorAll("[data-gate]")) field.value ||= localStorage.getItem(GATE) ?? "";
}

document.addEventListener("change", ({ target }) => { if (target.matches("[data-gate]")) localStorage.setItem(GATE, target.value.trim()); });
document.addEventListener("htmx:afterSwap", () => fill(document));
fill(document);
