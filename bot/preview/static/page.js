// The chat page: sends what the person writes or presses, shows what the bot sent. Decides nothing about offers.
"use strict";

const HISTORY_KEY = "satark.history";
const KEPT_ENTRIES = 200;
const NEWS_EVERY_MS = 3000;
const NO_ANSWER = "No answer from Satark. Check that it is still running, then try again. That says nothing about the offer.";

const log = document.getElementById("log");
const chat = document.getElementById("chat");
const writer = document.getElementById("writer");
const input = document.getElementById("text");
const sendButton = document.getElementById("send");
const state = document.getElementById("state");
const typing = document.getElementById("typing");
const menu = document.getElementById("menu");
const menuOpener = document.getElementById("menu-opener");
const toast = document.getElementById("toast");

let entries = readEntries();
let busy = 0;
let waiting = Promise.resolve();
let toastTimer = 0;

// --- what is kept while this tab is open ---------------------------------------------------------------------------

function readEntries() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(HISTORY_KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keepEntries() {
  entries = entries.slice(-KEPT_ENTRIES);
  try {
    sessionStorage.setItem(HISTORY_KEY, JSON.stringify(entries));
  } catch {
    // Private windows may have no room for it: then a reload starts with an empty page.
  }
}

// --- talking to the server -----------------------------------------------------------------------------------------

/** Posts JSON, or a file as it is; gives the answer, or throws an Error whose message may be shown. */
async function post(path, body) {
  const isFile = body instanceof File;
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": isFile ? "application/octet-stream" : "application/json" },
      body: isFile ? body : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new Error(NO_ANSWER);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || NO_ANSWER);
  return answer;
}

/** Does one thing after the other, as a chat does, with the typing sign while it lasts. */
function inTurn(action) {
  const turn = waiting.then(async () => {
    setBusy(+1);
    try {
      await action();
    } finally {
      setBusy(-1);
    }
  });
  waiting = turn.catch(() => {});
  return waiting;
}

function say(words) {
  addEntry({ side: "mine", text: words, at: Date.now() });
  return inTurn(() => ask("/api/message", { text: words }, () => retry("/api/message", { text: words })));
}

function sendFile(file) {
  addEntry({ side: "mine", text: `📎 ${file.name}`, at: Date.now() });
  const path = `/api/file?name=${encodeURIComponent(file.name)}`;
  return inTurn(() => ask(path, file, () => retry(path, file)));
}

function press(key, data, messageId) {
  key.setAttribute("aria-busy", "true");
  const body = { data, message_id: messageId };
  return inTurn(() => ask("/api/press", body, () => retry("/api/press", body))).finally(() =>
    key.removeAttribute("aria-busy"),
  );
}

async function ask(path, body, again) {
  try {
    const answer = await post(path, body);
    answer.messages.forEach(showMessage);
    (answer.notices || []).forEach(showToast);
  } catch (error) {
    showTrouble(error.message, again);
  }
}

/** Shows what the bot sent of its own accord, such as an alert. A server that is away is noticed when the person asks. */
async function listen() {
  if (busy || document.visibilityState !== "visible") return;
  try {
    const response = await fetch("/api/news", { credentials: "same-origin" });
    if (response.ok) (await response.json()).messages.forEach(showMessage);
  } catch {
    // The next look may find it.
  }
}

function retry(path, body) {
  return inTurn(() => ask(path, body, () => retry(path, body)));
}

// --- showing -------------------------------------------------------------------------------------------------------

function showMessage(message) {
  const entry = { side: "theirs", ...message, at: Date.now() };
  const earlier = message.edits && entries.findIndex((kept) => kept.id === message.id);
  if (message.edits && earlier >= 0) {
    entries[earlier] = { ...entry, at: entries[earlier].at };
    log.querySelector(`[data-id="${message.id}"]`)?.replaceWith(makeEntry(entries[earlier]));
    keepEntries();
    return;
  }
  addEntry(entry);
}

function addEntry(entry) {
  document.getElementById("start-entry")?.remove();
  entries.push(entry);
  keepEntries();
  const element = makeEntry(entry);
  log.append(element);
  scrollTo(element, entry.side);
}

/** A long reply is shown from its beginning, anything else from its end. */
function scrollTo(element, side) {
  const tall = element.offsetHeight > chat.clientHeight * 0.8;
  chat.scrollTop = side === "theirs" && tall ? element.offsetTop - 10 : chat.scrollHeight;
}

function makeEntry(entry) {
  const item = document.createElement("li");
  item.className = `entry ${entry.side}`;
  if (entry.id) item.dataset.id = entry.id;
  item.append(makeBubble(entry));
  if (entry.buttons?.length) item.append(makeKeys(entry));
  return item;
}

function makeBubble(entry) {
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  const words = document.createElement("div");
  words.className = "words";
  words.dir = "auto";
  words.append(entry.html === undefined ? entry.text : elementsFromTelegram(entry.html));
  const time = document.createElement("time");
  time.className = "time";
  time.dateTime = new Date(entry.at).toISOString();
  time.textContent = new Date(entry.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const sender = document.createElement("b");
  sender.className = "unseen";
  sender.textContent = entry.side === "mine" ? "You: " : "Satark: ";
  bubble.append(sender, words, time);
  return bubble;
}

function makeKeys(entry) {
  const keys = document.createElement("div");
  keys.className = "keys";
  for (const row of entry.buttons) {
    const line = document.createElement("div");
    line.append(...row.map((button) => makeKey(button, entry.id)));
    keys.append(line);
  }
  return keys;
}

function makeKey(button, messageId) {
  const url = button.url && readAddress(button.url);
  const key = document.createElement(url ? "a" : "button");
  key.className = "key";
  key.dir = "auto";
  key.textContent = button.text;
  if (url) {
    Object.assign(key, { href: url.href, target: "_blank", rel: "noopener noreferrer" });
  } else {
    key.type = "button";
    key.addEventListener("click", () => press(key, button.data, messageId));
  }
  return key;
}

function showTrouble(words, again) {
  const item = document.createElement("li");
  item.className = "entry trouble";
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  const text = document.createElement("div");
  text.textContent = words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "again";
  button.textContent = "Try again";
  button.addEventListener("click", () => {
    item.remove();
    again();
  });
  bubble.append(text, button);
  item.append(bubble);
  log.append(item);
  scrollTo(item, "trouble");
}

function showToast(words) {
  toast.textContent = words;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (toast.hidden = true), 4000);
}

function showStart() {
  const item = document.createElement("li");
  item.className = "entry start";
  item.id = "start-entry";
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  const words = document.createElement("p");
  words.textContent = "Is a job offer from abroad real? Ask before you pay or travel.";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "start-button";
  button.textContent = "Start · शुरू करें";
  button.addEventListener("click", () => {
    say("/start");
    input.focus();
  });
  bubble.append(words, button);
  item.append(bubble);
  log.append(item);
}

function setBusy(change) {
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  busy += change;
  typing.hidden = busy === 0;
  state.textContent = busy ? "typing…" : "bot";
  state.classList.toggle("busy", busy > 0);
  log.setAttribute("aria-busy", String(busy > 0));
  if (busy && atEnd) chat.scrollTop = chat.scrollHeight;
}

// --- the command menu ----------------------------------------------------------------------------------------------

async function fillMenu() {
  const answer = await fetch("/api/commands").then((response) => response.json()).catch(() => ({ commands: [] }));
  menu.replaceChildren(...answer.commands.map(makeCommand));
}

function makeCommand({ command, description }) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.tabIndex = -1;
  item.dataset.command = `/${command}`;
  const name = document.createElement("span");
  name.textContent = `/${command}`;
  item.append(description, name);
  item.addEventListener("click", () => {
    closeMenu();
    say(item.dataset.command);
  });
  return item;
}

async function openMenu() {
  if (!menu.children.length) await fillMenu();
  menu.hidden = false;
  menuOpener.setAttribute("aria-expanded", "true");
  select(menu.firstElementChild);
}

function closeMenu() {
  menu.hidden = true;
  menuOpener.setAttribute("aria-expanded", "false");
  input.focus();
}

function select(item) {
  if (!item) return;
  for (const other of menu.children) other.setAttribute("aria-selected", String(other === item));
  item.focus();
}

menuOpener.addEventListener("click", () => (menu.hidden ? openMenu() : closeMenu()));
menu.addEventListener("keydown", (event) => {
  const current = menu.querySelector('[aria-selected="true"]');
  const moves = { ArrowDown: current?.nextElementSibling, ArrowUp: current?.previousElementSibling };
  if (event.key in moves) select(moves[event.key]);
  else if (event.key === "Enter" || event.key === " ") current?.click();
  else if (event.key === "Escape") closeMenu();
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!menu.hidden && !writer.contains(event.target)) closeMenu();
});

// --- writing -------------------------------------------------------------------------------------------------------

function fitInput() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, window.innerHeight * 0.4)}px`;
  sendButton.disabled = !input.value.trim();
}

writer.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = input.value.trim();
  if (!words) return;
  input.value = "";
  fitInput();
  say(words);
});
input.addEventListener("input", fitInput);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    writer.requestSubmit();
  }
});
const fileInput = document.getElementById("file");
document.getElementById("attach").addEventListener("click", () => fileInput.click());
fileInput.addEventListener("change", () => {
  if (fileInput.files.length) sendFile(fileInput.files[0]);
  fileInput.value = "";
});
document.getElementById("clear").addEventListener("click", () => {
  entries = [];
  keepEntries();
  log.replaceChildren();
  showStart();
  input.focus();
});

entries.forEach((entry) => log.append(makeEntry(entry)));
if (entries.length) chat.scrollTop = chat.scrollHeight;
else showStart();
fitInput();
fillMenu();
setInterval(listen, NEWS_EVERY_MS);
// On a phone the keyboard would cover half of the page before anything was read.
if (matchMedia("(pointer: fine)").matches) input.focus();
