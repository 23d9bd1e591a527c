// Times: moments in the viewer's own zone, UTC in their titles; "5 min ago" counts on by itself.
"use strict";
const Times = (() => {
  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const exact = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function span(seconds) {
    const [length, name] = UNITS.find(([length]) => seconds >= length) || UNITS[3];
    return `${Math.floor(seconds / length)} ${name}`;
  }

  function ago(at) {
    const passed = (Date.now() - at) / 1000;
    if (passed < -5) return `in ${span(-passed)}`;
    return passed < 5 ? "just now" : `${span(passed)} ago`;
  }

  function local(at) {
    const today = day.format(at) === day.format(new Date());
    return today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
  }

  function tell(element) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.valueOf())) return;
    const text = "ago" in element.dataset ? ago(at) : "exact" in element.dataset ? exact.format(at) : local(at);
    if (element.textContent !== text) element.textContent = text;
  }

  function localise(root) {
    root.querySelectorAll("time[datetime]").forEach(tell);
    root.querySelectorAll("[data-zone]").forEach((element) => { element.textContent = zone; });
    root.querySelectorAll("input[data-utc]").forEach(offer);
  }

  // a moment in an input is shown in the viewer's zone and sent in UTC
  function offer(input) {
    if (input.dataset.utc && !input.dataset.offered) {
      const text = input.dataset.utc;
      const at = new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
      if (!Number.isNaN(at.valueOf())) input.value = new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
    }
    input.dataset.offered = "yes";
  }

  function send(event) {
    event.target.querySelectorAll("input[data-utc]").forEach((input) => {
      if (input.value) event.formData.set(input.name, new Date(input.value).toISOString());
    });
  }

  document.addEventListener("formdata", send);
  setInterval(() => document.querySelectorAll("time[data-ago]").forEach(tell), 5000);
  return { localise };
})();
