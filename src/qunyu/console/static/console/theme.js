// Before the page is drawn: light or dark, as chosen here or by the system.
(() => {
  const kept = localStorage.getItem("qunyu-theme");
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
