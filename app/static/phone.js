/* Makes pages smoother; each does all it can without. ES5: phones of 2014 read it. */
(function (w, d) {
  var own = d.getElementById("smooth").dataset, speech = w.speechSynthesis, worker = navigator.serviceWorker, said = [];
  function on(what, does, where) { (where || d).addEventListener(what, does, true); }
  function one(what) { return d.querySelector(what); }
  function tell(words) { if (worker) worker.ready.then(function (all) { all.active.postMessage(words); }); }

  // Going back to a page that answered a form must not ask to send it again.
  if (own.at && history.replaceState) history.replaceState(null, "", own.at);
  on("pageshow", function (e) { if (e.persisted && own.own) location.reload(); }, w);
  on("submit", function (e) {
    var form = e.target, now = +new Date();
    if (now - form.sentAt < 5000) { e.preventDefault(); e.stopPropagation(); }
    else if (/\/me\/(forget|finished)$/.test(form.action)) tell("forget");
    form.sentAt = now;
  });

  // htmx brings what answers a form without a white page between.
  on("htmx:beforeProcessNode", function (e) {
    if (e.target.method === "post") e.target.setAttribute("data-hx-boost", "true");
  });
  on("htmx:configRequest", function (e) { if (e.detail.target.id) delete e.detail.headers["HX-Boosted"]; });
  on("htmx:beforeSwap", function (e) {
    if (e.detail.target === d.body) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  on("htmx:afterSettle", function (e) {
    var to = one("main [role=alert]") || one("main [autofocus]") || one("#found [role=status]") || one("main");
    offer();
    if (!e.detail.boosted) return;
    own.own = 1;
    if (to.tagName !== "INPUT") to.tabIndex = -1;
    to.focus();
  });
  function plainly(e) {
    var from = e.detail.elt, by = (e.detail.requestConfig.triggeringEvent || {}).submitter;
    if (from.href) location.href = from.href;
    if (by && by.name) from.insertAdjacentHTML("beforeend", "<input type=hidden name=" + by.name + " value=" + by.value + ">");
    if (from.submit) from.submit();
  }
  on("htmx:sendError", plainly);
  on("htmx:responseError", plainly);

  // Read aloud, where there is a voice for the page's language.
  function voice() {
    var wanted = d.documentElement.lang === "en" ? /^en/i : /^(zh|cmn)/i;
    return (speech ? speech.getVoices() : []).filter(function (v) { return wanted.test(v.lang); })[0];
  }
  function offer() {
    var box = one("#aloud");
    if (box && voice()) { d.body.insertBefore(box, one("main")); box.hidden = false; }
  }
  function stop() { said = []; show(); speech.cancel(); }
  function show() {
    var button = one("#aloud button");
    if (button) button.textContent = said.length ? button.dataset.stop : button.dataset.read;
  }
  on("click", function (e) {
    if (e.target !== one("#aloud button")) return;
    if (said.length) return stop();
    said = one("main").innerText.match(/[^\n\u3002\uff01\uff1f]+/g).map(function (part) {
      var words = new w.SpeechSynthesisUtterance(part);
      words.voice = voice();
      words.lang = words.voice.lang;
      speech.speak(words);
      return words;
    });
    said[said.length - 1].onend = stop;
    show();
  });
  if (speech) {
    offer();
    speech.onvoiceschanged = offer;
    on("pagehide", stop, w);
  }

  function signal() {
    var line = one("#away");
    if (line) line.parentNode.removeChild(line);
    if (navigator.onLine) return tell("");
    one("main").insertAdjacentHTML("afterbegin", '<p class="notice" id="away" role="status">' + own.away + "</p>");
  }
  on("offline", signal, w);
  on("online", signal, w);
  if (worker) on("load", function () {
    var page = worker.controller ? "" : location.href;
    worker.register("/sw.js").then(function () { tell(page); }, function () {});
    worker.onmessage = function (e) { var box = one("#unsent"); if (box) box.outerHTML = e.data; };
  }, w);
})(window, document);
