// Live: one event stream per page; parts that an event is about are fetched again, each at most once in its own time.
"use strict";
const Live = (() => {
  const RETRY_MOST_MS = 30000;
  const HIDDEN_FOR_MS = 15000;
  const HISTORY_BEHIND_MS = 2000;
  const parts = new Map(); // part id -> { dirty, busy, at, took }
  const echoes = new Map(); // kind of event -> timer
  let source = null;
  let retryMs = 1000;
  let retrying = 0;
  let hiding = 0;
  let wasInterrupted = false;

  const address = () => document.body.dataset.events;
  const all = () => [...document.querySelectorAll(".part[hx-get]")];
  const known = (part) => {
    if (!parts.has(part.id)) parts.set(part.id, { dirty: false, busy: false, at: Date.now(), took: 0 });
    return parts.get(part.id);
  };
  const isLive = (part) => part.dataset.on !== "" || part.dataset.poll !== "0";

  function mark(kind) {
    all().forEach((part) => {
      if (kind === null ? isLive(part) : part.dataset.on.split(" ").includes(kind)) known(part).dirty = true;
    });
  }

  // what parts show comes from the history, which hears of an event a moment after the page
  function heard(kind) {
    mark(kind);
    clearTimeout(echoes.get(kind));
    echoes.set(kind, setTimeout(() => mark(kind), HISTORY_BEHIND_MS));
  }

  // four times as long as the last answer took, so that a slow server is not asked faster than it answers
  function due(part, state, now) {
    const passed = now - state.at;
    const polled = Number(part.dataset.poll) * 1000;
    const rest = Math.max(Number(part.dataset.every) * 1000, state.took * 4);
    return !state.busy && passed >= rest && (state.dirty || (polled && passed >= polled));
  }

  function beat() {
    if (document.hidden || reading()) return;
    const now = Date.now();
    all().forEach((part) => {
      const state = known(part);
      if (!due(part, state, now)) return;
      Object.assign(state, { dirty: false, busy: true, at: now });
      htmx.trigger(part, "refresh");
    });
  }

  // text that is being selected must not move away
  function reading() {
    const selection = getSelection();
    return selection && !selection.isCollapsed;
  }

  function refreshed(part, answered) {
    const state = known(part);
    state.took = Date.now() - state.at;
    state.busy = false;
    state.failures = answered ? 0 : (state.failures || 0) + 1;
    // nobody answers: ask more and more rarely
    if (!answered) Object.assign(state, { dirty: true, took: Math.min(250 * 2 ** state.failures, RETRY_MOST_MS / 4) });
    if (!answered) say("interrupted", "Interrupted");
    else if (source?.readyState === EventSource.OPEN) say("live", "Live");
  }

  function say(state, text) {
    const sign = document.getElementById("live");
    const alarm = document.getElementById("interrupted");
    if (!sign) return;
    sign.hidden = false;
    if (sign.dataset.state !== state) {
      sign.dataset.state = state;
      document.getElementById("live-text").textContent = text;
    }
    const interrupted = state === "interrupted";
    if (interrupted && !wasInterrupted) {
      const at = new Date().toLocaleTimeString();
      alarm.textContent = `The live feed is interrupted since ${at}. What you see may be old; trying again.`;
    }
    alarm.hidden = !interrupted;
    wasInterrupted = interrupted;
  }

  function open() {
    if (source || !address()) return;
    source = new EventSource(address());
    source.onopen = () => {
      retryMs = 1000;
      say("live", "Live");
      mark(null); // what happened meanwhile is not told again
    };
    source.onerror = () => {
      say("interrupted", "Interrupted");
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      close();
      retrying = setTimeout(open, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
    };
    const kinds = new URLSearchParams(address().split("?")[1]).get("kinds");
    kinds.split(",").forEach((kind) => source.addEventListener(kind, () => heard(kind)));
    source.addEventListener("lagged", () => mark(null));
  }

  function close() {
    clearTimeout(retrying);
    source?.close();
    source = null;
  }

  // a browser has few connections to one host: tabs that nobody looks at give theirs back
  function visibility() {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(close, HIDDEN_FOR_MS);
    } else {
      open();
      mark(null);
    }
  }

  function begin() {
    document.addEventListener("visibilitychange", visibility);
    addEventListener("pagehide", close);
    addEventListener("pageshow", (event) => event.persisted && open());
    setInterval(beat, 250);
    if (!document.hidden) open();
  }

  return { begin, mark, refreshed };
})();
