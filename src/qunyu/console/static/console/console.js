// What every page does: the menu on a phone, light and dark, tidy addresses, a check before a large upload.
(() => {
  const toggle = (button) => {
    const target = document.getElementById(button.dataset.toggles);
    const open = target.classList.toggle("show");
    button.setAttribute("aria-expanded", String(open));
  };

  const switchTheme = () => {
    const root = document.documentElement;
    const theme = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    root.setAttribute("data-bs-theme", theme);
    localStorage.setItem("qunyu-theme", theme);
    document.dispatchEvent(new CustomEvent("qunyu:theme"));
  };

  document.addEventListener("click", (event) => {
    const toggler = event.target.closest("[data-toggles]");
    if (toggler) toggle(toggler);
    if (event.target.closest("[data-theme-switch]")) switchTheme();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  // One tick for all that the page shows.
  document.addEventListener("change", (event) => {
    const form = event.target.dataset.ticks;
    if (form) document.querySelectorAll(`input[type=checkbox][form="${form}"]`).forEach((each) => { each.checked = event.target.checked; });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
  });

  // On a phone the tab that is open may lie beyond the edge.
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".detail-tabs .active")?.scrollIntoView({ block: "nearest", inline: "center" });
  });

  // What was refused is shown where it was typed: nobody has to look for it, least of all on a phone.
  document.addEventListener("DOMContentLoaded", () => {
    const wrong = document.querySelector("[aria-invalid=true]");
    if (!wrong) return;
    for (let fold = wrong.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    wrong.focus({ preventScroll: true });
    wrong.scrollIntoView({ block: "center" });
  });

  // Empty choices would only make the address longer.
  document.addEventListener("htmx:configRequest", (event) => {
    const given = event.detail.parameters;
    for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
  });

  // The server refuses it too, but only after the browser has begun to send.
  document.addEventListener("submit", (event) => {
    const limit = Number(event.target.dataset.uploadLimit || 0);
    if (!limit) return;
    const input = event.target.querySelector("input[type=file]");
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const note = event.target.querySelector("[data-too-large]");
    const tooLarge = size > limit;
    note.hidden = !tooLarge;
    input.classList.toggle("is-invalid", tooLarge);
    if (tooLarge) event.preventDefault();
    else event.target.querySelector("button.btn-primary").classList.add("btn-loading");
  });
})();
