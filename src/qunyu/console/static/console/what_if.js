// The growth formula as it is changed: numbers and sliders move together, and the product is written beside. The server computes the same.
(() => {
  const numberOf = (input) => {
    const text = input.value.trim();
    if (text === input.dataset.measured) return input.dataset.exact === "" ? NaN : Number(input.dataset.exact);
    const typed = Number(text.replace(/[,，]/g, "").replace(/%$/, ""));
    return text === "" || typed < 0 || typed > Number(input.dataset.limit ?? Infinity) ? NaN : typed * Number(input.dataset.times);
  };

  const compute = (form) => {
    const inputs = [...form.querySelectorAll("input[data-measured]")];
    const revenue = inputs.reduce((product, input) => product * numberOf(input), 1);
    const places = Number(form.dataset.places);
    const written = (minor) => `${form.dataset.sign} ${(Math.round(minor) / 10 ** places).toLocaleString(form.dataset.language, {
      minimumFractionDigits: places, maximumFractionDigits: places })}`;
    const difference = form.dataset.exact === "" ? NaN : revenue - Number(form.dataset.exact);
    const write = (name, text) => { form.querySelector(`[data-outcome=${name}]`).textContent = text; };
    write("revenue", Number.isFinite(revenue) ? written(revenue) : "–");
    write("difference", Number.isFinite(difference) ? (difference < -0.5 ? "−" : "+") + written(Math.abs(difference)) : "–");
  };

  // Without this script there is only the form; with it, sliders.
  const wake = () => document.querySelectorAll("[data-what-if] [hidden]:not([type=hidden])").forEach((each) => { each.hidden = false; });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-what-if]");
    if (!form) return;
    const partner = event.target.dataset.slides
      ? document.getElementById(event.target.dataset.slides)
      : form.querySelector(`[data-slides=${event.target.id}]`);
    if (partner) partner.value = event.target.value;
    compute(form);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-as-measured]");
    if (!button) return;
    button.form.querySelectorAll("input[data-measured]").forEach((input) => {
      input.value = input.dataset.measured;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  document.addEventListener("DOMContentLoaded", wake);
  document.addEventListener("htmx:afterSettle", wake);
})();
