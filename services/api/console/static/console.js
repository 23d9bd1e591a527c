// Console: what the pages do beyond HTML: swaps that keep focus and opened details, answers of forms, the theme.
"use strict";
{
  const root = document.documentElement;
  const answer = document.getElementById("answer");

  // a part of the page takes its new shape in place: what the viewer has opened or drawn stays
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) => !(name === "open" && element.tagName === "DETAILS");
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (before, after) => {
    if (!(before instanceof Element)) return true;
    if (before.matches(".plot")) return false;
    return !(before.tagName === "TIME" && after.tagName === "TIME" && before.dateTime === after.dateTime);
  };

  function dress(element) {
    Times.localise(element);
    Charts.all(element);
  }

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (xhr.status === 401) location.reload(); // the login is over: the way to the login page
    if (xhr.status >= 400 && target.matches(".part")) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => dress(event.detail.target.isConnected ? event.detail.target : document));
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { elt, requestConfig, successful } = event.detail;
    if (elt.matches(".part")) Live.refreshed(elt, event.detail.xhr.status > 0);
    if (!requestConfig || requestConfig.verb !== "post") return;
    Live.mark(null);
    setTimeout(() => Live.mark(null), 1500); // the history is a moment behind
    if (successful && elt.matches("[data-reset]")) elt.reset();
    point(elt.closest("form"), answer.querySelectorAll("[data-field]"));
  });

  // what was refused is told where it was typed, too
  function point(form, refused) {
    if (!form) return;
    form.querySelectorAll(".refused").forEach((said) => said.remove());
    form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
    const pointed = [...refused].flatMap((item) => {
      const { field, detail } = item.dataset;
      const control = controlOf(form, field);
      if (!control) return [];
      const said = document.createElement("small");
      said.className = "refused";
      said.textContent = field === control.name ? detail : `${field}: ${detail}`;
      control.setAttribute("aria-invalid", "true");
      ([...control.parentElement.querySelectorAll(".refused")].at(-1) || control).after(said);
      item.remove();
      return [control];
    });
    if (pointed.length) pointed[0].focus();
  }

  // a member within a field's own JSON is that field's: elements[0].restrictions.min_kwh is elements', min_price.excl_vat has its own
  function controlOf(form, field) {
    const parts = field.replace(/\[\d+\]/g, "").split(".");
    const rows = field.replace(/\[(\d+)\]/g, "_$1").split("."); // settings[1].key is typed in settings_1_key
    const names = [...rows.map((_, first) => rows.slice(first).join("_")), ...parts.map((_, first) => parts.slice(first).join("_")), ...[...parts].reverse()];
    return names.map((name) => form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`)).find(Boolean);
  }
  document.body.addEventListener("htmx:sendError", (event) => {
    if (event.detail.requestConfig.verb === "post") tell("The server does not answer. Nothing was sent; try again.");
  });

  function tell(sentence) {
    const said = document.createElement("p");
    said.className = "notice tone-bad";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    answer.replaceChildren(said);
  }

  let fading = 0;
  new MutationObserver(() => {
    clearTimeout(fading);
    if (answer.querySelector(".tone-good")) fading = setTimeout(() => answer.replaceChildren(), 6000);
  }).observe(answer, { childList: true });
  answer.addEventListener("click", () => answer.replaceChildren());

  document.querySelectorAll("form[data-autosubmit]").forEach((form) => {
    form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
    // what is blank filters nothing and stays out of the address
    form.addEventListener("formdata", (event) => [...event.formData].forEach(([name, value]) => value || event.formData.delete(name)));
  });

  const theme = document.getElementById("theme");
  theme.hidden = false;
  // where there are more tabs than fit, the one that is shown is in sight
  document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    Charts.again();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => Charts.again());

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    const search = document.querySelector("input[type=search]");
    if (event.key === "/" && !typing && search && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    }
  });

  // a link to something folded unfolds it
  function unfold() {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    if (place && place.matches("details")) place.open = true;
  }
  addEventListener("hashchange", unfold);
  unfold();

  dress(document);
  Live.begin();
}
