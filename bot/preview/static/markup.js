// Turns Telegram's HTML into page elements. Only tags on the list below become elements; everything else stays words.
"use strict";

const ALLOWED_TAGS = {
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote", A: "a", "TG-SPOILER": "span",
};
const SYMBOL_KINDS = {
  "\u{1F534}": "red", "\u{1F7E0}": "orange", "\u{1F535}": "blue", "\u{1F198}": "help",
  "\u{1F4C4}": "paper", "\u{1F50E}": "search", "\u{1F522}": "numbers", "\u260E\uFE0F": "telephone", "\u260E": "telephone",
};
const SYMBOLS = /([\u{1F534}\u{1F7E0}\u{1F535}\u{1F198}\u{1F4C4}\u{1F50E}\u{1F522}]|\u260E\uFE0F?)/u;
const ALLOWED_LINKS = new Set(["https:", "http:", "tel:", "mailto:"]);

/** The elements for a message in Telegram's HTML. Nothing in it is run, fetched or styled by the message. */
function elementsFromTelegram(html) {
  const parsed = new DOMParser().parseFromString(`<body>${html}`, "text/html");
  const fragment = document.createDocumentFragment();
  copyAllowed(parsed.body, fragment);
  return fragment;
}

function copyAllowed(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(...node.data.split(SYMBOLS).filter(Boolean).map(symbolOrWords));
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      copyAllowed(node, appendAllowed(node, to));
    }
  }
}

/** The bot's signs are drawn by the page: many machines have no font with colours for them. */
function symbolOrWords(words) {
  const kind = SYMBOL_KINDS[words];
  if (!kind) return words;
  const element = document.createElement("span");
  element.className = `symbol ${kind}`;
  element.textContent = words;
  return element;
}

function appendAllowed(node, to) {
  const name = ALLOWED_TAGS[node.tagName];
  if (!name) return to;
  const element = document.createElement(name);
  if (name === "a" && !addLink(element, node.getAttribute("href"))) return to;
  if (node.tagName === "TG-SPOILER") {
    element.className = "spoiler";
    element.tabIndex = 0;
  }
  to.append(element);
  return element;
}

function addLink(element, address) {
  const url = readAddress(address);
  if (!url) return false;
  element.href = url.href;
  element.target = "_blank";
  element.rel = "noopener noreferrer nofollow";
  return true;
}

/** The address as a URL if it may be opened from a message, else null. */
function readAddress(address) {
  try {
    const url = new URL(address);
    return ALLOWED_LINKS.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
