// A search as one types: the same page is asked for, and its results stand in for those shown.
// Without this file the form does it; whatever goes wrong here, the form still works.
"use strict";

(() => {
  const PAUSE = 180; // milliseconds without a key
  const form = document.querySelector("form.seeking");
  const box = form?.elements.namedItem("q");
  const told = document.getElementById("told");
  if (!form || !box || !told) return;

  let timer = 0;
  let asked = new AbortController();
  let typing = false; // a word is being composed: its letters are not what is looked for
  let last = box.value.trim();

  const address = () => {
    const fields = new FormData(form);
    fields.set("q", box.value.trim());
    if (!fields.get("q")) fields.delete("q");
    return `${form.getAttribute("action")}?${new URLSearchParams(fields)}`;
  };

  const put = (page, link) => {
    const old = document.getElementById("results");
    const fresh = page.getElementById("results");
    if (!old || !fresh) return;
    old.replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    told.textContent = (fresh.querySelector("#count, .banner strong")?.textContent ?? "").trim();
    history.replaceState(null, "", link);
  };

  const ask = async () => {
    if (box.value.trim() === last) return;
    last = box.value.trim();
    asked.abort();
    asked = new AbortController();
    const link = address();
    try {
      const answer = await fetch(link, { signal: asked.signal });
      if (!answer.ok) return;
      const text = await answer.text();
      put(new DOMParser().parseFromString(text, "text/html"), link);
    } catch (error) {
      if (error.name !== "AbortError") last = null; // the next key tries again
    }
  };

  const soon = () => {
    clearTimeout(timer);
    if (!typing) timer = setTimeout(ask, PAUSE);
  };

  box.addEventListener("input", soon);
  box.addEventListener("compositionstart", () => { typing = true; });
  box.addEventListener("compositionend", () => { typing = false; soon(); });
  form.addEventListener("submit", () => { clearTimeout(timer); asked.abort(); });
})();
