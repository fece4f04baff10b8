// The builder of a segment: groups and conditions as a form, kept in step with their text. The server reads either and answers with
// both and with how many people that is; nothing here decides what a condition means.
(() => {
  const root = document.getElementById("builder");
  const text = document.getElementById("text");
  if (!root || !text) return;
  const known = JSON.parse(document.getElementById("vocabulary").textContent);
  const say = document.getElementById("builder-words").dataset;
  const things = new Map([...known.fields, ...known.verbs].map((each) => [each.key, each]));
  const isVerb = (key) => known.verbs.some((each) => each.key === key);
  let tree = { any: false, not: false, parts: [] };

  // One list of parts with an optional "not" on each: the shape of the form.
  const toForm = (json) => {
    if (json.not) { const inner = toForm(json.not); return { ...inner, not: !inner.not }; }
    if (json.all || json.any) return { any: !!json.any, not: false, parts: (json.all || json.any).map(toForm) };
    return { not: false, leaf: json };
  };
  const toJson = (node) => {
    const bare = node.leaf ? node.leaf : { [node.any ? "any" : "all"]: node.parts.map(toJson) };
    return node.not ? { not: bare } : bare;
  };
  const asGroup = (node) => (node.leaf ? { any: false, not: false, parts: [node] } : node);

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.filter((each) => each !== null));
    return element;
  };
  const choice = (label, options, chosen, change, id) => make("select", { class: "form-select", "aria-label": label, "data-id": id, onchange: (event) => change(event.target.value) },
    ...options.map(([value, name]) => make("option", { value, selected: value === chosen }, name)));
  const input = (label, type, value, change, id) => make("input", { class: "form-control", type, value: value ?? "", "aria-label": label, "data-id": id,
    min: type === "number" ? 0 : null, step: type === "number" ? "any" : null, oninput: (event) => { change(event.target.value); later(); } });
  const several = (label, options, chosen, change, id) => {
    const names = options.filter(([code]) => chosen.includes(code)).map(([, name]) => name).join(" | ");
    const tick = (code, on) => { change(on ? [...chosen, code] : chosen.filter((each) => each !== code)); redraw(id); };
    return make("details", { class: "menu choose", "data-id": id, open: openId === id }, make("summary", { class: "btn" }, names || label),
      make("div", { class: "menu-body" }, ...options.map(([code, name]) => make("label", { class: "form-check" },
        make("input", { class: "form-check-input", type: "checkbox", checked: chosen.includes(code), onchange: (event) => tick(code, event.target.checked) }), " ", name))));
  };
  const button = (label, icon, act, id, hidden = "") => make("button", { class: "btn btn-sm", type: "button", "data-id": id, "aria-label": hidden || null, title: hidden || null, onclick: act },
    make("i", { class: `ti ti-${icon}`, "aria-hidden": "true" }), label);

  const fresh = (key) => {
    if (key === "") return { everybody: true };
    if (isVerb(key)) return { did: key, times: "at_least", count: 1 };
    const field = things.get(key);
    return { field: key, op: field.ops[0], values: values(field, field.ops[0], []) };
  };
  const values = (field, op, before) => {
    const count = known.values[op];
    if (count === null) return field.options.length ? before.filter((each) => field.options.some(([code]) => code === each)) : before.slice(0, 1).concat(before.length ? [] : [""]);
    return Array.from({ length: count }, (_, place) => before[place] ?? "");
  };

  const fieldParts = (node, id) => {
    const leaf = node.leaf, field = things.get(leaf.field);
    const put = (place) => (value) => { leaf.values[place] = value; };
    const type = field.kind === "date" && !["within", "older"].includes(leaf.op) ? "date" : ["number", "money", "date"].includes(field.kind) ? "number" : "text";
    const op = choice(say.compare, field.ops.map((each) => [each, known.words[each]]), leaf.op, (value) => { leaf.op = value; leaf.values = values(field, value, leaf.values); redraw(`${id}.op`); }, `${id}.op`);
    if (leaf.op === "is" && field.options.length) return [op, several(say.options, field.options, leaf.values, (next) => { leaf.values = next; }, `${id}.v`)];
    const unit = ["within", "older"].includes(leaf.op) ? make("span", {}, say.days) : null;
    return [op, ...leaf.values.map((value, place) => input(say.value, type, value, put(place), `${id}.v${place}`)), unit];
  };
  const deedParts = (node, id) => {
    const leaf = node.leaf, verb = things.get(leaf.did);
    const window = leaf.days ? "within" : leaf.first && leaf.last ? "between" : leaf.first ? "from" : leaf.last ? "until" : "ever";
    const today = new Date().toISOString().slice(0, 10);
    const timed = (value) => {
      delete leaf.days; delete leaf.first; delete leaf.last;
      if (value === "within") leaf.days = 30;
      if (value === "between" || value === "from") leaf.first = today;
      if (value === "between" || value === "until") leaf.last = today;
      redraw(`${id}.w`);
    };
    const places = () => known.places.map((each) => several(each.title, each.options, (leaf.where || {})[each.key] || [], (next) => {
      leaf.where = { ...leaf.where, [each.key]: next };
      if (!next.length) delete leaf.where[each.key];
    }, `${id}.p.${each.key}`));
    const filled = leaf.where && Object.keys(leaf.where).length;
    return [
      verb.texted ? input(say.text, "text", leaf.text, (value) => { leaf.text = value; }, `${id}.t`) : null,
      choice(say.compare, ["at_least", "at_most", "exactly"].map((each) => [each, known.words[each]]), leaf.times, (value) => { leaf.times = value; later(); }, `${id}.o`),
      input(verb.unit, "number", leaf.count, (value) => { leaf.count = Number.parseInt(value, 10) || 0; }, `${id}.c`), make("span", {}, verb.unit),
      choice(say.time, [["ever", say.ever], ...["within", "between", "from", "until"].map((each) => [each, known.words[each]])], window, timed, `${id}.w`),
      leaf.days ? input(say.days, "number", leaf.days, (value) => { leaf.days = Number.parseInt(value, 10) || 1; }, `${id}.d`) : null, leaf.days ? make("span", {}, say.days) : null,
      leaf.first ? input(say.time, "date", leaf.first, (value) => { leaf.first = value; }, `${id}.f`) : null,
      leaf.last ? input(say.time, "date", leaf.last, (value) => { leaf.last = value; }, `${id}.l`) : null,
      verb.placed ? make("details", { class: "narrowed", open: !!filled || openId.startsWith(`${id}.p`) }, make("summary", {}, say.where), make("div", { class: "btn-list" }, ...places())) : null,
    ];
  };

  const grouped = (chosen) => {
    const select = make("select", { class: "form-select", "aria-label": say.field });
    const groups = new Map([["", [make("option", { value: "", selected: chosen === "" }, say.everybody)]]]);
    for (const [key, each] of things) groups.set(each.group, [...(groups.get(each.group) || []), make("option", { value: key, selected: key === chosen }, each.title)]);
    for (const [name, options] of groups) select.append(...(name ? [make("optgroup", { label: name }, ...options)] : options));
    return select;
  };
  const notBox = (node, id) => make("label", { class: "form-check mb-0" }, make("input", { class: "form-check-input", type: "checkbox", "data-id": `${id}.n`, checked: node.not,
    onchange: (event) => { node.not = event.target.checked; later(); } }), " ", say.not);

  const leafOf = (node, id, remove) => {
    const key = node.leaf.field ?? node.leaf.did ?? "";
    const select = grouped(key);
    select.dataset.id = `${id}.k`;
    select.addEventListener("change", () => { node.leaf = fresh(select.value); redraw(`${id}.k`); });
    const help = things.get(key)?.help;
    return make("div", { class: "leaf" }, notBox(node, id), select, ...(node.leaf.field ? fieldParts(node, id) : node.leaf.did ? deedParts(node, id) : []),
      button("", "x", remove, `${id}.x`, say.remove), help ? make("small", { class: "text-secondary" }, help) : null);
  };
  const groupOf = (node, id, remove) => {
    const gone = (place) => () => { node.parts.splice(place, 1); redraw(`${id}.add`); };
    const rows = node.parts.map((part, place) => (part.leaf ? leafOf(part, `${id}.${place}`, gone(place)) : groupOf(part, `${id}.${place}`, gone(place))));
    const first = known.verbs[0] ? known.verbs[0].key : known.fields[0].key;
    const head = make("div", { class: "btn-list mb-2" }, choice(say.match, [["all", say.all], ["any", say.any]], node.any ? "any" : "all", (value) => { node.any = value === "any"; later(); }, `${id}.m`),
      remove || node.not ? notBox(node, id) : null, remove ? button("", "x", remove, `${id}.x`, say.remove) : null);
    return make("fieldset", { class: "condition-group" }, head, ...rows, make("div", { class: "btn-list" },
      button(say.condition, "plus", () => { node.parts.push({ not: false, leaf: fresh(first) }); redraw(`${id}.${node.parts.length - 1}.k`); }, `${id}.add`),
      button(say.group, "folder-plus", () => { node.parts.push({ any: true, not: false, parts: [{ not: false, leaf: fresh(first) }] }); redraw(`${id}.${node.parts.length - 1}.m`); }, `${id}.group`)));
  };

  // What is wrong stands below where it was said: the text, or the form.
  const complain = (field, id, message) => {
    if (!message && !document.getElementById(id)) return;
    const place = document.getElementById(id) || make("div", { class: "invalid-feedback", id, role: "alert" });
    place.textContent = message;
    place.classList.toggle("d-block", !!message);
    if (!place.parentNode) field.after(place);
    field.classList.toggle("is-invalid", !!message);
    if (message) { field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", id); }
    else { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
  };

  let openId = "", timer = 0, asked = 0;
  const draw = () => root.replaceChildren(groupOf(tree, "g", null));
  const redraw = (focus) => {
    openId = focus;
    draw();
    const target = root.querySelector(`[data-id="${focus}"]`);
    (target?.querySelector?.("summary") ?? target)?.focus();
    later();
  };
  const ask = async (name, value) => {
    const number = ++asked;
    const body = new FormData();
    body.set(name, value);
    body.set("csrfmiddlewaretoken", document.querySelector("#segment-form [name=csrfmiddlewaretoken]").value);
    document.getElementById("preview").classList.add("htmx-request");
    const answer = await fetch(root.dataset.try, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (number !== asked || !answer.ok) return;
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    document.getElementById("preview").replaceWith(holder.firstElementChild);
    const tried = JSON.parse(document.getElementById("tried").textContent);
    complain(text, "error-text", name === "text" ? tried.error || "" : "");
    complain(root, "error-builder", name === "condition" ? tried.error || "" : "");
    // Nothing asked is no condition: the text must not go on saying what the form said before.
    if (tried.error && name === "condition" && !tree.parts.length) text.value = "";
    if (tried.error) return;
    if (name === "text") { tree = asGroup(toForm(tried.condition)); draw(); } else text.value = tried.text;
  };
  const later = (name = "condition") => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(name, name === "text" ? text.value : JSON.stringify(toJson(tree))), 400);
  };
  text.addEventListener("input", () => later("text"));
  const begun = JSON.parse(document.getElementById("tried").textContent);
  if (begun.condition) tree = asGroup(toForm(begun.condition));
  draw();
})();
