/* Makes residents' pages smoother. Each of them does all that it can without this. ES5: old phones read it too. */
(function (w, d) {
  var here = d.getElementById("phone"), at = here.getAttribute("data-at"), speech = w.speechSynthesis,
    worker = navigator.serviceWorker, said = [];
  function on(what, does, where) { (where || d).addEventListener(what, does, true); }
  function main() { return d.getElementsByTagName("main")[0]; }
  function tell(words) {
    if (worker) worker.ready.then(function (all) { all.active.postMessage(words); });
  }

  // A page that answered a form counts as one that was simply opened: going back must not ask to send it again.
  if (at && history.replaceState) history.replaceState(null, "", at);

  on("submit", function (event) {
    var form = event.target, now = +new Date();
    if (now - (form.sentAt || 0) < 5000) { event.preventDefault(); event.stopPropagation(); }
    else if (/\/me\/(forget|end)$/.test(form.action)) tell("forget");
    form.sentAt = now;
  });
  on("pageshow", function (event) {
    if (event.persisted && here.getAttribute("data-own")) location.reload();
  }, w);

  // htmx: forms that do something bring the next page without a white one between.
  on("htmx:beforeProcessNode", function (event) {
    var form = event.target;
    if (form.method === "post" && form.getAttribute("action") !== "/unsent") form.setAttribute("data-hx-boost", "true");
  });
  on("htmx:beforeSwap", function (event) {
    if (event.detail.boosted) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  on("htmx:afterSettle", function (event) {
    var to = d.querySelector("main [role=alert]") || d.querySelector("main [autofocus]") || main();
    offer();
    if (!event.detail.boosted) return;
    if (to.tagName !== "INPUT") to.tabIndex = -1;
    to.focus();
  });
  function plainly(event) {
    var from = event.detail.elt;
    if (from.href) location.href = from.href;
    else if (from.submit) from.submit();
  }
  on("htmx:sendError", plainly);
  on("htmx:responseError", plainly);

  // Read aloud, where the device has a voice for the language of the page.
  function voice() {
    var wanted = d.documentElement.lang === "en" ? /^en/i : /^(zh|cmn)/i, all = speech ? speech.getVoices() : [], i;
    for (i = 0; i < all.length; i++) if (wanted.test(all[i].lang)) return all[i];
  }
  function offer() {
    var box = d.getElementById("aloud");
    if (box && box.hidden && voice()) { d.body.insertBefore(box, main()); box.hidden = false; }
  }
  function show(reads) {
    var button = d.querySelector("#aloud button");
    if (button) button.innerHTML = button.getAttribute(reads ? "data-stop" : "data-read");
  }
  function silent() { said = []; show(false); speech.cancel(); }
  function read() {
    var own = voice();
    said = main().innerText.split(/[\n\u3002\uff01\uff1f]+|[.!?] /).filter(function (part) { return /\S/.test(part); })
      .map(function (part) { var one = new w.SpeechSynthesisUtterance(part); one.voice = own; one.lang = own.lang; return one; });
    said[said.length - 1].onend = silent;
    show(true);
    said.forEach(function (one) { speech.speak(one); });
  }
  on("click", function (event) {
    if (event.target === d.querySelector("#aloud button")) (said.length ? silent : read)();
  });
  if (speech) {
    offer();
    speech.onvoiceschanged = offer;
    on("pagehide", silent, w);
  }

  // Without a signal.
  function away() {
    var line = d.getElementById("away");
    if (line) line.parentNode.removeChild(line);
    if (navigator.onLine !== false) return tell("");
    main().insertAdjacentHTML("afterbegin", '<p class="notice" id="away" role="status"></p>');
    d.getElementById("away").textContent = here.getAttribute("data-away");
  }
  on("offline", away, w);
  on("online", away, w);
  if (worker) {
    on("load", function () {
      var page = worker.controller ? "" : location.href;
      worker.register("/sw.js").then(function () { tell(page); }, function () {});
    }, w);
    on("message", function (event) {
      var box = d.getElementById("unsent");
      if (box) box.outerHTML = event.data;
    }, worker);
  }
})(window, document);
