// Buttons that only a script can answer: print this page, copy this text. Without scripts they stay hidden, and the
// browser's own menu does both.
(function () {
  function each(name, act) {
    Array.prototype.forEach.call(document.querySelectorAll("[" + name + "]"), function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { act(button, button.getAttribute(name)); });
    });
  }
  each("data-print", function () { window.print(); });
  each("data-copy", function (button, id) {
    var box = document.getElementById(id);
    function done() { button.textContent = button.getAttribute("data-done"); }
    box.focus();
    box.select();
    if (navigator.clipboard) navigator.clipboard.writeText(box.value).then(done, function () { document.execCommand("copy") && done(); });
    else if (document.execCommand("copy")) done();
  });
})();
