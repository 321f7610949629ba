// Keeps the places left fresh while the page is looked at; without scripts, loading the page again does the same.
// Half a kilobyte instead of htmx, because these pages are opened on slow networks; the server sees no difference.
(function () {
  function look() {
    var box = document.getElementById("places"), ask = new XMLHttpRequest();
    if (document.hidden) return;
    ask.open("GET", box.getAttribute("data-at"));
    ask.setRequestHeader("HX-Request", "true");
    ask.onload = function () { if (ask.status === 200) box.outerHTML = ask.responseText; };
    ask.send();
  }
  setInterval(look, 15000);
})();
