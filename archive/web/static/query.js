// What somebody types -> what is looked for: archive/query.py once more, for a browser.
// A phrase has tokens; what is joined has how ("AND", "OR"), nodes, and without, what must not be there.
"use strict";

const query = (() => {
  const MOST = 16; // words and phrases of a query
  const LONG = 64; // Han characters and Latin words of it

  const PARTS = /(-?(?:"[^"]*(?:"|$)|“[^”]*(?:”|$)|「[^」]*(?:」|$)))|(-?[(（])|([)）])|([^\s"“「()（）]+)/gu;

  const phrase = (said) => {
    const found = han.tokens(said);
    while (found[0] === "。") found.shift();
    while (found.at(-1) === "。") found.pop();
    return found.length ? { tokens: found, cut: said.endsWith("*") && !han.isWide(found.at(-1)) } : null;
  };

  const parts = (text) => {
    const found = [];
    let depth = 0;
    for (const [said, , opens, closes] of text.matchAll(PARTS)) {
      if (closes) {
        if (depth) found.push(")");
        depth = Math.max(0, depth - 1);
      } else if (["AND", "OR", "NOT"].includes(said)) {
        found.push(said);
      } else {
        if (said.startsWith("-")) found.push("NOT");
        if (opens) depth += 1;
        found.push(opens ? "(" : phrase(said));
      }
    }
    return found;
  };

  const joined = (how, nodes, without = []) =>
    nodes.length > 1 || without.length ? { how, nodes, without } : nodes[0] ?? null;

  const either = (rest) => {
    const choices = [];
    while (rest.length && rest[0] !== ")") {
      const node = all(rest);
      if (node) choices.push(node);
      if (rest[0] === "OR") rest.shift();
    }
    return joined("OR", choices);
  };

  const all = (rest) => {
    const there = [];
    const absent = [];
    let into = there;
    while (rest.length && rest[0] !== "OR" && rest[0] !== ")") {
      const part = rest.shift();
      if (part === "NOT") {
        into = absent;
      } else if (part !== "AND") {
        const node = part === "(" ? either(rest) : part;
        if (part === "(") rest.shift();
        if (node) into.push(node);
        into = there;
      }
    }
    if (absent.length && !there.length) throw "not";
    return joined("AND", there, absent);
  };

  const phrases = (node) => (node.tokens ? [node] : node.nodes.flatMap(phrases));

  const wanted = (text) => {
    const found = parts(text);
    const words = found.filter((part) => part?.tokens);
    if (words.length > MOST || words.flatMap((word) => word.tokens).length > LONG) throw "many";
    if (text.trim() && !words.length) throw "signs";
    return { node: either(found), cut: words.some((word) => word.cut) };
  };

  // Tells whether some columns, each as words with blanks between and around, have all that is wanted.
  const holds = (node, columns) => {
    if (node.tokens) return columns.some((column) => column.includes(` ${node.tokens.join(" ")} `));
    const how = node.how === "AND" ? "every" : "some";
    return node.nodes[how]((one) => holds(one, columns)) && !node.without.some((one) => holds(one, columns));
  };

  // Gives the expression that finds what is wanted in a folded text.
  const LETTER = `(?![${han.WIDE}])[\\p{L}\\p{N}]`;
  const BETWEEN = `[^\\p{L}\\p{N}${han.ENDS}]*`;

  const pattern = (node) => {
    const made = phrases(node).map(({ tokens: all }) => {
      const inside = all.map((one) => (one === "。" ? "[^\\p{L}\\p{N}]+" : one)).join(BETWEEN);
      return (han.isWide(all[0]) ? "" : `(?<!${LETTER})`) + inside + (han.isWide(all.at(-1)) ? "" : `(?!${LETTER})`);
    });
    return new RegExp(made.sort((one, two) => two.length - one.length).join("|"), "gu");
  };

  return { wanted, holds, pattern };
})();
