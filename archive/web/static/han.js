// Texts as the search knows them: archive/han.py once more, for a browser.
"use strict";

const han = (() => {
  let variants = new Map(); // Han characters that are folded to another one; all others a browser knows how to fold

  const WIDE = "\\u2e80-\\u30ff\\u3400-\\u9fff\\ua000-\\ua4cf\\uac00-\\ud7af\\uf900-\\ufaff\\uff66-\\uffdc\\u{20000}-\\u{3ffff}";
  const ENDS = "。！？；：，、…\n";
  const FIRST = new RegExp(`^[${WIDE}]`, "u");
  const WORD = /^[\p{L}\p{N}]$/u;

  const fold = (char) => {
    const known = variants.get(char);
    if (known || !WORD.test(char)) return known ?? char;
    const wide = char.normalize("NFKC");
    const plain = Array.from(wide).length === 1 ? wide : char;
    const lower = plain.toLowerCase();
    const bare = Array.from(lower.normalize("NFD"))[0];
    if (bare < "\x80") return bare;
    return Array.from(lower).length === 1 ? lower : plain;
  };

  const alone = (char) => {
    if (ENDS.includes(char)) return "。";
    if (!WORD.test(char)) return " ";
    const simple = fold(char);
    return FIRST.test(simple) ? ` ${simple} ` : simple;
  };

  const tokens = (text) => {
    const ended = text.replace(/[!?;]+(?=[ \n]|$)/g, "。");
    return Array.from(ended, alone).join("").replace(/。[ 。]*/g, " 。 ").split(/ +/).filter(Boolean);
  };

  // Takes pairs of characters, one behind the other: a variant, and what it is folded to.
  const learn = (pairs) => {
    const signs = Array.from(pairs);
    variants = new Map();
    for (let at = 0; at < signs.length; at += 2) variants.set(signs[at], signs[at + 1]);
  };

  const isWide = (text) => FIRST.test(text);

  return { WIDE, ENDS, fold, tokens, learn, isWide };
})();
