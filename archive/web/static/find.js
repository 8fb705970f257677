// The search of an exported site: no server, so it loads the few files of the index that a query needs.
// They are scripts that call `told`, since a page on a disk may load scripts and nothing else.
// What is found is what the served reader finds (archive/query.py, archive/han.py), the newest first.
"use strict";

(() => {
  const STEP = 10; // articles that are shown at once
  const FAR = 60; // articles that are looked into for them; then somebody must want more
  const PAUSE = 250; // milliseconds without a key
  const WIDTH = 120; // characters of a snippet
  const BEFORE = 24; // characters of it before the first mark, at most

  const form = document.querySelector("form.seeking");
  const box = document.getElementById("q");
  const state = document.getElementById("state");
  const results = document.getElementById("results");
  const more = document.getElementById("more");
  document.getElementById("silent").hidden = true;

  // Files of the index

  const asked = new Map();
  const answers = new Map();
  window.told = (key, value) => answers.get(key)?.(value);

  const load = (key) => {
    if (!asked.has(key)) {
      asked.set(key, new Promise((answer, fail) => {
        const script = document.createElement("script");
        answers.set(key, answer);
        script.addEventListener("load", () => script.remove());
        script.addEventListener("error", () => {
          asked.delete(key);
          script.remove();
          fail(new Error(key));
        });
        script.src = `find/${key}.js`;
        document.head.append(script);
      }));
    }
    return asked.get(key);
  };

  let about = null;
  const ready = async () => {
    if (about) return;
    const told = await load("about");
    han.learn(told.fold);
    about = told;
  };

  // Which articles have it (archive/export/site/postings.py)

  const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const SIX = new Map(Array.from(SIGNS, (sign, value) => [sign, value]));

  const flagged = (written) => {
    const flags = new Uint8Array(about.articles);
    if (written.startsWith(".")) {
      for (let at = 0; at < flags.length; at += 1) flags[at] = SIX.get(written[1 + Math.floor(at / 6)]) >> (at % 6) & 1;
      return flags;
    }
    let article = -1;
    let gap = 0;
    let shift = 0;
    for (const sign of written) {
      const value = SIX.get(sign);
      gap += (value & 31) * 2 ** shift;
      shift += 5;
      if (value < 32) {
        article += gap + 1;
        flags[article] = 1;
        gap = shift = 0;
      }
    }
    return flags;
  };

  const hashed = (word) => {
    let value = 0x811c9dc5;
    for (const char of word) value = Math.imul(value ^ char.codePointAt(0), 0x01000193) >>> 0;
    return (value ^ (value >>> 15)) >>> 0;
  };

  const having = async (word) => {
    const number = about.bits ? hashed(word) >>> (32 - about.bits) : 0;
    const hex = number.toString(16).padStart(4, "0");
    const lines = await load(`words/${hex.slice(0, 2)}/${hex}`);
    const at = lines.indexOf(`\n${word}\t`);
    return flagged(at < 0 ? "" : lines.slice(at + word.length + 2, lines.indexOf("\n", at + 1)));
  };

  // What a phrase is looked up by: its words two by two, and alone what has no neighbour.
  const words = (found) => {
    const made = new Set();
    found.forEach((one, at) => {
      const [before, behind] = [found[at - 1] ?? "。", found[at + 1] ?? "。"];
      if (one === "。") return;
      if (behind !== "。") made.add(one + (han.isWide(one) || han.isWide(behind) ? "" : " ") + behind);
      else if (before === "。") made.add(one);
    });
    return Array.from(made);
  };

  const both = (one, two) => one.map((flag, at) => flag & two[at]);
  const any = (one, two) => one.map((flag, at) => flag | two[at]);
  const but = (one, two) => one.map((flag, at) => flag & ~two[at]);

  // Gives the articles that may have it; exact: all of them do.
  const found = async (node) => {
    if (node.tokens) {
      const flags = await Promise.all(words(node.tokens).map(having));
      return { flags: flags.reduce(both), exact: node.tokens.length < 3 };
    }
    const made = await Promise.all(node.nodes.map(found));
    const without = await Promise.all(node.without.map(found));
    let flags = made.map((one) => one.flags).reduce(node.how === "AND" ? both : any);
    for (const one of without) if (one.exact) flags = but(flags, one.flags);
    return { flags, exact: [...made, ...without].every((one) => one.exact) };
  };

  // What is shown (archive/snippet.py)

  const marks = (text, sought) => {
    const same = Array.from(text, (char) => {
      const simple = han.fold(char);
      return simple.length === char.length ? simple : char;
    }).join("");
    return Array.from(same.matchAll(sought), (one) => [one.index, one.index + one[0].length]);
  };

  const put = (element, text, spans, start, end) => {
    element.textContent = start ? "…" : "";
    let at = start;
    for (const [first, last] of spans.filter(([one]) => one >= start && one < end)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(first, Math.min(last, end));
      element.append(text.slice(at, first), mark);
      at = Math.min(last, end);
    }
    element.append(text.slice(at, end), end < text.length ? "…" : "");
  };

  const stretch = (text, spans) => {
    const first = spans[0]?.[0] ?? 0;
    const near = Math.max(0, first - BEFORE);
    const clause = Math.max(...Array.from(han.ENDS, (sign) => text.slice(near, first).lastIndexOf(sign)));
    return near + (clause < 0 ? 0 : clause + 1);
  };

  const card = ([markup, , lead, body], sought) => {
    const text = [lead, body].filter(Boolean).join("\n");
    const holder = document.createElement("template");
    holder.innerHTML = markup; // ours, as every page has it: what is from outside is escaped in it
    const made = holder.content.querySelector("li");
    const title = made.querySelector("h2 a");
    put(title, title.textContent, marks(title.textContent, sought), 0, Infinity);
    const spans = marks(text, sought);
    const start = stretch(text, spans);
    const said = document.createElement("p");
    said.className = "snippet";
    said.lang = made.querySelector("h2").lang;
    put(said, text, spans, start, Math.min(start + WIDTH, text.length));
    if (text) made.querySelector(".words").append(said);
    return made;
  };

  // From what is typed to what is shown

  let run = 0;
  let search = null; // node, sought; rest: articles to look into; exact: all of them have it; cut: there is a * in vain

  const say = (name, count = "") => {
    const note = search?.cut ? ` ${state.dataset.whole}` : "";
    state.textContent = name ? state.dataset[name].replace("{count}", count) + note : "";
  };

  const step = async (mine) => {
    let shown = 0;
    for (let looked = 0; search.rest.length && shown < STEP && looked < FAR; looked += STEP) {
      const some = search.rest.slice(0, STEP);
      const texts = await Promise.all(some.map((number) => load(`texts/${Math.floor(number / 1000)}/${number}`)));
      if (mine !== run) return;
      search.rest.splice(0, some.length);
      const there = texts.filter(([, ...columns]) =>
        search.exact || query.holds(search.node, columns.map((one) => ` ${han.tokens(one).join(" ")} `)));
      results.append(...there.map((one) => card(one, search.sought)));
      shown += there.length;
    }
    const count = results.children.length + search.rest.length;
    more.hidden = !search.rest.length;
    say(!count ? "none" : search.exact || more.hidden ? "exact" : "most", count);
  };

  const guarded = async (work) => {
    const mine = (run += 1);
    try {
      await work(mine);
    } catch (error) {
      if (mine !== run) return;
      more.hidden = true;
      say(typeof error === "string" ? error : "failed");
    }
  };

  const start = () => guarded(async (mine) => {
    const text = box.value.trim();
    results.replaceChildren();
    more.hidden = true;
    search = null;
    say(text ? "wait" : "");
    if (!text) return;
    await ready();
    const { node, cut } = query.wanted(text);
    const { flags, exact } = await found(node);
    if (mine !== run) return;
    const rest = [];
    for (let at = flags.length - 1; at >= 0; at -= 1) if (flags[at]) rest.push(at);
    search = { node, cut, exact, rest, sought: query.pattern(node) };
    await step(mine);
  });

  let timer = 0;
  let last = "";
  let typing = false; // a word is being composed: its letters are not what is looked for

  const go = () => {
    clearTimeout(timer);
    if (box.value.trim() === last) return;
    last = box.value.trim();
    try {
      history.replaceState(null, "", last ? `?${new URLSearchParams({ q: last })}` : location.pathname);
    } catch { /* on a disk the address stays as it is */ }
    start();
  };

  const soon = () => {
    clearTimeout(timer);
    if (!typing) timer = setTimeout(go, PAUSE);
  };

  box.addEventListener("input", soon);
  box.addEventListener("compositionstart", () => { typing = true; });
  box.addEventListener("compositionend", () => { typing = false; soon(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
  more.addEventListener("click", () => guarded(step));
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  go();
})();
